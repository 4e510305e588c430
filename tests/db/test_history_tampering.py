"""Whoever owns the database and switches its triggers off is found out: the first bad row is named."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app import db
from app.cases import queries
from app.history import Fault, history_event
from app.history.chain import GENESIS, link
from tests.chaos.world import World

pytestmark = pytest.mark.chaos

ROUNDS = 1000 if os.environ.get("WAYMARK_CHAOS") else 5

#: changes the history; gives the case and the entry that must be named
Tamper = Callable[[sa.Connection, dict[str, int], random.Random], tuple[str, int]]


@contextmanager
def as_owner(world: World) -> Iterator[sa.Connection]:
    """A connection that history's own triggers do not stop."""
    postgres = world.engine.dialect.name == "postgresql"
    with db.transaction(world.engine) as connection:
        if postgres:
            connection.exec_driver_sql("ALTER TABLE history_event DISABLE TRIGGER ALL")
        else:
            for trigger in ("history_event_no_update", "history_event_no_delete", "history_event_no_replace"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger}")
        yield connection


def at(case_id: str, seq: int) -> sa.ColumnElement[bool]:
    return sa.and_(history_event.c.case_id == case_id, history_event.c.seq == seq)


def entry(connection: sa.Connection, case_id: str, seq: int) -> dict[str, Any]:
    return dict(connection.execute(sa.select(history_event).where(at(case_id, seq))).one()._mapping)


def some(sizes: dict[str, int], dice: random.Random, keep_last: int = 0) -> tuple[str, int]:
    case_id = dice.choice(sorted(sizes))
    return case_id, dice.randint(1, sizes[case_id] - keep_last)


def edit(connection: sa.Connection, sizes: dict[str, int], dice: random.Random) -> tuple[str, int]:
    case_id, seq = some(sizes, dice)
    body = entry(connection, case_id, seq)["body"].replace('"kind":"', '"kind":"X')
    connection.execute(history_event.update().where(at(case_id, seq)).values(body=body))
    return case_id, seq


def another_actor(connection: sa.Connection, sizes: dict[str, int], dice: random.Random) -> tuple[str, int]:
    """Only the column, which pages read; the body and its hash stay."""
    case_id, seq = some(sizes, dice)
    connection.execute(history_event.update().where(at(case_id, seq)).values(actor_id="helen.ward"))
    return case_id, seq


def re_date(connection: sa.Connection, sizes: dict[str, int], dice: random.Random) -> tuple[str, int]:
    case_id, seq = some(sizes, dice)
    earlier = entry(connection, case_id, seq)["at"] - timedelta(days=1)
    connection.execute(history_event.update().where(at(case_id, seq)).values(at=earlier))
    return case_id, seq


def delete(connection: sa.Connection, sizes: dict[str, int], dice: random.Random) -> tuple[str, int]:
    case_id, seq = some(sizes, dice, keep_last=1)
    connection.execute(history_event.delete().where(at(case_id, seq)))
    return case_id, seq


def delete_and_close_the_gap(connection: sa.Connection, sizes: dict[str, int], dice: random.Random) -> tuple[str, int]:
    case_id, seq = some(sizes, dice, keep_last=1)
    connection.execute(history_event.delete().where(at(case_id, seq)))
    for later in range(seq + 1, sizes[case_id] + 1):
        connection.execute(history_event.update().where(at(case_id, later)).values(seq=later - 1))
    return case_id, seq


def truncate(connection: sa.Connection, sizes: dict[str, int], dice: random.Random) -> tuple[str, int]:
    """Forget how a case ended."""
    case_id, seq = some(sizes, dice)
    connection.execute(history_event.delete().where(history_event.c.case_id == case_id, history_event.c.seq >= seq))
    return case_id, seq


def append(connection: sa.Connection, sizes: dict[str, int], dice: random.Random) -> tuple[str, int]:
    """An entry behind the last, well chained; only the case's own head knows that it was never written."""
    case_id = dice.choice(sorted(sizes))
    seq = sizes[case_id] + 1
    last = entry(connection, case_id, seq - 1)
    body = last["body"].replace(f'"seq":{seq - 1}', f'"seq":{seq}')
    row = {**last, "seq": seq, "body": body, "hash": link(last["hash"], body.encode())}
    connection.execute(history_event.insert(), row)
    return case_id, seq


