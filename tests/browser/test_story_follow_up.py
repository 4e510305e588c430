"""A follow-up review, started from the case that it follows (XX-A10)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.story import Story

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def test_a_review_begins_with_what_is_known_and_asks_the_employee_again(story: Story) -> None:
    first = story.begin_from("corrected")
    samuel = story.person("samuel.okoro").go(first)
    samuel.hand.follow("Referral to report: a follow-up")
    form = samuel.look().page
    expect(form.get_by_label("Who is the employee?").locator("option:checked")).to_have_text("Daniel Price")
    expect(form.get_by_label("What is their job?")).to_have_value("Ward clerk")
    expect(form.get_by_label("Please describe the reason in your own words")).to_have_value("")
    samuel.fill(
        {
            "Are they at work?": "They came back recently",
            "What is the main reason?": "A review of earlier advice",
            "Please describe the reason in your own words": "A look after four weeks back at work",
            "Which questions would you like answered?": "Is the plan still right?",
            "I have talked with the employee about this referral": True,
        }
    ).send("Start the case")
    expect(samuel.page.locator("h1")).to_have_text("The case has been started")
    samuel.hand.follow("look at the case")
    expect(samuel.main).to_contain_text("It follows R-")
    daniel = story.person("daniel.price").open("Consent to the referral")
    expect(daniel.main).to_contain_text("A look after four weeks back at work")
    assert not story.person("olivia.hart").sees_task("Triage the referral")
    assert "a follow-up" not in story.shown("amir.shah")
