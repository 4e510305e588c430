"""How a policy works: what colleagues say without being known, the figures, and HR's look at cases drawn by lot."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.filling import Filling
from tests.browser.story import Story
from tests.browser.walk import walk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
WORDS = "The talk came late, and was kind"


@pytest.mark.rule("NW-13", "follows")
def test_somebody_whom_nobody_knows_says_how_it_is(story: Story) -> None:
    victor = story.person("victor.lane").go("/inbox")
    victor.hand.follow("Feedback")
    victor.look().press("Open the survey").look("refused")
    expect(victor.page.locator(".nhsuk-error-summary")).to_be_focused()
    today = victor.today()
    victor.hand.fill(victor.main, "Who is asked?", "Colleagues", today)
    victor.hand.fill(victor.main, "About which policy?", "Wellbeing and attendance", today)
    victor.hand.fill(victor.main, "Until when?", timedelta(days=14), today)
    victor.press("Open the survey")
    address = victor.page.locator(".wm-address").inner_text()
    somebody = story.stranger().go(address.removeprefix(story.live.url))
    expect(somebody.main).to_contain_text("anonymous")
    answers = {"improved": "some", "confident": "fairly", "compassionate": "very", "support": "late", "better": WORDS}
    Filling(somebody.page, somebody.hand).fill(answers)
    somebody.press("Send")
    expect(somebody.page.locator("h1")).to_have_text("Thank you")
    assert somebody.page.context.cookies() == []
    # one voice could be told from the others, so it stays closed, also when the survey has ended
    victor.pass_time("A week later").pass_time("A week later").pass_time().go("/measures/feedback")
    expect(victor.main).to_contain_text("What they said stays closed")
    expect(victor.main).not_to_contain_text(WORDS)


@pytest.mark.rule("NW-13", "follows")
def test_figures_and_a_case_drawn_by_lot(story: Story) -> None:
    going = walk(story, "attendance/stopped-at-once").to_the_end()
    ruth = going.person("ruth.bell").go("/inbox")
    ruth.hand.follow("Audits")
    ruth.look().press("Draw the sample").look("refused")
