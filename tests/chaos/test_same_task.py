"""Many people complete one task at once: one of them does, the others are told so, and leave no trace."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
import sqlalchemy as sa
from psycopg.errors import LockNotAvailable

from app import db
from app.cases import Waymark, commands, completing, locking
from app.cases.tables import case, task
from app.errors import AlreadyDone
from app.history import history_event
from app.records import submission
from tests.chaos.crashing import settle
from tests.chaos.crowd import crowd, successes
from tests.chaos.invariants import broken
from tests.chaos.world import OFFICE, SECOND_OFFICE, World

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

LONG = bool(os.environ.get("WAYMARK_CHAOS"))
CLIENTS, ROUNDS = (64, 1000) if LONG else (32, 100)
ON_SQLITE = (16, 50) if LONG else (8, 10)


def contest(world: World, clients: int, rounds: int) -> tuple[list[str], list[list[Any]]]:
    """The contested tasks, and each client's answers round by round. Two clerks share the queue."""
    prepared = [world.case_at("triage") for _ in range(rounds)]
    tasks = [world.task(case_id, "triage") for case_id, _ in prepared]
    answers = world.answers("triage", prepared[0][1])
    clerks = [world.actors[OFFICE], world.actors[SECOND_OFFICE]]

    def act(waymark: Waymark, turn: int, meet: Callable[[], None]) -> Any:
        meet()
        clerk = clerks[os.getpid() % 2]
        return commands.complete(waymark, clerk, tasks[turn], answers, None, prepared[turn][1])

    found = crowd(world.waymark.settings, clients, rounds, act)
    settle(world.engine)
    return tasks, found


def completions(world: World) -> dict[str, int]:
    """Completion events of triage tasks, by case."""
    query = (
        sa.select(history_event.c.case_id, sa.func.count())
        .where(history_event.c.kind == "command.complete", history_event.c.body.contains('"element":"triage"'))
        .group_by(history_event.c.case_id)
    )
    return dict(world.rows(query))


def waited_too_long(answer: BaseException) -> bool:
    """On a busy machine the last of many may wait for the case longer than a person is kept waiting: told to try
    again, with nothing changed, which `db.UNAVAILABLE` becomes on a page."""
    return LONG and isinstance(answer, sa.exc.OperationalError) and isinstance(answer.orig, LockNotAvailable)


def check(world: World, clients: int, rounds: int) -> None:
    tasks, found = contest(world, clients, rounds)
    for turn in range(rounds):
        answers = [client[turn] for client in found]
        assert len(successes(answers)) == 1
        refused = [answer for answer in answers if isinstance(answer, BaseException)]
        assert len(refused) == clients - 1
        assert all(isinstance(answer, AlreadyDone) or waited_too_long(answer) for answer in refused), refused
    assert set(completions(world).values()) == {1}
    sent = world.rows(sa.select(submission.c.task_id).where(submission.c.task_id.in_(tasks)))
    assert len(sent) == rounds
    assert broken(world.waymark) == []


def test_one_of_many_clients_completes_a_task_on_postgresql(postgres_world: World) -> None:
    check(postgres_world, CLIENTS, ROUNDS)


def test_one_of_many_clients_completes_a_task_on_sqlite(sqlite_world: World) -> None:
    check(sqlite_world, *ON_SQLITE)


def _lookup(connection: sa.Connection, task_id: str) -> locking.Locked:
    """The lock built wrong on purpose: it reads the case and does not hold it."""
    wanted = sa.select(task.c.case_id).where(task.c.id == task_id).scalar_subquery()
    row = connection.execute(locking._CASE_AND_KEY.where(case.c.id == wanted)).one()
    return locking.with_definition(connection, row)


def test_control_without_the_row_lock_a_task_is_done_twice(postgres_world: World) -> None:
    """Read, work, write without a lock. The primary keys would still stop most doubles, with an error of the server
    that nobody can act on; they are taken away here, so that what the lock alone prevents can be seen."""
    with db.transaction(postgres_world.engine) as connection:
        for table in ("history_event", "task", "party"):
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT pk_{table}")
    with mock.patch.object(completing, "lock_of_task", _lookup):
        _, found = contest(postgres_world, 8, 10)
    assert len([answer for client in found for answer in successes(client)]) > 10
    assert max(completions(postgres_world).values()) > 1
