"""Whoever owns the database and switches its triggers off is found out: the first bad row is named.

The chain alone finds what its owner did not write anew to the end; what was signed outside of the database finds the
rest. Each such kind is first shown to be missed by the chain."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.cases import Waymark, commands, queries
from app.cases.tables import case
from app.history import Fault, history_event
from app.history.chain import GENESIS, link
from tests.chaos.world import NOW, World

pytestmark = pytest.mark.chaos

ROUNDS = 1000 if os.environ.get("WAYMARK_CHAOS") else 5

#: changes the history; gives the case and the entry that must be named
Tamper = Callable[[sa.Connection, dict[str, int], random.Random], tuple[str, int]]


@contextmanager
def as_owner(world: World) -> Iterator[sa.Connection]:
    """A connection that history's own triggers do not stop, nor any other rule."""
    postgres = world.engine.dialect.name == "postgresql"
    # with a tool of the owner's own: SQLite then minds no foreign keys
    engine = world.engine if postgres else sa.create_engine(world.waymark.settings.database_url)
    with engine.begin() as connection:
        if postgres:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        else:
            for trigger in ("history_event_no_update", "history_event_no_delete", "history_event_no_replace"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger}")
        yield connection
    if not postgres:
        engine.dispose()


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
    case_id, _seq, _last = _written_anew(connection, sizes, dice)
    # every entry agrees with the next: only the last differs from what the case remembers
    return case_id, sizes[case_id]


def _written_anew(connection: sa.Connection, sizes: dict[str, int], dice: random.Random) -> tuple[str, int, str]:
    """The case, the first entry that is another one now, and the hash of the last."""
    case_id, seq = some(sizes, dice)
    before = entry(connection, case_id, seq - 1)["hash"] if seq > 1 else GENESIS
    for number in range(seq, sizes[case_id] + 1):
        row = entry(connection, case_id, number)
        body = row["body"].replace('"data":{', '"data":{"":0,', 1) if number == seq else row["body"]
        before = link(before, body.encode())
        connection.execute(history_event.update().where(at(case_id, number)).values(body=body, hash=before))
    return case_id, seq, before


def rubbish(connection: sa.Connection, sizes: dict[str, int], dice: random.Random) -> tuple[str, int]:
    """What is no entry at all, though its hash is right."""
    case_id = dice.choice(sorted(sizes))
    seq = sizes[case_id]
    body = dice.choice(["", "not json", "[]", "{}", "null", '{"at":1}'])
    digest = link(entry(connection, case_id, seq - 1)["hash"], body.encode())
    connection.execute(history_event.update().where(at(case_id, seq)).values(body=body, hash=digest))
    return case_id, seq


def set_head(connection: sa.Connection, case_id: str, seq: int, digest: str) -> None:
    """What the case remembers of its history's end."""
    connection.execute(case.update().where(case.c.id == case_id).values(history_seq=seq, history_hash=digest))


def rewrite_with_head(connection: sa.Connection, sizes: dict[str, int], dice: random.Random) -> tuple[str, int]:
    """Edit an entry, chain all that follows anew, and let the case remember the new end."""
    case_id, seq, last = _written_anew(connection, sizes, dice)
    set_head(connection, case_id, sizes[case_id], last)
    return case_id, seq


def re_date_with_head(connection: sa.Connection, sizes: dict[str, int], dice: random.Random) -> tuple[str, int]:
    """Another day for the last entry, in its text, its column, its hash and what the case remembers."""
    case_id = dice.choice(sorted(sizes))
    row = entry(connection, case_id, sizes[case_id])
    earlier = row["at"] - timedelta(days=dice.randint(1, 400))
    body = row["body"].replace(row["at"].isoformat(), earlier.isoformat())
    assert body != row["body"]
    before = entry(connection, case_id, row["seq"] - 1)["hash"]
    digest = link(before, body.encode())
    values = {"at": earlier, "body": body, "hash": digest}
    connection.execute(history_event.update().where(at(case_id, row["seq"])).values(**values))
    set_head(connection, case_id, row["seq"], digest)
    return case_id, row["seq"]


