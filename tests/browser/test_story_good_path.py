"""From the first word to the released report, each person in turn at their own browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from app.cases import demo
from tests.browser.story import PRIVATE, REFERRAL, REPORT, SHARED, TASKS, TO_THE_ASSESSMENT, TO_THE_END, Person, Story

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def logged_in(story: Story, username: str) -> Person:
    """Through the login page, with username and password."""
    who = story.stranger().go("/login")
    who.page.get_by_label("Username").fill(username)
    who.page.get_by_label("Password").fill(demo.PASSWORD)
    who.press("Log in")
    expect(who.page.locator("h1")).to_have_text("Inbox")
    story.people[username] = who
    return who


def test_from_the_first_word_to_the_released_report(story: Story) -> None:
    for username in ("amir.shah", "grace.obi", "olivia.hart", "samuel.okoro", "helen.ward"):
        logged_in(story, username)
    story.refer()
    assert "Nothing waits for you" in story.person("helen.ward").go("/inbox").main.inner_text()
    story.through(*TO_THE_ASSESSMENT)
    assert "your appointment is near" in story.told("grace.obi")
    story.do("Assess, item by item")
    confirming = story.person("grace.obi").open("Confirm what may be shared")
    expect(confirming.page.locator("form.wm-form").get_by_label("Item").nth(1)).to_have_value(PRIVATE)
    confirming.send()
    story.do("Write the report")
    assert REPORT not in story.shown("amir.shah", "answers")
    story.through("Read your report first", "Check and release")
    assert "the report has been released" in story.told("amir.shah")
    reading = story.person("amir.shah").open("Read the report")
    expect(reading.main).to_contain_text(REPORT)
    reading.fill(TASKS["Read the report"][1]).send()
    expect(reading.main).to_contain_text("The case has ended")
    answers = story.shown("amir.shah", "answers")
    assert REPORT in answers
    assert SHARED in answers
    assert PRIVATE not in answers
    what = story.shown("amir.shah", "timeline")
    for step in ("Referral made", "Consent given", "Triaged", "Appointment attended", "Report released"):
        assert step in what
    for rule in ("XX-A1", "XX-A2", "XX-A3", "XX-A4", "XX-A5", "XX-A6", "XX-A8"):
        assert rule in what
    # what the employee said of the report before it was released is theirs to know
    assert "XX-A7" not in what
    assert "XX-A7" in story.shown("grace.obi", "timeline")


@pytest.mark.parametrize(("width", "scripts"), [(375, True), (1280, False)], ids=["phone", "no scripts"])
def test_the_whole_referral(story: Story, width: int, scripts: bool) -> None:
    story.width, story.scripts = width, scripts
    story.refer(REFERRAL)
    story.through(*TO_THE_ASSESSMENT, "Assess, item by item", *TO_THE_END)
    assert REPORT in story.shown("amir.shah", "answers")
    assert "Ended" in story.shown("grace.obi")
