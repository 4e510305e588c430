"""Many rows to many tables at once: one statement on PostgreSQL, one a table elsewhere.

A completed task writes to six tables. On PostgreSQL each statement is a round trip, so the batch becomes one
statement of data-modifying CTEs (PostgreSQL manual, 7.8.4). All parts see the database as it was before: a batch must
not touch the same row twice. The rows of a part travel as one JSON text, so that the statement's text depends on the
shape of the batch alone and stays prepared; an array for each column takes the driver three times as long to write.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from app.db.types import Json

Row = Mapping[str, Any]
Kind = Literal["insert", "offer", "upsert", "update", "delete"]


class RowMissing(RuntimeError):
    """A row that the batch was to update is not there, or is not as it was seen."""


@dataclass(frozen=True)
class Part:
    """`columns`: those written, keys first; `keys`: how many of them find the row."""

    kind: Kind
    table: sa.Table
    columns: tuple[str, ...]
    keys: int
    rows: Sequence[Row]
    #: updates only: every row must be found
    strict: bool = False


@dataclass
class Batch:
    """Collects rows; `run` writes them. Order between tables that refer to each other is insert order."""

    parts: list[Part] = field(default_factory=list)

    def insert(self, table: sa.Table, rows: Sequence[Row], *, unless_there: bool = False) -> None:
        """Add rows; all have the same columns. `unless_there`: leave out those whose unique columns are taken."""
        if rows:
            self.parts.append(Part("offer" if unless_there else "insert", table, tuple(rows[0]), 0, rows))

    def upsert(self, table: sa.Table, rows: Sequence[Row]) -> None:
        """Add rows, or replace those with the same primary key."""
        if rows:
            keys = [column.name for column in table.primary_key]
            rest = [name for name in rows[0] if name not in keys]
            self.parts.append(Part("upsert", table, (*keys, *rest), len(keys), rows))

    def update(self, table: sa.Table, keys: Sequence[str], rows: Sequence[Row], *, strict: bool = False) -> None:
        """Set every other column of `rows` where the `keys` match."""
        if rows:
            rest = [name for name in rows[0] if name not in keys]
            self.parts.append(Part("update", table, (*keys, *rest), len(keys), rows, strict))

    def delete(self, table: sa.Table, rows: Sequence[Row]) -> None:
        """Take away the rows whose columns match."""
        if rows:
            columns = tuple(rows[0])
            self.parts.append(Part("delete", table, columns, len(columns), rows))

    def run(self, connection: sa.Connection) -> None:
        """Write everything. Raises `RowMissing` when a strict update did not find its row."""
        if not self.parts:
            return
        if connection.dialect.name == "postgresql":
            _run_at_once(connection, self.parts)
        else:
            for part in self.parts:
                _run_alone(connection, part)


def _run_at_once(connection: sa.Connection, parts: Sequence[Part]) -> None:
    shape = tuple((part.kind, part.table, part.columns, part.keys, part.strict) for part in parts)
    values = tuple(_as_json(part) for part in parts)
    counts = connection.exec_driver_sql(_statement(shape), values).one()
    for part, count in zip((part for part in parts if part.strict), counts, strict=False):
        if count != len(part.rows):
            raise RowMissing


# S608 is off on the lines that build statements: only names of our own tables and columns go in
@lru_cache(maxsize=512)
def _statement(shape: tuple[tuple[Kind, sa.Table, tuple[str, ...], int, bool], ...]) -> str:
    ctes = [f"w{number} AS ({_clause(*part)})" for number, part in enumerate(shape)]
    counts = [f"(SELECT count(*) FROM w{number})" for number, part in enumerate(shape) if part[4]]  # noqa: S608
    return f"WITH {', '.join(ctes)} SELECT {', '.join(counts) or '1'}"


def _clause(kind: Kind, table: sa.Table, columns: tuple[str, ...], keys: int, _strict: bool) -> str:
    names = ", ".join(columns)
    source = f"json_populate_recordset(NULL::{table.name}, %s) v"
    match = " AND ".join(f"t.{name} = v.{name}" for name in columns[:keys])
    rest = columns[keys:]
    if kind == "delete":
        return f"DELETE FROM {table.name} t USING {source} WHERE {match}"  # noqa: S608
    if kind == "update":
        sets = ", ".join(f"{name} = v.{name}" for name in rest)
        return f"UPDATE {table.name} t SET {sets} FROM {source} WHERE {match} RETURNING 1"  # noqa: S608
    insert = f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {source}"  # noqa: S608
    if kind == "insert":
        return insert
    if kind == "offer":
        return f"{insert} ON CONFLICT DO NOTHING"
    sets = ", ".join(f"{name} = excluded.{name}" for name in rest)
    return f"{insert} ON CONFLICT ({', '.join(columns[:keys])}) DO UPDATE SET {sets}"


def _as_json(part: Part) -> str:
    """The rows of a part; a JSON column holds text, so its value is JSON within JSON."""
    texts = _json_columns(part.table, part.columns)
    rows = [{**row, **{name: _text(row[name]) for name in texts}} for row in part.rows]
    return orjson.dumps(rows, default=_hex).decode()


@lru_cache(maxsize=512)
def _json_columns(table: sa.Table, columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in columns if isinstance(table.c[name].type, Json))


def _text(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _hex(value: Any) -> str:
    """Bytes as PostgreSQL reads them (manual, 8.4.1)."""
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    raise TypeError


def _run_alone(connection: sa.Connection, part: Part) -> None:
    if part.kind == "insert":
        connection.execute(part.table.insert(), list(part.rows))
    elif part.kind == "offer":
        connection.execute(sqlite.insert(part.table).on_conflict_do_nothing(), list(part.rows))
    elif part.kind == "upsert":
        insert = sqlite.insert(part.table)
        sets = {name: insert.excluded[name] for name in part.columns[part.keys :]}
        keys = list(part.columns[: part.keys])
        connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=sets), list(part.rows))
    else:
        _change_alone(connection, part)


def _change_alone(connection: sa.Connection, part: Part) -> None:
    keys, rest = part.columns[: part.keys], part.columns[part.keys :]
    match = [part.table.c[name] == sa.bindparam(f"key_{name}") for name in keys]
    if part.kind == "delete":
        statement: Any = part.table.delete().where(*match)
    else:
        statement = part.table.update().where(*match).values({name: sa.bindparam(f"set_{name}") for name in rest})
    rows = [
        {f"key_{name}": row[name] for name in keys} | {f"set_{name}": row[name] for name in rest} for row in part.rows
    ]
    found = connection.execute(statement, rows).rowcount
    if part.strict and found != len(rows):
        raise RowMissing