def truncate_with_head(connection: sa.Connection, sizes: dict[str, int], dice: random.Random) -> tuple[str, int]:
    """Forget how a case ended, and let it not remember that there was more."""
    case_id, seq = some(sizes, dice)
    last = entry(connection, case_id, seq - 1)["hash"] if seq > 1 else GENESIS
    connection.execute(history_event.delete().where(history_event.c.case_id == case_id, history_event.c.seq >= seq))
    set_head(connection, case_id, seq - 1, last)
    return case_id, seq


def truncate_and_go_on(connection: sa.Connection, sizes: dict[str, int], dice: random.Random) -> tuple[str, int]:
    """As many entries as before, well chained: other ones."""
    case_id, seq = truncate_with_head(connection, sizes, dice)
    last = entry(connection, case_id, seq - 1)["hash"] if seq > 1 else GENESIS
    other = dice.choice([one for one in sorted(sizes) if one != case_id])
    model = entry(connection, other, 1)
    for number in range(seq, sizes[case_id] + 1):
        body = model["body"].replace(other, case_id).replace('"seq":1}', f'"seq":{number}}}')
        last = link(last, body.encode())
        row = {**model, "case_id": case_id, "seq": number, "body": body, "hash": last}
        connection.execute(history_event.insert(), row)
    set_head(connection, case_id, sizes[case_id], last)
    return case_id, seq


def remove_the_case(connection: sa.Connection, sizes: dict[str, int], dice: random.Random) -> tuple[str, int]:
    """As if it had never been."""
    case_id = dice.choice(sorted(sizes))
    connection.execute(history_event.delete().where(history_event.c.case_id == case_id))
    connection.execute(case.delete().where(case.c.id == case_id))
    return case_id, 1


def swap_two_cases(connection: sa.Connection, sizes: dict[str, int], dice: random.Random) -> tuple[str, int]:
    """What happened in one case is said to have happened in another, which is gone."""
    case_id, other = dice.sample(sorted(sizes), 2)
    remove_the_case(connection, {case_id: 1}, dice)
    last = GENESIS
    for number in range(1, sizes[other] + 1):
        row = entry(connection, other, number)
        body = row["body"].replace(other, case_id)
        last = link(last, body.encode())
        connection.execute(history_event.delete().where(at(other, number)))
        connection.execute(history_event.insert(), {**row, "case_id": case_id, "body": body, "hash": last})
    connection.execute(case.update().where(case.c.id == other).values(id=case_id, history_hash=last))
    return min(case_id, other), 1


def head_moved_back(connection: sa.Connection, sizes: dict[str, int], dice: random.Random) -> tuple[str, int]:
    """The case remembers an earlier end; the entries stay."""
    case_id, seq = some(sizes, dice, keep_last=1)
    set_head(connection, case_id, seq, entry(connection, case_id, seq)["hash"])
    return case_id, seq + 1


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
    head_moved_back,
)
#: what the chain alone cannot know of: it agrees with itself and with what the case remembers
UNSEEN: tuple[Tamper, ...] = (
    rewrite_with_head,
    re_date_with_head,
    truncate_with_head,
    truncate_and_go_on,
    remove_the_case,
    swap_two_cases,
)


def rewrite_named(connection: sa.Connection, sizes: dict[str, int], dice: random.Random) -> tuple[str, int]:
    """With the log, the entry where the rewriting began is known, not only that the end is another one."""
    case_id, seq, _last = _written_anew(connection, sizes, dice)
    return case_id, seq


def found(world: World, waymark: Waymark | None = None) -> list[Fault]:
    return list(queries.verify_history(waymark or world.waymark).faults)


