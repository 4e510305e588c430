"""A process is killed at every point of its work: what was done is done as a whole, or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
import sqlalchemy as sa

from app.cases import Waymark, commands
from app.cases.migrating import NotMoved
from app.cases.moving import AlreadyThere
from app.errors import CaseEnded, Conflict
from app.history import history_event
from tests.chaos.crashing import Act, run_child, settle
from tests.chaos.invariants import broken
from tests.chaos.world import EMPLOYEE, MANAGER, NOW, OFFICE, OWNER, World

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

POINTS = 16
LONG = bool(os.environ.get("WAYMARK_CHAOS"))
ROUNDS = 50 if LONG else 3
FEWER = 10 if LONG else 1
#: of every so many points of a control one is tried
STRIDE = 1 if LONG else 2


@dataclass(frozen=True)
class Work:
    """One command about to be given. `again`: what repeating it after it was done raises, None for nothing."""

    case_id: str
    act: Act
    events: str
    again: type[Exception] | None = None


def starting(world: World, key: str) -> Work:
    actor, answers = world.actors[MANAGER], world.answers("start", NOW)
    # the id follows from who asks and their key
    case_id = str(uuid5(NAMESPACE_URL, f"{actor.person_id}/{key}"))
    return Work(case_id, lambda waymark: commands.start(waymark, actor, "referral", answers, NOW, key), "command.start")


def completing(world: World, key: str) -> Work:
    case_id, now = world.case_at("triage")
    task_id, actor, answers = world.task(case_id, "triage"), world.actors[OFFICE], world.answers("triage", now)
    commands.save_draft(world.waymark, actor, task_id, answers, now)

    def act(waymark: Waymark) -> Any:
        return commands.complete(waymark, actor, task_id, answers, 1, now, key)

    return Work(case_id, act, "command.complete")


def firing(world: World, _key: str) -> Work:
    case_id = world.start().case_id
    due = world.next_due(case_id)
    return Work(case_id, lambda waymark: commands.fire_due(waymark, due, limit=1), "command.fire_due")


def cancelling(world: World, _key: str) -> Work:
    case_id, now = world.case_at("triage")
    actor = world.actors[MANAGER]

    def act(waymark: Waymark) -> None:
        commands.cancel(waymark, actor, case_id, "The post has gone", now)

    return Work(case_id, act, "command.cancel", CaseEnded)


def withdrawing(world: World, _key: str) -> Work:
    case_id, now = world.case_at("offer_appointment")
    actor = world.actors[EMPLOYEE]

    def act(waymark: Waymark) -> None:
        commands.withdraw_consent(waymark, actor, case_id, now, "I would rather not")

    return Work(case_id, act, "command.withdraw_consent", CaseEnded)


def moving(world: World, _key: str) -> Work:
    """A case in triage, to another version of its process; somebody has begun to write there."""
    world.deploy_next()
    case_id, now = world.case_at("triage")
    commands.save_draft(world.waymark, world.actors[OFFICE], world.task(case_id, "triage"), {"triage": "accept"}, now)
    return Work(case_id, _to_the_first(world, case_id, now), "command.migrate", AlreadyThere)


def _to_the_first(world: World, case_id: str, now: datetime) -> Act:
    owner = world.actors[OWNER]
    return lambda waymark: commands.migrate(waymark, owner, case_id, "The autumn review", now, to=1)


def moving_back(world: World, _key: str) -> Work:
    world.deploy_next()
    case_id, now = world.case_at("triage")
    _to_the_first(world, case_id, now)(world.waymark)
    owner = world.actors[OWNER]

    def act(waymark: Waymark) -> Any:
        return commands.migrate_back(waymark, owner, case_id, "It was the wrong one", now)

    return Work(case_id, act, "command.migrate_back", NotMoved)


Prepare = Callable[[World, str], Work]
OFTEN: tuple[Prepare, ...] = (starting, completing, firing, cancelling)
OPERATIONS: tuple[Prepare, ...] = (*OFTEN, withdrawing, moving, moving_back)


def count(world: World, work: Work) -> int:
    query = sa.select(sa.func.count()).select_from(history_event)
    query = query.where(history_event.c.case_id == work.case_id, history_event.c.kind == work.events)
    return int(world.scalar(query))


def killed_everywhere(world: World, prepare: Prepare, rounds: int) -> tuple[int, set[bool]]:
    """Kill at every point, and again at the last ones, where it writes. Number of kills, and whether the work had
    been done then (both occur)."""
    prepare(world, "first").act(world.waymark)
    points = run_child(world.waymark.settings, prepare(world, "counted").act).points
    assert len(points) >= POINTS
    kills, seen = 0, set()
    for turn in range(rounds):
        for number in range(0 if LONG or turn == 0 else len(points) - POINTS, len(points)):
            seen.add(_kill_once(world, prepare(world, f"{number}-{turn}"), number, points[number]))
            kills += 1
    return kills, seen


def _kill_once(world: World, work: Work, number: int, name: str, *, torn: bool = False) -> bool:
    before = count(world, work)
    outcome = run_child(world.waymark.settings, work.act, number, torn=torn)
    assert outcome.killed, f"nobody died {name}"
    settle(world.engine)
    assert broken(world.waymark, [work.case_id]) == [], name
    done = count(world, work) - before
    assert done in (0, 1), name
    if name == "after COMMIT":
        assert done == 1
    _repeat(world, work, bool(done))
    assert broken(world.waymark, [work.case_id]) == [], name
    assert count(world, work) == before + 1, name
    return bool(done)


def _repeat(world: World, work: Work, done: bool) -> None:
    """What a person or the next worker does after the fault: the same again."""
    if done and work.again is not None:
        with pytest.raises(work.again):
            work.act(world.waymark)
        return
    first = work.act(world.waymark)
    if work.events != "command.fire_due":
        assert work.again or work.act(world.waymark) == first


@pytest.mark.parametrize("prepare", OPERATIONS)
def test_killed_at_every_point_on_postgresql(postgres_world: World, prepare: Prepare) -> None:
    rounds = ROUNDS if LONG or prepare in OFTEN else 1
    kills, seen = killed_everywhere(postgres_world, prepare, rounds)
    assert kills >= POINTS * rounds
    assert seen == {False, True}, "kills must fall before and after the work is done"
    assert broken(postgres_world.waymark) == []


@pytest.mark.parametrize("prepare", OPERATIONS)
def test_killed_at_every_point_on_sqlite(sqlite_world: World, prepare: Prepare) -> None:
    kills, seen = killed_everywhere(sqlite_world, prepare, FEWER)
    assert kills >= POINTS * FEWER
    assert seen == {False, True}
    assert broken(sqlite_world.waymark) == []


@pytest.mark.parametrize("prepare", [starting, completing])
def test_control_statements_that_commit_alone_are_found_out(world: World, prepare: Prepare) -> None:
    """The same kills on commands whose every statement commits for itself: the checks above must notice."""
    prepare(world, "first").act(world.waymark)
    points = run_child(world.waymark.settings, prepare(world, "counted").act, torn=True).points
    faults = 0
    for number, name in list(enumerate(points))[::STRIDE]:
        try:
            _kill_once(world, prepare(world, f"torn-{number}"), number, name, torn=True)
        except (AssertionError, Conflict, sa.exc.IntegrityError):
            faults += 1
    assert faults
