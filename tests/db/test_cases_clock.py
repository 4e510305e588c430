"""Time that jumps: a year without a worker, a clock that is set back, and the worker's own look at the clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from app import db, definitions
from app.cases import commands
from app.cases.tables import task
from app.clock import SystemClock
from app.engine import Bundle
from app.history import history_event
from app.identity import clock
from app.outbox.tables import outbox
from app.records import consent
from app.settings import ROOT
from tests.chaos.invariants import broken
from tests.chaos.watch import begin
from tests.chaos.world import MANAGER, NOW, World, days
from tests.unit.engine.models import Diagram


def fired(world: World, case_id: str) -> list[tuple[str, dict[str, Any]]]:
    query = sa.select(history_event.c.body).where(
        history_event.c.case_id == case_id, history_event.c.kind == "engine.timer_fired"
    )
    told = [orjson.loads(body)["data"] for (body,) in world.rows(query.order_by(history_event.c.seq))]
    return [(one["element"], one["data"]) for one in told]


def reminded(world: World, now: datetime) -> str:
    """A case with a task that reminds every week, for as long as it is open."""
    diagram = Diagram("weekly").start(camunda__formRef="referral", props={"starters": "manager hr"})
    diagram.user("wait", camunda__candidateGroups="referring_manager").end().chain("start", "wait", "end")
    diagram.timer("weekly_reminder", "wait", "R/P7D").notify("remind", template="weekly").end("reminded")
    diagram.chain("weekly_reminder", "remind", "reminded")
    form = (ROOT / "forms" / "referral.form").read_bytes()
    with db.transaction(world.engine) as connection:
        bundle = Bundle("weekly", {"weekly.bpmn": diagram.xml(), "referral.form": form})
        definitions.deploy(connection, bundle, "system", "weekly", now)
    return commands.start(world.waymark, world.actors[MANAGER], "weekly", world.answers("start", now), now).case_id


def test_after_a_year_a_reminder_comes_once_and_says_what_was_missed(world: World) -> None:
    case_id = reminded(world, NOW)
    for week in (1, 2):
        assert commands.fire_due(world.waymark, NOW + timedelta(weeks=week)) == 1
    year = NOW + timedelta(weeks=2 + 52)
    assert commands.fire_due(world.waymark, year) == 1
    assert commands.fire_due(world.waymark, year) == 0
    assert [data["missed"] for _, data in fired(world, case_id)] == [0, 0, 51]
    assert world.next_due(case_id) > year
    assert world.scalar(sa.select(sa.func.count()).select_from(outbox)) == 3
    assert broken(world.waymark) == []


def test_after_a_year_every_deadline_fires_once_in_order(world: World) -> None:
    cases = begin(world, 3, 10, NOW)
    assert commands.fire_due(world.waymark, NOW + days(365)) == 3
    assert commands.fire_due(world.waymark, NOW + days(366)) == 0
    for case_id in cases:
        assert [element for element, _ in fired(world, case_id)] == [f"after{hour}" for hour in range(1, 11)]
        assert all(row.next_due_at is None for row in [world.row(case_id)])
    assert broken(world.waymark) == []


def test_after_a_year_consent_is_closed_not_answered(world: World) -> None:
    """The reminder and then the deadline, both late; the employee's silence is no yes."""
    case_id = world.start().case_id
    assert commands.fire_due(world.waymark, NOW + days(365)) >= 1
    assert [element for element, _ in fired(world, case_id)][:2] == ["consent_nearly_due", "consent_not_answered"]
    open_now = {row.element_id for row in world.rows(sa.select(task).where(task.c.state == "open"))}
    assert "give_consent" not in open_now
    assert world.rows(sa.select(consent)) == []
    assert broken(world.waymark) == []


def test_a_clock_that_is_set_back_fires_nothing_twice(world: World) -> None:
    case_id = reminded(world, NOW)
    due = world.next_due(case_id)
    assert commands.fire_due(world.waymark, due) == 1
    for back in (timedelta(seconds=1), days(1), days(400)):
        assert commands.fire_due(world.waymark, due - back) == 0
    assert len(fired(world, case_id)) == 1
    assert commands.fire_due(world.waymark, due + timedelta(weeks=1)) == 1
    assert len(fired(world, case_id)) == 2
    assert broken(world.waymark) == []


def test_people_can_work_while_the_clock_is_behind(world: World) -> None:
    """Times of the history are what the clock said; the order is that of the chain."""
    case_id, now = world.case_at("triage")
    before = now - days(2)
    world.complete(case_id, "triage", before)
    world.complete(case_id, "offer_appointment", before - days(1))
    assert broken(world.waymark) == []
    rows = world.rows(sa.select(history_event.c.at).where(history_event.c.case_id == case_id).order_by("seq"))
    assert rows[-1].at == before - days(1)
    assert all(due > before - days(2) for due in [world.next_due(case_id)])


@pytest.mark.parametrize("hours", [0, 1, 10])
def test_the_worker_reads_the_databases_clock(world: World, hours: int) -> None:
    begin(world, 2, 10, SystemClock().now())
    if hours:
        with db.transaction(world.engine) as connection:
            clock.advance(connection, timedelta(hours=hours, minutes=1), demo=True)
    assert commands.fire_due(world.waymark) == (2 if hours else 0)
    written = world.scalar(sa.select(sa.func.count()).select_from(outbox))
    assert written == 2 * hours


def test_a_limit_serves_the_longest_overdue_first(world: World) -> None:
    first = begin(world, 2, 1, NOW)
    begin(world, 2, 1, NOW + timedelta(minutes=10))
    assert commands.fire_due(world.waymark, NOW + days(1), limit=2) == 2
    assert all(world.row(case_id).version == 2 for case_id in first)
    assert commands.fire_due(world.waymark, NOW + days(1)) == 2
