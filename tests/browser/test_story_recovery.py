"""Recovery support, and the committee that hears four things of it and never sees it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.story import Story
from tests.browser.walk import walk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.mark.rule("JE-9", "breaks")
@pytest.mark.rule("XX-1", "breaks")
def test_two_cases_that_talk_and_do_not_know_each_other(story: Story) -> None:
    going = walk(
        story,
        "recovery/back-on-the-road",
        "start absence_notice",
        "absence_notice:look_at_notice",
        "start recovery_support",
        "update_committee",
        "committee:review_updates",
    )
    going.up_to("update_committee")
    recovery, committee = going.address(), going.address("committee")
    going.up_to("answer_committee").enough()
    marcus = going.person("marcus.bell").go(f"{committee}?view=answers")
    expect(marcus.main).to_contain_text("nothing lifted above shoulder height")
    expect(marcus.main).not_to_contain_text("rotator")
    seen = marcus.go("/cases").main
    expect(seen.locator(f'a[href="{committee}"]')).to_have_count(1)
    expect(seen.locator(f'a[href="{recovery}"]')).to_have_count(0)
    marcus.go(recovery)
    expect(marcus.page.locator("h1")).to_have_text("Page not found")
    josie = going.person("josie.tran").go(recovery)
    expect(josie.main).to_contain_text("Recovery support")
