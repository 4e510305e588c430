"""A clock that stands still, as people see it: on the page of the case, in the inbox and on the task."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from app import db, definitions
from app.cases import commands, queries
from app.engine import Bundle
from app.identity import clock
from app.identity.people import actor_of_person
from app.settings import ROOT
from tests.browser.story import Story
from tests.unit.engine.models import Diagram

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
WIDTHS = pytest.mark.parametrize("width", [1280, 375])


def look(story: Story, name: str, who: str) -> None:
    """Accessible and not too wide; `WAYMARK_SHOTS` names a folder for pictures."""
    person = story.person(who)
    person.visitor.check_accessible()
    if folder := os.environ.get("WAYMARK_SHOTS"):
        person.page.screenshot(path=str(Path(folder) / f"{name}-{story.width}.png"), full_page=True)


@WIDTHS
def test_the_case_says_since_when_its_clock_stands_still_and_why(story: Story, width: int) -> None:
    story.width = width
    story.begin_from("gp-waiting")
    for who in ("olivia.hart", "daniel.price", "samuel.okoro"):
        person = story.person(who).go(story.case)
        expect(person.main).to_contain_text("Clocks that stand still")
        expect(person.main).to_contain_text("waiting for the report of the GP or specialist")
        expect(person.main).to_contain_text("Report later than promised. When it runs on")
    look(story, "case", "olivia.hart")
    olivia = story.person("olivia.hart").go(f"{story.case}?view=timeline")
    expect(olivia.main).to_contain_text("The clock stopped, waiting for the employee to see the GP report first")
    look(story, "timeline", "olivia.hart")
    for view in ("now", "timeline", "answers"):  # the diagram is public, where the case stands in it is not
        shown = story.person("amir.shah").go(f"{story.case}?view={view}").main.inner_text()
        assert "clock" not in shown.lower().replace("o’clock", "")
        assert "later than promised" not in shown


def paused_task(story: Story) -> None:
    """A process of two tasks of the manager's, one of which stops the clock of the other; the clock is stopped."""
    mine = {"camunda__candidateGroups": "referring_manager"}
    props = {"pauses": "work", "rules": "XX-2", "waitingFor": "an answer from outside"}
    diagram = Diagram("pausing", "A plan").start(camunda__formRef="referral", props={"starters": "manager hr"})
    diagram.add("parallelGateway", "fork").user("work", name="Make the plan", camunda__dueDate="${workdays(5)}", **mine)
    diagram.user("wait", name="Enter the answer", props=props, **mine).end("e1", "e2", "told")
    diagram.timer("late", "work", "${workdays(5)}", props={"deadline": "escalate"}).chain("late", "told")
    diagram.chain("start", "fork", "work", "e1").chain("fork", "wait", "e2")
    form = (ROOT / "forms" / "referral.form").read_bytes()
    answers = {
        "employee": "grace.obi",
        "line_manager": "helen.ward",
        "job_title": "Nurse",
        "job_demands": "Shifts",
        "absence": "at_work",
        "ground": "other",
        "ground_other": "A plan",
        "reason": "A plan",
        "questions": "Which?",
        "discussed": True,
    }
    with db.transaction(story.live.waymark.engine) as connection:
        now = clock.read(connection, demo=True).now
        bundle = Bundle("pausing", {"pausing.bpmn": diagram.xml(), "referral.form": form})
        definitions.deploy(connection, bundle, "system", "pauses", now)
        amir = actor_of_person(connection, "amir.shah")
    started = commands.start(story.live.waymark, amir, "pausing", answers, now - timedelta(days=30))
    story.case = f"/cases/{started.case_id}"
    assert queries.inbox(story.live.waymark, amir, now=now).items


@WIDTHS
def test_inbox_and_task_say_that_the_clock_has_stopped_and_call_nothing_late(story: Story, width: int) -> None:
    story.width = width
    paused_task(story)
    amir = story.person("amir.shah").go("/inbox")
    expect(amir.main).to_contain_text("Clock stopped")
    assert "Overdue" not in amir.main.inner_text()
    look(story, "inbox", "amir.shah")
    amir.page.get_by_role("link", name="Make the plan").first.click()
    expect(amir.page.locator("h1")).to_contain_text("Make the plan")
    expect(amir.main).to_contain_text("waiting for an answer from outside")
    assert "Overdue" not in amir.main.inner_text()
    look(story, "task", "amir.shah")
    amir.go(story.case)
    expect(amir.main).to_contain_text("Clock stopped since")
    look(story, "case-of-task", "amir.shah")
