"""A whole referral with the keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from app.cases import demo
from tests.browser.hands import Keyboard
from tests.browser.story import REPORT, TO_THE_ASSESSMENT, TO_THE_END, Story

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def test_a_whole_referral_with_the_keyboard_alone(story: Story) -> None:
    story.hands = Keyboard
    amir = story.stranger().go("/login")
    amir.hand.activate(amir.page.get_by_role("link", name="Skip to main content"))
    amir.hand.write(amir.page.get_by_label("Username"), "amir.shah")
    amir.hand.write(amir.page.get_by_label("Password"), demo.PASSWORD)
    amir.press("Log in")
    expect(amir.page.locator("h1")).to_have_text("Inbox")
    story.people["amir.shah"] = amir
    amir.hand.follow("Start a case")
    amir.hand.follow("Referral to report")
    story.send_referral()
    story.through(*TO_THE_ASSESSMENT, "Assess, item by item", *TO_THE_END)
    assert REPORT in story.shown("amir.shah", "answers")