def insert(connection: sa.Connection, sizes: dict[str, int], dice: random.Random) -> tuple[str, int]:
    """Push an entry in between: all later ones move up by one."""
    case_id, seq = some(sizes, dice)
    for later in range(sizes[case_id], seq - 1, -1):
        connection.execute(history_event.update().where(at(case_id, later)).values(seq=later + 1))
    row = {**entry(connection, case_id, seq + 1), "seq": seq}
    connection.execute(history_event.insert(), row)
    # the copy holds its hash: what follows it does not
    return case_id, seq + 1


def swap(connection: sa.Connection, sizes: dict[str, int], dice: random.Random) -> tuple[str, int]:
    case_id, seq = some(sizes, dice, keep_last=1)
    one, two = entry(connection, case_id, seq), entry(connection, case_id, seq + 1)
    for row, other in ((one, two), (two, one)):
        values = {name: other[name] for name in ("body", "hash", "kind", "at", "actor_id")}
        connection.execute(history_event.update().where(at(case_id, row["seq"])).values(values))
    return case_id, seq


def move(connection: sa.Connection, sizes: dict[str, int], dice: random.Random) -> tuple[str, int]:
    """The end of one case's history under another case's name."""
    case_id, other = dice.sample(sorted(sizes), 2)
    connection.execute(history_event.delete().where(at(case_id, sizes[case_id])))
    row = {**entry(connection, other, sizes[other]), "case_id": case_id, "seq": sizes[case_id]}
    connection.execute(history_event.insert(), row)
    return case_id, sizes[case_id]


def rewrite(connection: sa.Connection, sizes: dict[str, int], dice: random.Random) -> tuple[str, int]:
    """Edit an entry and chain everything behind it anew, the best that can be done without the case's own row."""
    case_id, seq = some(sizes, dice)
    before = entry(connection, case_id, seq - 1)["hash"] if seq > 1 else GENESIS
    for number in range(seq, sizes[case_id] + 1):
        row = entry(connection, case_id, number)
        body = row["body"].replace('"data":{', '"data":{"":0,', 1) if number == seq else row["body"]
        before = link(before, body.encode())
        connection.execute(history_event.update().where(at(case_id, number)).values(body=body, hash=before))
    # every entry agrees with the next: only the last differs from what the case remembers
    return case_id, sizes[case_id]


def rubbish(connection: sa.Connection, sizes: dict[str, int], dice: random.Random) -> tuple[str, int]:
    """What is no entry at all, though its hash is right."""
    case_id = dice.choice(sorted(sizes))
    seq = sizes[case_id]
    body = dice.choice(["", "not json", "[]", "{}", "null", '{"at":1}'])
    digest = link(entry(connection, case_id, seq - 1)["hash"], body.encode())
    connection.execute(history_event.update().where(at(case_id, seq)).values(body=body, hash=digest))
    return case_id, seq


TAMPERS: tuple[Tamper, ...] = (
    edit,
    another_actor,
    re_date,
    delete,
    delete_and_close_the_gap,
    truncate,
    append,
    insert,
    swap,
    move,
    rewrite,
    rubbish,
)


def found(world: World) -> list[Fault]:
    return list(queries.verify_history(world.waymark).faults)


@pytest.mark.parametrize("tamper", TAMPERS)
def test_tampering_is_found_and_named(world: World, tamper: Tamper) -> None:
    sizes = {}
    for stage in ("give_consent", "triage", "answer_offer"):
        case_id, _ = world.case_at(stage)
        sizes[case_id] = world.row(case_id).history_seq
    assert found(world) == []
    dice = random.Random(tamper.__name__)  # noqa: S311 -- which row is hit is chance
    for _ in range(ROUNDS):
        with as_owner(world) as connection:
            whole = [dict(row._mapping) for row in connection.execute(sa.select(history_event))]
            named = tamper(connection, sizes, dice)
        assert [(fault.case_id, fault.seq) for fault in found(world)] == [named]
        with as_owner(world) as connection:
            connection.execute(history_event.delete())
            connection.execute(history_event.insert(), whole)
    assert found(world) == []


def test_a_history_that_is_gone_as_a_whole_is_missed(world: World) -> None:
    first, second = world.start().case_id, world.start().case_id
    with as_owner(world) as connection:
        connection.execute(history_event.delete().where(history_event.c.case_id == first))
    assert [(fault.case_id, fault.seq) for fault in found(world)] == [(first, 1)]
    assert world.row(second).history_seq > 0


def test_a_history_without_a_case_is_found(world: World) -> None:
    case_id = world.start().case_id
    stray = "00000000-0000-0000-0000-000000000000"
    with as_owner(world) as connection:
        row = entry(connection, case_id, 1)
        connection.execute(history_event.insert(), {**row, "case_id": stray})
    assert [fault.case_id for fault in found(world)] == [stray]
