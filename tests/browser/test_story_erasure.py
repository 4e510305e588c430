"""The employee asks, by their own hand, that what is held about them be erased; the pages then say so."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.story import Person, Story

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def asked(story: Story) -> Person:
    """From the page that says what would go, over the question, to the request that stands."""
    grace = story.person("grace.obi").go("/me/erasure")
    expect(grace.main).to_contain_text("This goes if you ask")
    expect(grace.main).to_contain_text("UK GDPR Article 17(3)(b) and (e)")
    grace.press("Go on")
    grace.press("Ask for it to be erased")
    expect(grace.main).to_contain_text("You asked on")
    return grace


@pytest.mark.rule("XX-1", "follows")
def test_what_the_employee_asked_to_erase_is_gone_for_everybody(story: Story) -> None:
    story.begin_from("good-path")
    before = story.shown("samuel.okoro", "answers")
    assert "Erased" not in before
    grace = asked(story)
    ada = story.person("ada.stone").go("/retention")
    expect(ada.main.locator("tbody tr")).to_have_count(1)
    expect(ada.main).to_contain_text("The employee asked")
    expect(ada.main).not_to_contain_text("Grace")
    assert "something in this case is to be erased" in story.told("samuel.okoro")
    grace.pass_time("A week later").pass_time("A week later").pass_time()
    grace.go("/me/erasure")
    expect(grace.main).to_contain_text("This has been erased")
    after = story.shown("samuel.okoro", "answers")
    assert after.count("Erased under the employee's request, UK GDPR Article 17 on ") > 1
    assert "Clinical notes" in after
    assert "erased what the occupational health team could see" in story.shown("samuel.okoro", "timeline")


def test_on_a_phone_a_request_is_taken_back_and_a_hold_is_set_and_lifted(story: Story) -> None:
    story.width = 375
    story.begin_from("good-path")
    asked(story).press("Take my request back")
    grace = story.person("grace.obi")
    expect(grace.main).to_contain_text("Your request is taken back")
    samuel = story.person("samuel.okoro").go("/holds").press("Set the hold")
    expect(samuel.page.locator(".nhsuk-error-summary")).to_be_focused()
    reference = story.person("grace.obi").go(story.case).page.locator("h1 .nhsuk-caption-l").inner_text().split()[-1]
    samuel.page.get_by_label("Reference of the case").fill(reference)
    samuel.page.get_by_label("Why must it be kept?").fill("A claim has been announced")
    samuel.press("Set the hold")
    expect(samuel.main).to_contain_text("A claim has been announced")
    assert "Somebody responsible has said that it must be kept" in grace.go("/me/erasure").main.inner_text()
    assert "A claim" not in story.shown("grace.obi", "timeline")
    samuel.hand.follow(re.compile("^Lift this hold"))
    samuel.look().press("Lift the hold")
    expect(samuel.main).to_contain_text("The hold is lifted")
    assert "This goes if you ask" in grace.go("/me/erasure").main.inner_text()
