"""An entry in a case's history without a step of its process."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.cases.step import actor_id
from app.cases.tables import case
from app.history import Entry, Head, extend, history_event
from app.identity import Actor


def tell(
    connection: sa.Connection, row: sa.Row[Any], entries: Sequence[Entry], actor: Actor, now: datetime, **columns: Any
) -> None:
    """Chain `entries` behind a case that this transaction has locked, and set `columns` of the case with it."""
    head, rows = extend(Head(row.history_seq, row.history_hash), row.id, actor_id(actor), now, entries)
    connection.execute(history_event.insert(), rows)
    told = {"history_seq": head.seq, "history_hash": head.hash, **columns}
    connection.execute(case.update().where(case.c.id == row.id).values(told))
