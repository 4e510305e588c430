"""Which checkpoints were written, as the database remembers them: whoever takes some out of the folder is found out."""

from __future__ import annotations

import hashlib
from datetime import datetime

import sqlalchemy as sa

from app import db
from app.cases.checkpoints.tables import checkpoint
from app.history.checkpoints import Log, PublicKey
from app.history.checkpoints.index import Index


def log_id(key: PublicKey) -> str:
    """SHA-256 of the raw key, as hex."""
    return hashlib.sha256(key.raw).hexdigest()


def remembered(connection: sa.Connection, key: PublicKey) -> dict[int, str]:
    """Note by number."""
    query = sa.select(checkpoint.c.number, checkpoint.c.note).where(checkpoint.c.log == log_id(key))
    return {row.number: row.note for row in connection.execute(query)}


def last_number(connection: sa.Connection, key: PublicKey) -> int:
    """Of the newest checkpoint of this log that the database remembers; 0 for none."""
    query = sa.select(sa.func.max(checkpoint.c.number)).where(checkpoint.c.log == log_id(key))
    return connection.execute(query).scalar() or 0


def checkpoint_age(connection: sa.Connection, now: datetime) -> float | None:
    """Seconds since the newest checkpoint of any log; None when there is none."""
    newest = connection.execute(sa.select(sa.func.max(checkpoint.c.at, type_=checkpoint.c.at.type))).scalar()
    return max(0.0, (now - newest).total_seconds()) if newest is not None else None


def remember(engine: sa.Engine, log: Log, index: Index, key: PublicKey) -> None:
    """Note down all checkpoints that are in the log and not in the database yet: those of a writer that was killed
    in between, too."""
    with db.reading(engine) as connection:
        known = last_number(connection, key)
    rows = [
        {"log": log_id(key), "number": one.number, "at": one.at, "size": one.size, "note": log.note(one.number)}
        for one in index.checkpoints()
        if one.number > known
    ]
    if rows:
        with db.transaction(engine) as connection:
            connection.execute(checkpoint.insert(), rows)
