"""How a policy works: what colleagues say without being known, the figures, and HR's look at cases drawn by lot."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.filling import Filling
from tests.browser.story import Story
from tests.browser.walk import ERRORS, walk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
WORDS = "The talk came late, and was kind"
ANSWERS = {"improved": "some", "confident": "fairly", "compassionate": "very", "support": "late", "better": WORDS}


@pytest.mark.rule("NW-13", "follows")
@pytest.mark.rule("NW-13", "breaks")
def test_somebody_whom_nobody_knows_says_how_it_is(story: Story) -> None:
    victor = story.person("victor.lane").go("/inbox")
    victor.hand.follow("Feedback")
    victor.look().press("Open the survey").look("refused")
    expect(victor.page.locator(ERRORS).get_by_role("link")).to_have_count(3)
    today = victor.today()
    victor.hand.fill(victor.main, "Who is asked?", "Colleagues", today)
    victor.hand.fill(victor.main, "About which policy?", "Wellbeing and attendance", today)
    victor.hand.fill(victor.main, "Until when?", timedelta(days=14), today)
    victor.press("Open the survey").look("running")
    address = victor.page.locator(".wm-address").inner_text()
    story.width = 375
    somebody = story.stranger().go(address.removeprefix(story.live.url))
    expect(somebody.main).to_contain_text("anonymous")
    filling = Filling(somebody.page, somebody.hand)
    filling.fill({**ANSWERS, "better": "Amir Shah does not call back"})
    somebody.press("Send").look("refused")
    expect(somebody.page.locator(ERRORS)).to_contain_text("Amir Shah")
    filling.fill({"better": WORDS})
    somebody.press("Send")
    expect(somebody.page.locator("h1")).to_have_text("Thank you")
    assert somebody.page.context.cookies() == []
    # one voice could be told from the others, so it stays closed, also when the survey has ended
    victor.pass_time("A week later").pass_time("A week later").pass_time().go("/measures/feedback")
    expect(victor.main).to_contain_text("What they said stays closed")
    expect(victor.main).not_to_contain_text(WORDS)


@pytest.mark.rule("NW-13", "follows")
def test_on_a_phone_figures_are_read_and_a_case_is_looked_at_that_was_drawn_by_lot(story: Story) -> None:
    story.width = 375
    going = walk(story, "attendance/stopped-at-once").to_the_end()
    victor = going.person("victor.lane").go("/inbox")
    victor.hand.follow("Measures")
    expect(victor.look().main).to_contain_text("A number from 1 to 4 is held back")
    # what nobody is known by: one case is fewer than five, and no case can be opened from here
    expect(victor.main).to_contain_text("fewer than 5")
    expect(victor.main.locator("a[href^='/cases']")).to_have_count(0)
    miles = going.person("miles.dean").go("/inbox")
    miles.hand.follow("Audits")
    miles.look().press("Draw the sample").look("refused")
    expect(miles.page.locator(ERRORS).get_by_role("link")).to_have_count(4)
    today = miles.today()
    for label, value in (
        ("Which kind of case?", "Attendance support"),
        ("Ended from", timedelta(days=-60)),
        ("Ended until", timedelta()),
        ("How many cases?", "5"),
    ):
        miles.hand.fill(miles.main, label, value, today)
    miles.press("Draw the sample").look("drawn")
    miles.hand.follow("Look at case 1")
    expect(miles.look().main).to_contain_text("What happened, and when")
    # the course of a case, not what anybody wrote in it, nor whose it is
    expect(miles.main).not_to_contain_text("Grace")
    expect(miles.main).not_to_contain_text("Mornings")
