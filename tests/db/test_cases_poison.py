"""A case that cannot be fired holds up nobody: it is tried again, then parked, and an administrator resumes it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
import sqlalchemy as sa

from app import db, definitions
from app.cases import commands, queries
from app.cases.tables import case, incident
from app.definitions import store
from app.definitions.tables import bundle as bundles
from app.engine import handlers
from app.errors import NotFound
from app.history import history_event
from tests.chaos.invariants import broken
from tests.chaos.world import ADMINISTRATOR, EMPLOYEE, MANAGER, NOW, World

BACKOFF = [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
TICK = timedelta(seconds=5)

#: makes a case unfit; what it returns makes it fit again
Poison = Callable[[World, str], Callable[[], None]]


def set_columns(world: World, case_id: str, **values: Any) -> None:
    with db.transaction(world.engine) as connection:
        connection.execute(case.update().where(case.c.id == case_id).values(**values))


def unreadable_state(world: World, case_id: str) -> Callable[[], None]:
    state = world.row(case_id).state
    set_columns(world, case_id, state=b"not a state")
    return lambda: set_columns(world, case_id, state=state)


def unknown_definition(world: World, case_id: str) -> Callable[[], None]:
    sha = world.row(case_id).definition_sha
    set_columns(world, case_id, definition_sha="0" * 64)
    return lambda: set_columns(world, case_id, definition_sha=sha)


def unreadable_bundle(world: World, case_id: str) -> Callable[[], None]:
    sha, torn = world.row(case_id).definition_sha, hashlib.sha256(case_id.encode()).hexdigest()
    with db.transaction(world.engine) as connection:
        row = {
            "sha256": torn,
            "process_key": "referral",
            "content": b"torn",
            "created_at": NOW,
        }
        connection.execute(bundles.insert(), row)
    set_columns(world, case_id, definition_sha=torn)
    return lambda: set_columns(world, case_id, definition_sha=sha)


def refused_by_the_database(world: World, case_id: str) -> Callable[[], None]:
    """A row that the step wants to add is there already: the same entry of the history."""
    seq = world.row(case_id).history_seq
    set_columns(world, case_id, history_seq=seq - 1)
    return lambda: set_columns(world, case_id, history_seq=seq)


POISONS: tuple[Poison, ...] = (unreadable_state, unknown_definition, unreadable_bundle, refused_by_the_database)


def fired(world: World, case_id: str) -> int:
    query = sa.select(sa.func.count()).where(
        history_event.c.case_id == case_id, history_event.c.kind == "engine.timer_fired"
    )
    return int(world.scalar(query))


def incidents(world: World) -> list[Any]:
    return queries.incidents(world.waymark, world.actors[ADMINISTRATOR])


@pytest.mark.parametrize("poison", POISONS)
def test_others_are_served_in_the_same_tick(world: World, poison: Poison) -> None:
    begun = [world.start().case_id for _ in range(12)]
    sick = begun[:3]
    for case_id in sick:
        poison(world, case_id)
    due = world.next_due(begun[-1])
    assert commands.fire_due(world.waymark, due) == len(begun)
    assert [fired(world, case_id) for case_id in begun] == [0] * 3 + [1] * 9
    assert {one.case_id for one in incidents(world)} == set(sick)
    assert broken(world.waymark, begun[3:]) == []


@pytest.mark.parametrize("poison", POISONS)
def test_tried_again_ever_later_then_parked_then_resumed(world: World, poison: Poison) -> None:
    case_id = world.start().case_id
    due = now = world.next_due(case_id)
    cure = poison(world, case_id)
    for pause in BACKOFF:
        assert commands.fire_due(world.waymark, now) == 1
        assert [(one.state, one.next_try_at) for one in incidents(world)] == [("retrying", now + pause)]
        assert commands.fire_due(world.waymark, now + pause - TICK) == 0
        now += pause
    assert commands.fire_due(world.waymark, now) == 1
    [parked] = incidents(world)
    assert (parked.state, parked.attempts, parked.next_try_at) == ("parked", 5, None)
    assert parked.what.endswith(".")
    assert commands.fire_due(world.waymark, now + timedelta(days=365)) == 0
    cure()
    now += timedelta(days=1)
    commands.retry(world.waymark, world.actors[ADMINISTRATOR], parked.id, now)
    assert commands.fire_due(world.waymark, now) == 1
    assert fired(world, case_id) == 1 + (world.row(case_id).next_due_at is None)
    assert [one.state for one in incidents(world)] == ["resolved"]
    assert broken(world.waymark) == []
    assert due <= now


def test_a_retry_before_the_cause_is_gone_parks_it_again(world: World) -> None:
    case_id = world.start().case_id
    now = world.next_due(case_id)
    unreadable_state(world, case_id)
    for pause in [*BACKOFF, timedelta()]:
        commands.fire_due(world.waymark, now)
        now += pause
    [parked] = incidents(world)
    commands.retry(world.waymark, world.actors[ADMINISTRATOR], parked.id, now)
    assert commands.fire_due(world.waymark, now) == 1
    assert commands.fire_due(world.waymark, now + timedelta(days=1)) == 0
    [again] = incidents(world)
    assert (again.id, again.state, again.attempts) == (parked.id, "parked", 6)


def test_a_step_of_a_person_that_works_resolves_it(world: World) -> None:
    """The timer belongs to the consent that was asked for: once it is given, nothing is due and nothing is amiss."""
    case_id = world.start().case_id
    now = world.next_due(case_id)
    cure = unreadable_state(world, case_id)
    commands.fire_due(world.waymark, now)
    cure()
    world.complete(case_id, "give_consent", now)
    assert [one.state for one in incidents(world)] == ["resolved"]
    assert broken(world.waymark) == []


def test_a_case_that_is_ended_has_no_open_incident(world: World) -> None:
    case_id = world.start().case_id
    now = world.next_due(case_id)
    cure = unreadable_state(world, case_id)
    commands.fire_due(world.waymark, now)
    cure()
    commands.cancel(world.waymark, world.actors[MANAGER], case_id, "No longer needed", now)
    assert [one.state for one in incidents(world)] == ["resolved"]
    assert broken(world.waymark) == []


def test_a_database_that_goes_away_is_nobodys_incident(postgres_world: World) -> None:
    world = postgres_world
    case_id = world.start().case_id
    due = world.next_due(case_id)

    def cut(*_args: Any) -> None:
        with world.engine.connect() as other:
            other.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    with mock.patch("app.cases.firing.FireDue", side_effect=cut), pytest.raises(sa.exc.OperationalError):
        commands.fire_due(world.waymark, due)
    assert incidents(world) == []
    assert commands.fire_due(world.waymark, due) == 1
    assert broken(world.waymark) == []


@contextmanager
def broken_handler() -> Iterator[None]:
    def fails(*_args: Any) -> Any:
        raise RuntimeError("canary-of-a-secret")

    with mock.patch.dict(handlers.REGISTRY, {"notify": fails}):
        yield


def test_an_element_that_fails_is_tried_again_parked_and_resumed(world: World) -> None:
    """The reminder's handler fails: the case goes on without it, and the reminder is sent once it can be."""
    case_id = world.start().case_id
    now = world.next_due(case_id)
    with broken_handler():
        for pause in BACKOFF:
            assert commands.fire_due(world.waymark, now) == 1
            [failed] = incidents(world)
            assert (failed.state, failed.next_try_at) == ("retrying", now + pause)
            assert failed.element == "Remind the employee"
            assert "canary" not in failed.what
            assert broken(world.waymark) == []
            now += pause
        commands.fire_due(world.waymark, now)
    [parked] = incidents(world)
    assert (parked.state, parked.attempts, parked.next_try_at) == ("parked", 5, None)
    assert broken(world.waymark, again=False) == []
    with pytest.raises(NotFound):
        commands.retry(world.waymark, world.actors[MANAGER], parked.id, now)
    commands.retry(world.waymark, world.actors[ADMINISTRATOR], parked.id, now)
    assert [one.state for one in incidents(world)] == ["resolved"]
    assert world.rows(sa.select(incident.c.resolved_by)) == [(ADMINISTRATOR,)]
    assert [one.text for one in queries.notices(world.waymark, world.actors[EMPLOYEE])] != []
    assert broken(world.waymark, again=False) == []


def test_an_element_that_fails_by_chance_heals_itself(world: World) -> None:
    case_id = world.start().case_id
    now = world.next_due(case_id)
    with broken_handler():
        commands.fire_due(world.waymark, now)
    assert commands.fire_due(world.waymark, now + BACKOFF[0]) == 1
    assert [one.state for one in incidents(world)] == ["resolved"]
    assert world.rows(sa.select(incident.c.resolved_by)) == [("clock",)]
    assert broken(world.waymark, again=False) == []


def test_a_bundle_that_was_read_before_serves_though_its_row_is_gone(world: World) -> None:
    """What is addressed by its content is kept in memory; the control: with memory cleared the case fails alone."""
    first, second = world.start().case_id, world.start().case_id
    due = world.next_due(first)
    sha = world.row(first).definition_sha
    assert definitions.get is store.get
    store.cache.clear()
    set_columns(world, second, definition_sha="0" * 64)
    assert commands.fire_due(world.waymark, due) == 2
    assert store.cache.get(sha) is not None
    assert [fired(world, one) for one in (first, second)] == [1, 0]
