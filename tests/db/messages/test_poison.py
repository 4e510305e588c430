"""A message that cannot be taken in holds up nobody else: tried again ever later, then left to an administrator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from unittest import mock

import pytest
import sqlalchemy as sa

from app import db
from app.cases import commands, queries
from app.cases.messages import delivering
from app.cases.tables import case
from app.worker import Worker
from tests.chaos.invariants import broken
from tests.chaos.world import ADMINISTRATOR, NOW, days
from tests.db.messages.town import Town

BACKOFF = [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
TICK = timedelta(seconds=5)


def set_state(town: Town, case_id: str, state: bytes) -> None:
    with db.transaction(town.engine) as connection:
        connection.execute(case.update().where(case.c.id == case_id).values(state=state))


def pair(town: Town, file: int = 1) -> tuple[str, str]:
    """A word that was said, and a case that waits for it."""
    says, hears = town.begin("speaker", file), town.begin("listener", file)
    town.do(hears, "get_ready")
    town.quietly(says, "prepare")
    return says, hears


def test_others_are_served_in_the_same_tick(town: Town) -> None:
    pairs = [pair(town, file) for file in range(1, 7)]
    for _says, hears in pairs[:2]:
        set_state(town, hears, b"not a state")
    assert commands.deliver(town.waymark, NOW) == 4
    assert [town.open(hears) for _, hears in pairs] == [[]] * 2 + [["used"]] * 4
    assert broken(town.waymark, [hears for _, hears in pairs[2:]]) == []


def test_tried_again_ever_later_then_parked_then_tried_by_an_administrator(town: Town) -> None:
    _says, hears = pair(town)
    state, now = town.row(hears).state, NOW
    set_state(town, hears, b"not a state")
    for turn, pause in enumerate(BACKOFF, 1):
        assert commands.deliver(town.waymark, now) == 0
        assert town.letters("state", "attempts", "next_try_at") == [("waiting", turn, now + pause)]
        assert commands.deliver(town.waymark, now + pause - TICK) == 0
        assert town.letters("attempts") == [turn]
        now += pause
    commands.deliver(town.waymark, now)
    assert town.letters("state", "attempts") == [("parked", 5)]
    [parked] = queries.incidents(town.waymark, town.actors[ADMINISTRATOR])
    assert (parked.case_id, parked.state, parked.element) == (hears, "parked", "The message “word”")
    assert "not a state" not in parked.what
    assert commands.deliver(town.waymark, now + days(365)) == 0
    set_state(town, hears, state)
    commands.retry(town.waymark, town.actors[ADMINISTRATOR], parked.id, now)
    assert commands.deliver(town.waymark, now) == 1
    assert [one.state for one in town.incidents()] == ["resolved"]
    assert town.open(hears) == ["used"]
    assert broken(town.waymark) == []


def test_what_the_same_case_said_afterwards_waits_for_its_turn(town: Town) -> None:
    """Nothing overtakes a message that fails; once it is given up on, the next is heard."""
    says, hears = town.begin("hasty"), town.begin("collector")
    with mock.patch.object(delivering, "AT_ONCE", 0):
        town.do(says, "prepare")
    state, now = town.row(hears).state, NOW
    set_state(town, hears, b"not a state")
    commands.deliver(town.waymark, now)
    set_state(town, hears, state)
    assert commands.deliver(town.waymark, now + TICK) == 0
    assert town.letters("attempts") == [1, 0, 0]
    assert commands.deliver(town.waymark, now + BACKOFF[0]) == 3
    assert [town.facts(hears)[f"word{at}"]["at"] for at in range(3)] == [0, 1, 2]
    assert broken(town.waymark) == []


def test_a_database_that_goes_away_is_nobodys_incident(postgres_town: Town) -> None:
    town = postgres_town
    _says, hears = pair(town)

    def cut(*_args: object) -> None:
        with town.engine.connect() as other:
            other.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    with mock.patch.object(delivering, "Message", side_effect=cut), pytest.raises(sa.exc.OperationalError):
        commands.deliver(town.waymark, NOW)
    assert town.letters("state", "attempts") == [("waiting", 0)]
    assert commands.deliver(town.waymark, NOW) == 1
    assert town.open(hears) == ["used"]


@contextmanager
def failing_delivery() -> Iterator[None]:
    with mock.patch.object(delivering, "deliver", side_effect=RuntimeError("canary")):
        yield


def test_a_command_is_done_though_its_message_cannot_be_delivered_at_once(town: Town) -> None:
    says, hears = town.begin("speaker"), town.begin("listener")
    town.do(hears, "get_ready")
    with failing_delivery():
        town.do(says, "prepare")
    assert (town.open(says), town.letters()) == (["after"], ["waiting"])
    assert commands.deliver(town.waymark, NOW) == 1


def test_the_worker_delivers_what_is_left(town: Town) -> None:
    _says, hears = pair(town)
    Worker(town.waymark).tick()
    assert town.open(hears) == ["used"]
    assert broken(town.waymark) == []


def test_nothing_is_asked_of_the_database_after_a_command_that_says_nothing(town: Town) -> None:
    hears = town.begin("listener")
    with failing_delivery(), mock.patch.object(delivering.log, "warning") as warned:
        town.do(hears, "get_ready")
    warned.assert_not_called()
