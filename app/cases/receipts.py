"""Idempotency: a command that comes again with its key gets the first answer (draft-ietf-httpapi-idempotency-key)."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.cases.tables import receipt
from app.db import Batch
from app.errors import Conflict


class KeyReused(Conflict):
    """This idempotency key was used for another request. Use a new key."""


def request_digest(*parts: Any) -> str:
    """What a request asked, as a digest: answers themselves are not kept."""
    return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hexdigest()


def earlier(connection: sa.Connection, actor_id: str, key: str | None, request: str) -> Any | None:
    """The first answer to this key; `KeyReused` when the key was for another request."""
    if not key:
        return None
    row = connection.execute(
        sa.select(receipt.c.request, receipt.c.answer).where(receipt.c.actor_id == actor_id, receipt.c.key == key)
    ).first()
    if row is None:
        return None
    if row.request != request:
        raise KeyReused
    return row.answer


<<<<<<< HEAD
def keep(batch: Batch, actor_id: str, key: str | None, request: str, answer: Any, now: datetime) -> None:
    """Remember the answer with all else that the command writes."""
    if key is not None:
        row = {"actor_id": actor_id, "key": key, "request": request, "answer": answer, "at": now}
        batch.insert(receipt, [row])
=======
def keep(connection: sa.Connection, actor_id: str, key: str | None, request: str, answer: Any, now: datetime) -> None:
    """Remember the answer in the command's own transaction. `KeyReused` when the key went to another request at the
    same moment."""
    if not key:
        return
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = {"actor_id": actor_id, "key": key, "request": request, "answer": answer, "at": now}
    if not connection.execute(insert(receipt).values(row).on_conflict_do_nothing()).rowcount:
        raise KeyReused
>>>>>>> refs/heads/chaos
