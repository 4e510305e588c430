"""The chains that are logged: where their entries stand, and where their ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.cases.looks.tables import look, look_head
from app.cases.tables import case
from app.history import Head, history_event
from app.history.checkpoints import CASE, LOOK

#: chains that one statement reads
CHUNK = 100


@dataclass(frozen=True)
class Source:
    """`entries`: the table of the entries; `ends`: case id, number and hash of the last entry of each chain."""

    chain: str
    entries: sa.Table
    ends: sa.Select[Any]

    def heads(self, connection: sa.Connection) -> Iterator[tuple[str, Head]]:
        """Where each chain ends, as the database says."""
        for row in connection.execute(self.ends.execution_options(yield_per=1000)):
            yield row.case_id, Head(row.seq, row.hash)

    def since(
        self, connection: sa.Connection, wanted: Sequence[tuple[str, int, int]]
    ) -> Iterator[tuple[str, int, str]]:
        """Case id, number and hash of the entries from one number to another, both included, chain by chain."""
        one = self.entries.c
        for at in range(0, len(wanted), CHUNK):
            spans = [
                sa.and_(one.case_id == case_id, one.seq >= first, one.seq <= last)
                for case_id, first, last in wanted[at : at + CHUNK]
            ]
            query = sa.select(one.case_id, one.seq, one.hash).where(sa.or_(*spans)).order_by(one.case_id, one.seq)
            for row in connection.execute(query.execution_options(yield_per=1000)):
                yield row.case_id, row.seq, row.hash


SOURCES = (
    Source(
        CASE,
        history_event,
        sa.select(case.c.id.label("case_id"), case.c.history_seq.label("seq"), case.c.history_hash.label("hash")),
    ),
    Source(LOOK, look, sa.select(look_head.c.case_id, look_head.c.seq, look_head.c.hash)),
)
