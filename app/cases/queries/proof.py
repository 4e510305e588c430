"""Proof that nobody altered the history of any case (XX-3)."""

from __future__ import annotations

import sqlalchemy as sa

from app import db, history
from app.cases.tables import case
from app.cases.waymark import Waymark
from app.history import Fault, Head


def verify_history(waymark: Waymark) -> tuple[int, list[Fault]]:
    """Number of cases checked, and the first fault of each case that does not hold."""
    with db.snapshot(waymark.engine) as connection:
        heads = {
            case_id: Head(seq, digest)
            for case_id, seq, digest in connection.execute(
                sa.select(case.c.id, case.c.history_seq, case.c.history_hash)
            )
        }
        return len(heads), list(history.verify(connection, heads))
