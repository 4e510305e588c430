"""Checking every case's history against what the case itself remembers (XX-3)."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from app import db
from app.cases.tables import case
from app.cases.waymark import Waymark
from app.history import Fault, Head, verify


@dataclass(frozen=True)
class Verified:
    """`cases`: how many were checked. `faults`: the first fault of each case whose history does not hold."""

    cases: int
    faults: tuple[Fault, ...]


def verify_history(waymark: Waymark) -> Verified:
    """Check all cases, as they stood at one moment; people may go on working meanwhile."""
    with db.snapshot(waymark.engine) as connection:
        rows = connection.execute(sa.select(case.c.id, case.c.history_seq, case.c.history_hash)).all()
        heads = {row.id: Head(row.history_seq, row.history_hash) for row in rows}
        return Verified(len(heads), tuple(verify(connection, heads)))