def three_cases(world: World) -> dict[str, int]:
    """Case id to number of entries."""
    sizes = {}
    for stage in ("give_consent", "triage", "answer_offer"):
        case_id, _ = world.case_at(stage)
        sizes[case_id] = world.row(case_id).history_seq
    return sizes


@pytest.fixture
def kept(world: World) -> Iterator[Callable[[], None]]:
    """Keeps the entries and cases when it is first called, and puts them back whenever it is called again."""
    tables = ("history_event", "cases")
    again = False

    def keep() -> None:
        nonlocal again
        with as_owner(world) as connection:
            for table in tables:
                if again:
                    connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608 -- our own tables
                    connection.exec_driver_sql(f"INSERT INTO {table} SELECT * FROM kept_{table}")  # noqa: S608 -- as above
                else:
                    connection.exec_driver_sql(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")  # noqa: S608 -- as above
        again = True

    yield keep
    with as_owner(world) as connection:
        for table in tables:
            connection.exec_driver_sql(f"DROP TABLE kept_{table}")


def alter(world: World, tamper: Tamper, sizes: dict[str, int], dice: random.Random) -> tuple[str, int]:
    """What is to be named."""
    with as_owner(world) as connection:
        return tamper(connection, sizes, dice)


@pytest.mark.rule("XX-3", "breaks")
@pytest.mark.parametrize("tamper", TAMPERS)
def test_tampering_is_found_and_named(world: World, kept: Callable[[], None], tamper: Tamper) -> None:
    sizes = three_cases(world)
    assert found(world) == []
    kept()
    dice = random.Random(tamper.__name__)  # noqa: S311 -- which row is hit is chance
    for _ in range(ROUNDS):
        named = alter(world, tamper, sizes, dice)
        assert [(fault.case_id, fault.seq) for fault in found(world)] == [named]
        kept()
    assert found(world) == []


@pytest.mark.rule("XX-3", "breaks")
def test_with_a_checkpoint_every_kind_is_found_and_named(world: World, kept: Callable[[], None]) -> None:
    sizes = three_cases(world)
    settings = replace(world.waymark.settings, checkpoints=world.waymark.settings.var / "log")
    logging = replace(world.waymark, settings=settings)
    # two checkpoints, and entries that no checkpoint has seen yet
    commands.write_checkpoint(logging, NOW)
    more, later = world.case_at("triage")
    commands.write_checkpoint(logging, later)
    sizes[more] = world.row(more).history_seq
    world.start()
    assert found(world, logging) == []
    kept()
    for tamper in (*(one for one in TAMPERS if one is not rewrite), rewrite_named, *UNSEEN):
        dice = random.Random(tamper.__name__)  # noqa: S311 -- which row is hit is chance
        for number in range(ROUNDS):
            named = alter(world, tamper, sizes, dice)
            faults = found(world, logging)
            assert (faults[0].case_id, faults[0].seq) == named, (tamper.__name__, number, faults)
            # the control: by itself the database is whole
            assert tamper not in UNSEEN or found(world) == [], (tamper.__name__, number)
            kept()
    assert found(world, logging) == []


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


@pytest.mark.rule("XX-3", "breaks")
@pytest.mark.parametrize("column", ["at", "body", "hash", "kind", "actor_id"])
@pytest.mark.parametrize("value", ["rubbish", "", 7, b"\xff"])
def test_what_is_no_value_of_its_column_is_named(sqlite_world: World, column: str, value: object) -> None:
    """SQLite takes whatever its owner puts there."""
    case_id = sqlite_world.start().case_id
    with as_owner(sqlite_world) as connection:
        statement = f"UPDATE history_event SET {column} = ? WHERE case_id = ? AND seq = 3"  # noqa: S608 -- our own
        connection.exec_driver_sql(statement, (value, case_id))
    assert [(fault.case_id, fault.seq) for fault in found(sqlite_world)] == [(case_id, 3)]
