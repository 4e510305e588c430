"""What changes a case besides a step of the engine: entries in its history, and columns of its row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.cases import entries as written
from app.cases.locking import Locked
from app.cases.tables import case
from app.history import Entry, extend, history_event


def note(
    connection: sa.Connection, held: Locked, entries: Sequence[Entry], actor_id: str, now: datetime, **columns: Any
) -> None:
    """Chain the entries and set the columns of the case, whose row this transaction holds."""
    head, rows = extend(held.head, held.id, actor_id, now, entries)
    connection.execute(history_event.insert(), rows)
    moved = {"history_seq": head.seq, "history_hash": head.hash, **columns}
    connection.execute(case.update().where(case.c.id == held.id).values(moved))


def as_step(held: Locked) -> dict[str, Any]:
    """What an entry says that counts as a step of the case although the engine made none: nobody takes it back."""
    return written.as_step(held.row.definition_sha, held.row.state)
