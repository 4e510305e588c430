"""A case that lives for years has thousands of entries and answers: a page shows the newest, and leads to those before.

Pages are counted in what the reader is shown. A cursor into the rows would tell how many there are that they may not
see."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa

from app.history import history_event

#: entries of the history read at once
CHUNK = 300

T = TypeVar("T")


def page_of(newest_first: Iterator[T], page: int, size: int) -> tuple[list[T], bool]:
    """Page `page` (1: the newest), oldest first, and whether there is anything before it."""
    skip = (page - 1) * size
    found = list(islice(newest_first, skip, skip + size + 1))
    return found[:size][::-1], len(found) > size


def steps(connection: sa.Connection, case_id: str) -> Iterator[list[sa.Row[Any]]]:
    """The history, step by step, the newest step first: its entries in order, its command before what followed."""
    step: list[sa.Row[Any]] = []
    for row in _newest_first(connection, case_id):
        step.append(row)
        if row.kind.startswith("command."):
            yield step[::-1]
            step = []
    if step:
        yield step[::-1]


def _newest_first(connection: sa.Connection, case_id: str) -> Iterator[sa.Row[Any]]:
    table, before = history_event, 2**31 - 1
    query = sa.select(table).where(table.c.case_id == case_id).order_by(table.c.seq.desc()).limit(CHUNK)
    while rows := connection.execute(query.where(table.c.seq < before)).all():
        yield from rows
        before = rows[-1].seq
