"""A batch leaves the same rows whether it is one statement (PostgreSQL) or many (SQLite)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from app import db
from app.db import Batch, Json, RowMissing, UTCTime
from app.settings import Settings

metadata = sa.MetaData()
#: one column of every type that the product uses
thing = sa.Table(
    "thing",
    metadata,
    sa.Column("kind", sa.String(20), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("text", sa.Text),
    sa.Column("flag", sa.Boolean),
    sa.Column("at", UTCTime),
    sa.Column("value", Json),
    sa.Column("bytes", sa.LargeBinary),
    sa.Column("count", sa.Integer),
)
note = sa.Table("note", metadata, sa.Column("id", sa.String(20), primary_key=True), sa.Column("text", sa.Text))

#: what arrays, JSON and SQL could stumble over; neither database takes NUL or half a surrogate pair
awkward = st.sampled_from(
    ["", "NULL", "null", "{}", "{a,b}", '"', "\\", "'", "%s", "%(p0_x)s", ":x", "a\nb", "🙂", "ß"]
)
texts = awkward | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
small = st.integers(-(2**31), 2**31 - 1)
values = st.recursive(
    st.none() | st.booleans() | small | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=5,
)
moments = st.datetimes(datetime(1950, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- a bound
rests = st.fixed_dictionaries(
    {
        "text": st.none() | texts,
        "flag": st.none() | st.booleans(),
        "at": st.none() | moments,
        "value": values,
        "bytes": st.none() | st.binary(max_size=12),
        "count": st.none() | small,
    }
)
keys = st.tuples(st.sampled_from(["a", "b'", "c{"]), st.integers(0, 5))


@dataclass(frozen=True)
class Plan:
    """Rows that are there, and what a batch does to each key; a batch touches no row twice."""

    before: list[dict[str, Any]]
    kinds: dict[tuple[str, int], tuple[str, dict[str, Any]]]
    notes: dict[str, str]

    def batch(self) -> Batch:
        made = Batch()
        there = {(row["kind"], row["number"]) for row in self.before}
        rows: dict[str, list[dict[str, Any]]] = {"insert": [], "upsert": [], "update": [], "delete": []}
        for (kind, number), (what, rest) in self.kinds.items():
            done = "upsert" if what == "insert" and (kind, number) in there else what
            rows[done].append({"kind": kind, "number": number, **({} if what == "delete" else rest)})
        made.insert(thing, rows["insert"])
        made.insert(note, [{"id": name, "text": text} for name, text in self.notes.items()])
        made.update(thing, ["kind", "number"], rows["update"])
        made.upsert(thing, rows["upsert"])
        made.delete(thing, rows["delete"])
        return made


plans = st.builds(
    Plan,
    st.dictionaries(keys, rests, max_size=6).map(
        lambda rows: [{"kind": kind, "number": number, **rest} for (kind, number), rest in rows.items()]
    ),
    st.dictionaries(keys, st.tuples(st.sampled_from(["insert", "upsert", "update", "delete"]), rests), max_size=8),
    st.dictionaries(st.sampled_from(["x", "y"]), texts),
)


@pytest.fixture
def pair(sqlite_settings: Settings, postgres_settings: Settings) -> Iterator[tuple[sa.Engine, sa.Engine]]:
    engines = db.open_engine(sqlite_settings), db.open_engine(postgres_settings)
    for engine in engines:
        metadata.create_all(engine)
    yield engines
    for engine in engines:
        engine.dispose()


def after(engine: sa.Engine, plan: Plan) -> list[list[tuple[Any, ...]]]:
    with db.transaction(engine) as connection:
        for table in (thing, note):
            connection.execute(table.delete())
        if plan.before:
            connection.execute(thing.insert(), plan.before)
        plan.batch().run(connection)
        things = connection.execute(sa.select(thing))
        notes = connection.execute(sa.select(note))
        # sorted here: databases do not agree on the order of text
        return [sorted((tuple(row) for row in found), key=lambda row: row[:2]) for found in (things, notes)]


@given(plan=plans)
@examples(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_statement_and_many_leave_the_same_rows(pair: tuple[sa.Engine, sa.Engine], plan: Plan) -> None:
    on_sqlite, on_postgresql = (after(engine, plan) for engine in pair)
    assert on_sqlite == on_postgresql


def test_control_the_comparison_sees_a_difference(pair: tuple[sa.Engine, sa.Engine]) -> None:
    rest = {"text": "a", "flag": None, "at": None, "value": [1], "bytes": b"", "count": 0}
    one = Plan([], {("a", 1): ("insert", rest)}, {})
    other = Plan([], {("a", 1): ("insert", {**rest, "text": None})}, {})
    assert after(pair[0], one) == after(pair[1], one)
    assert after(pair[0], one) != after(pair[1], other)


@pytest.mark.parametrize("on", [0, 1])
def test_a_strict_update_finds_every_row_or_changes_nothing(pair: tuple[sa.Engine, sa.Engine], on: int) -> None:
    engine = pair[on]
    with db.transaction(engine) as connection:
        connection.execute(note.insert(), [{"id": "x", "text": "old"}])
    wanted = [{"id": "x", "text": "new"}, {"id": "gone", "text": "new"}]
    batch = Batch()
    batch.insert(note, [{"id": "y", "text": "more"}])
    batch.update(note, ["id"], wanted, strict=True)
    with pytest.raises(RowMissing), db.transaction(engine) as connection:
        batch.run(connection)
    with db.reading(engine) as connection:
        assert [tuple(row) for row in connection.execute(sa.select(note))] == [("x", "old")]
    with db.transaction(engine) as connection:
        batch = Batch()
        batch.update(note, ["id"], wanted)
        batch.run(connection)
    with db.reading(engine) as connection:
        assert [tuple(row) for row in connection.execute(sa.select(note))] == [("x", "new")]


@pytest.mark.parametrize("on", [0, 1])
def test_an_update_can_ask_for_what_was_seen(pair: tuple[sa.Engine, sa.Engine], on: int) -> None:
    """Keys may hold more than the primary key: then a row that changed meanwhile is not found."""
    engine = pair[on]
    with db.transaction(engine) as connection:
        connection.execute(thing.insert(), [{"kind": "a", "number": 1, "count": 2, "text": "changed meanwhile"}])
    batch = Batch()
    rows = [{"kind": "a", "number": 1, "count": 1, "text": "mine"}]
    batch.update(thing, ["kind", "number", "count"], rows, strict=True)
    with pytest.raises(RowMissing), db.transaction(engine) as connection:
        batch.run(connection)


@pytest.mark.parametrize("on", [0, 1])
def test_an_empty_batch_does_nothing(pair: tuple[sa.Engine, sa.Engine], on: int) -> None:
    batch = Batch()
    batch.insert(note, [])
    with db.transaction(pair[on]) as connection:
        batch.run(connection)
