"""Checking that no look was altered or taken away (XX-3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson
import sqlalchemy as sa

from app.cases.looks.tables import look, look_head
from app.cases.looks.writing import columns
from app.history import Fault, Head, Witness, as_written, verify


def verify_looks(rows: Iterable[Any], heads: dict[str, Head], witness: Witness | None) -> list[Fault]:
    """The first fault of each chain that does not hold, in order of the chains. `rows`: in order of chain and number;
    they are not kept."""
    odd: dict[str, Fault] = {}
    found = {fault.case_id: fault for fault in verify(_watched(rows, odd), heads, witness)}
    for chain, fault in odd.items():
        if chain not in found or fault.seq < found[chain].seq:
            found[chain] = fault
    return [found[chain] for chain in sorted(found)]


def heads(connection: sa.Connection, chain: str | None = None) -> dict[str, Head]:
    """Where each chain ends, or one of them, as the database remembers."""
    query = sa.select(look_head)
    found = connection.execute(query.where(look_head.c.case_id == chain) if chain is not None else query)
    return {row.case_id: Head(row.seq, row.hash) for row in found}


def rows(connection: sa.Connection, where: sa.ColumnElement[bool]) -> Iterable[Any]:
    """The looks in order of chain and number, a few at a time."""
    query = as_written(look).where(where).order_by(look.c.case_id, look.c.seq)
    return connection.execute(query.execution_options(yield_per=500))


def _watched(rows: Iterable[Any], odd: dict[str, Fault]) -> Iterator[Any]:
    """What the columns repeat must be what the entry says: pages look for them."""
    for row in rows:
        if row.case_id not in odd and not _same(row):
            odd[row.case_id] = Fault(row.case_id, row.seq, "the look's columns do not match its content")
        yield row


def _same(row: Any) -> bool:
    try:
        said = columns(orjson.loads(row.body)["data"])
    except (ValueError, TypeError, KeyError):
        return False
    return said == {name: getattr(row, name) for name in said}
