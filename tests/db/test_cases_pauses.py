"""A clock that stands still, in rows and in what people are shown, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app import db, definitions
from app.api import schemas
from app.cases import commands, queries, scenario
from app.cases.tables import case, task, timer
from app.cases.views import TaskRow, TaskView
from app.engine import Bundle
from app.settings import ROOT
from tests.chaos.invariants import broken
from tests.chaos.world import MANAGER, NOW, World, days
from tests.unit.engine.models import Diagram

OFFICE = "olivia.hart"


def begun(world: World, *, cls: str = "", enough: str = "") -> str:
    """A case of the manager's tasks: beside `work` stand `ask`, then `wait`, which stops the clocks on `work` until it
    is done or `enough` time has passed, then `after`."""
    props = {
        "pauses": "work",
        "rules": "XX-2",
        "waitingFor": "an answer from outside",
        **({"class": cls} if cls else {}),
    }
    diagram = Diagram("pausing").start(camunda__formRef="referral", props={"starters": "manager hr"})
    mine = {"camunda__candidateGroups": "referring_manager"}
    diagram.add("parallelGateway", "fork").user("work", camunda__dueDate="${workdays(5)}", **mine)
    diagram.user("ask", "after", **mine).user("wait", props=props, **mine).end("e1", "e2", "told")
    diagram.timer("nearly", "work", "${workdays(4)}", props={"deadline": "warn"})
    diagram.timer("again", "work", "R/P7D", props={"deadline": "remind"}).notify(
        "remind", "referring_manager", "weekly"
    )
    diagram.chain("start", "fork", "work", "e1").chain("fork", "ask", "wait", "after", "e2")
    if enough:
        diagram.timer("enough", "wait", enough, interrupting=True).chain("enough", "after")
    diagram.chain("nearly", "told").chain("again", "remind", "told")
    form = (ROOT / "forms" / "referral.form").read_bytes()
    with db.transaction(world.engine) as connection:
        bundle = Bundle("pausing", {"pausing.bpmn": diagram.xml(), "referral.form": form})
        definitions.deploy(connection, bundle, "system", "pauses", NOW)
    answers = world.answers("start", NOW)
    return commands.start(world.waymark, world.actors[MANAGER], "pausing", answers, NOW).case_id


def do(world: World, case_id: str, element: str, now: datetime) -> None:
    commands.complete(world.waymark, world.actors[MANAGER], world.task(case_id, element), {}, None, now)


def sound(world: World, case_id: str) -> bool:
    """Tables, case row, engine and history agree; these tasks have no form, so nothing is submitted."""
    assert [what for what in broken(world.waymark, [case_id]) if "submissions of tasks" not in what] == []
    return True


def inbox(world: World, now: datetime) -> dict[str, TaskRow]:
    return {row.name: row for row in queries.inbox(world.waymark, world.actors[MANAGER], now=now).items}


def page(world: World, case_id: str, element: str, now: datetime) -> TaskView:
    return queries.task(world.waymark, world.actors[MANAGER], world.task(case_id, element), now)


def row_of(world: World, case_id: str, element: str) -> Any:
    with db.reading(world.engine) as connection:
        return connection.execute(sa.select(task).where(task.c.case_id == case_id, task.c.element_id == element)).one()


def test_rows_lists_and_pages_say_that_the_clock_stands_still_and_why(world: World) -> None:
    case_id = begun(world)
    was = row_of(world, case_id, "work").due_at
    stop = NOW + days(1)
    do(world, case_id, "ask", stop)
    assert sound(world, case_id)
    row = row_of(world, case_id, "work")
    assert row.due_at is None
    assert row.paused["due"] == was.isoformat()
    late = NOW + days(30)
    assert commands.fire_due(world.waymark, late) == 0
    assert world.row(case_id).next_due_at is None
    shown = inbox(world, late)["work"]
    assert (shown.paused_since, shown.overdue, shown.due_soon, shown.due_at) == (stop, False, False, None)
    view = page(world, case_id, "work", late)
    assert (view.paused_since, view.waiting_for, view.overdue) == (stop, "an answer from outside", False)
    assert [(one.paused_since, one.waiting_for) for one in view.clocks] == [(stop, "an answer from outside")] * 2
    said = [entry.what for entry in queries.case(world.waymark, world.actors[MANAGER], case_id, late).timeline]
    assert said.count("The clock stopped, waiting for an answer from outside") == 3


def test_when_it_runs_on_the_dates_have_moved_and_the_page_says_how(world: World) -> None:
    case_id = begun(world)
    was = row_of(world, case_id, "work").due_at
    do(world, case_id, "ask", NOW + days(1))
    go_on = NOW + days(8)
    do(world, case_id, "wait", go_on)
    assert sound(world, case_id)
    row = row_of(world, case_id, "work")
    assert (row.paused, row.due_at - was) == (None, days(7))
    assert "while waiting for an answer from outside: 5 working days. Now due" in row.due_how
    view = page(world, case_id, "work", go_on)
    assert (view.paused_since, view.waiting_for, view.due_at) == (None, "", row.due_at)
    entry = next(
        entry
        for entry in queries.case(world.waymark, world.actors[MANAGER], case_id, go_on).timeline
        if entry.what == "The clock runs on"
    )
    assert "5 working days" in entry.detail
    assert entry.rules == ("XX-2",)


def test_a_warning_and_the_end_of_a_pause_in_one_step_are_both_written(world: World) -> None:
    """A batch writes no row twice. The warning was due before the pause began, and waited for the worker."""
    case_id = begun(world, enough="P2D")
    was = row_of(world, case_id, "work").due_at
    do(world, case_id, "ask", was - timedelta(hours=1))
    assert row_of(world, case_id, "work").paused
    now = was + days(2)
    assert commands.fire_due(world.waymark, now) == 1
    row = row_of(world, case_id, "work")
    assert (row.warned_at, row.paused) == (now, None)
    assert row.due_at > now
    assert sound(world, case_id)


def test_completing_while_the_clock_stands_still_is_not_late(world: World) -> None:
    case_id = begun(world)
    do(world, case_id, "ask", NOW + days(1))
    do(world, case_id, "work", NOW + days(60))
    assert sound(world, case_id)
    entries = queries.history(world.waymark, world.actors[MANAGER], case_id, now=NOW)
    done = next(one for one in entries if one["kind"] == "command.complete" and one["data"]["element"] == "work")
    assert done["data"]["late"] is False


def test_whoever_may_not_know_of_the_step_learns_neither_reason_nor_timers(world: World) -> None:
    """Lint refuses such a diagram; were one deployed, nothing would be told all the same."""
    case_id = begun(world, cls="restricted")
    stop = NOW + days(1)
    do(world, case_id, "ask", stop)
    view = page(world, case_id, "work", stop)
    assert (view.paused_since, view.waiting_for, view.clocks) == (stop, "", [])
    shown = queries.case(world.waymark, world.actors[MANAGER], case_id, stop)
    assert shown.clocks == []
    entries = queries.history(world.waymark, world.actors[MANAGER], case_id, now=NOW)
    assert not [one for one in entries if one["kind"].startswith("engine.timer_")]
    assert "outside" not in str(shown) + str(entries)
    open_case = begun(world)
    do(world, open_case, "ask", stop)
    assert page(world, open_case, "work", stop).waiting_for == "an answer from outside"


def test_the_api_says_it_too(world: World) -> None:
    case_id = begun(world)
    do(world, case_id, "ask", NOW + days(1))
    view = schemas.Task().dump(page(world, case_id, "work", NOW + days(2)))
    assert view["paused_since"] == (NOW + days(1)).isoformat()
    assert {one["waiting_for"] for one in view["clocks"]} == {view["waiting_for"]} == {"an answer from outside"}
    row = schemas.TaskRow().dump(inbox(world, NOW + days(2))["work"])
    assert row["paused_since"] == (NOW + days(1)).isoformat()
    assert row["due_at"] is None


@pytest.mark.parametrize("weeks", [2, 5])
def test_what_a_year_of_downtime_left_out_is_said_to_people(world: World, weeks: int) -> None:
    case_id = begun(world)
    now = NOW + timedelta(weeks=weeks)
    assert commands.fire_due(world.waymark, now) == 1
    shown = queries.case(world.waymark, world.actors[MANAGER], case_id, now).timeline
    more = "1 more reminder" if weeks == 2 else "4 more reminders"
    details = [entry.detail for entry in shown if entry.what == "Reminder: again"]
    assert details == [f"{more} would have gone out while the service was not running"]


def test_the_scenario_of_waiting_for_the_gp_ends_with_a_clock_that_stands_still(world: World) -> None:
    written = scenario.read(ROOT / "processes/referral/scenarios/gp-waiting.toml")
    case_id = scenario.play(world.waymark, written, NOW)
    clocks = queries.case(world.waymark, world.actors[OFFICE], case_id, NOW + scenario.length(written)).clocks
    assert [(one.name, one.waiting_for) for one in clocks if one.paused_since] == [
        ("Report later than promised", "the report of the GP or specialist")
    ]
    assert sound(world, case_id)
    with db.reading(world.engine) as connection:
        paused = connection.execute(sa.select(timer.c.element_id).where(timer.c.paused.isnot(None))).scalars().all()
        column = connection.execute(sa.select(case.c.open).where(case.c.id == case_id)).scalar_one()
    assert paused == ["report_overdue"]
    assert len(column["paused"]["timers"]) == 1
