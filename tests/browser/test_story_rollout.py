"""A new policy: the first of its eight steps, by the people who bring it in."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.story import Story
from tests.browser.walk import walk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.mark.rule("NW-14", "breaks")
@pytest.mark.rule("NW-15", "breaks")
def test_a_policy_is_brought_in_with_staff_side_as_a_partner(story: Story) -> None:
    steps = ("start", "make_case", "form_coalition", "agree_vision")
    going = walk(story, "rollout/eight-steps", *steps)
    going.up_to("plan_communication").enough()
    ruth = going.person("ruth.bell").go(going.address())
    expect(ruth.page.locator("h1")).to_contain_text("Bring in a new policy")
    expect(ruth.main).to_contain_text("This case runs under")
    una = going.person("una.reilly").go(f"{going.address()}?view=answers")
    expect(una.main).to_contain_text("Say who may move an open case, and why")
