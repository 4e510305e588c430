"""Looks are chained: what was altered or taken away is found; readers do not wait for those who work in the case."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app import db
from app.cases import queries
from app.cases.locking import lock_if_free, lock_row
from app.cases.looks.tables import look, look_head
from app.history import Fault
from tests.chaos.world import EMPLOYEE, OFFICE, PRACTITIONER, SECOND_OFFICE, World
from tests.db.reads.looking import noted, read

MINUTE = timedelta(minutes=2)
LOOKS = 6
Tamper = Callable[[sa.Connection, str], Any]


def looked(world: World) -> str:
    """A case with `LOOKS` looks of two people, and another with one."""
    case_id, now = world.case_at("confirm_sharing")
    for number in range(LOOKS):
        read(world, (PRACTITIONER, OFFICE)[number % 2], case_id, now + number * MINUTE, "answers")
    other, now = world.case_at("confirm_sharing")
    read(world, PRACTITIONER, other, now, "answers")
    return case_id


@contextmanager
def as_owner(world: World) -> Iterator[sa.Connection]:
    """A connection that the triggers do not stop."""
    with db.transaction(world.engine) as connection:
        if world.engine.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE look DISABLE TRIGGER ALL")
        else:
            for trigger in ("look_no_update", "look_no_delete", "look_no_replace"):
                connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        yield connection


def of(case_id: str, seq: int) -> sa.ColumnElement[bool]:
    return sa.and_(look.c.case_id == case_id, look.c.seq == seq)


def change(connection: sa.Connection, case_id: str, **values: Any) -> None:
    connection.execute(look.update().where(of(case_id, 3)).values(**values))


def close_the_gap(connection: sa.Connection, case_id: str) -> None:
    connection.execute(look.delete().where(of(case_id, 3)))
    for seq in range(4, LOOKS + 1):
        connection.execute(look.update().where(of(case_id, seq)).values(seq=seq - 1))


TAMPERS: dict[str, tuple[int, Tamper]] = {
    "another person": (3, lambda c, case_id: change(c, case_id, actor_id="nina.kaur")),
    "another ground": (3, lambda c, case_id: change(c, case_id, ground="provider")),
    "another employee": (3, lambda c, case_id: change(c, case_id, subject_id="daniel.price")),
    "another organisation": (3, lambda c, case_id: change(c, case_id, org_id="harbour")),
    "no emergency": (3, lambda c, case_id: change(c, case_id, emergency_id="x")),
    "another way": (3, lambda c, case_id: change(c, case_id, kind="look.api")),
    "another text": (3, lambda c, case_id: change(c, case_id, body=sa.func.replace(look.c.body, "notes", "nothing"))),
    "one is gone": (3, lambda c, case_id: c.execute(look.delete().where(of(case_id, 3)))),
    "the gap is closed": (3, close_the_gap),
    "the last is gone": (LOOKS, lambda c, case_id: c.execute(look.delete().where(of(case_id, LOOKS)))),
    "all are gone": (1, lambda c, case_id: c.execute(look.delete().where(look.c.case_id == case_id))),
    "the head is gone": (0, lambda c, case_id: c.execute(look_head.delete().where(look_head.c.case_id == case_id))),
}


@pytest.mark.rule("XX-3", "breaks")
@pytest.mark.parametrize("tamper", TAMPERS)
def test_what_was_altered_or_taken_away_is_found(sqlite_world: World, tamper: str) -> None:
    case_id = looked(sqlite_world)
    assert queries.verify_looks(sqlite_world.waymark) == (LOOKS + 1, ())
    seq, act = TAMPERS[tamper]
    with as_owner(sqlite_world) as connection:
        act(connection, case_id)
    _number, faults = queries.verify_looks(sqlite_world.waymark)
    assert [(one.case_id, one.seq) for one in faults] == [(case_id, seq)]
    assert all(isinstance(one, Fault) and one.what for one in faults)


@pytest.mark.parametrize("statement", ["UPDATE look SET actor_id = 'x'", "DELETE FROM look", "REPLACE INTO look {}"])
def test_the_database_refuses_by_trigger(world: World, statement: str) -> None:
    looked(world)
    if "REPLACE" in statement and world.engine.dialect.name == "postgresql":
        statement = "TRUNCATE look"
    with world.engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="append-only"):
        connection.exec_driver_sql(statement.format("SELECT * FROM look"))
    assert queries.verify_looks(world.waymark)[1] == ()


def test_who_reads_does_not_wait_for_who_works_in_the_case(postgres_world: World) -> None:
    world = postgres_world
    case_id, now = world.case_at("confirm_sharing")
    with db.transaction(world.engine) as connection:
        lock_row(connection, case_id)
        with db.transaction(world.engine) as other:
            assert lock_if_free(other, case_id) is None
        assert read(world, PRACTITIONER, case_id, now, "answers").submissions
        assert len(noted(world)) == 1


def test_who_works_in_the_case_does_not_wait_for_who_reads(postgres_world: World) -> None:
    world = postgres_world
    case_id, now = world.case_at("confirm_sharing")
    read(world, PRACTITIONER, case_id, now, "answers")
    with db.transaction(world.engine) as connection:
        connection.execute(sa.select(look_head).with_for_update()).all()
        assert world.complete(case_id, "confirm_sharing", now, who=EMPLOYEE).case_id == case_id


def test_what_a_look_costs(world: World) -> None:
    """One read; when something new was seen, one transaction beside the view's own statements; else nothing."""
    case_id, now = world.case_at("confirm_sharing")
    asked: list[str] = []
    sa.event.listen(world.engine, "before_cursor_execute", lambda _c, _cursor, text, *_more: asked.append(text))

    def written(who: str, at: datetime) -> list[str]:
        asked.clear()
        read(world, who, case_id, at, "answers")
        return [text.split()[0] for text in asked if re.search(r"\blook(_head)?\b", text)]

    batch = ["WITH"] if world.engine.dialect.name == "postgresql" else ["INSERT", "UPDATE"]
    assert written(PRACTITIONER, now) == ["SELECT", "INSERT", *batch]
    assert written(PRACTITIONER, now) == ["SELECT"]
    assert written(EMPLOYEE, now) == []
    asked.clear()
    world.complete(case_id, "confirm_sharing", now)
    assert not [text for text in asked if "look" in text]


def test_many_look_at_once_and_none_is_lost(world: World) -> None:
    case_id, now = world.case_at("confirm_sharing")
    people = (PRACTITIONER, OFFICE, SECOND_OFFICE)
    moments = [(who, now + number * MINUTE) for who in people for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda one: read(world, one[0], case_id, one[1], "answers"), moments))
    assert sorted(one["who"] for one in noted(world)) == sorted(who for who, _at in moments)
    assert queries.verify_looks(world.waymark) == (len(moments), ())
