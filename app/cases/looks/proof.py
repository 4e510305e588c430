"""Checking that no look was altered or taken away (XX-3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

import orjson
import sqlalchemy as sa

from app.cases.looks.tables import look, look_head
from app.cases.looks.writing import columns
from app.history import Fault, Head, verify_case


def verify(connection: sa.Connection) -> Iterator[Fault]:
    """The first fault of each chain that does not hold, in order of the chains."""
    heads = {row.case_id: Head(row.seq, row.hash) for row in connection.execute(sa.select(look_head))}
    query = sa.select(look).order_by(look.c.case_id, look.c.seq).execution_options(yield_per=500)
    missing = dict(heads)
    for chain, rows in groupby(connection.execute(query), key=lambda row: row.case_id):
        missing.pop(chain, None)
        yield from _faults(chain, list(rows), heads)
    for chain in sorted(missing):
        if missing[chain].seq:
            yield Fault(chain, 1, "all its looks are missing")


def _faults(chain: str, rows: list[Any], heads: Mapping[str, Head]) -> Iterator[Fault]:
    fault = verify_case(chain, rows, heads.get(chain)) or next((one for row in rows for one in _columns(row)), None)
    if fault is not None:
        yield fault


def _columns(row: Any) -> Iterator[Fault]:
    """What the columns repeat must be what the entry says: pages look for them."""
    said = columns(orjson.loads(row.body)["data"])
    if said != {name: getattr(row, name) for name in said}:
        yield Fault(row.case_id, row.seq, "the look's columns do not match its content")
