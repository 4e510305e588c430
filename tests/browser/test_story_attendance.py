"""From the welcome-back review to a formal meeting, and one word that ends everything formal."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.hands import Keyboard, Mouse
from tests.browser.story import Story
from tests.browser.walk import walk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.mark.rule("NW-6", "follows")
def test_at_any_time_and_by_keyboard_alone_everything_formal_is_stopped(story: Story) -> None:
    going = walk(
        story,
        "attendance/stopped-at-once",
        "start welcome_back",
        "welcome_back:hold_review",
        "start attendance_support",
        "invite_formal",
        "formalPathStopped",
        "choose_how",
    )
    going.up_to("formalPathStopped")
    story.hands = Keyboard
    grace = going.person("grace.obi").go(going.address())
    expect(grace.main.locator("#at-any-time")).to_be_visible()
    story.hands = Mouse
    going.up_to("choose_how")
    amir = going.person("amir.shah").go(going.address())
    expect(amir.main).not_to_contain_text("iagnosis")
    assert not amir.sees_task("Hold the formal meeting")
    going.to_the_end()
    expect(going.person("grace.obi").go(going.address()).main).to_contain_text("Ended")
