"""Idempotency: a command that comes again with its key gets the first answer (draft-ietf-httpapi-idempotency-key)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import orjson
import sqlalchemy as sa

from app.cases.tables import receipt
from app.db import Batch
from app.errors import Conflict

Answer = TypeVar("Answer")


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


def keep(batch: Batch, actor_id: str, key: str | None, request: str, answer: Any, now: datetime) -> None:
    """Remember the answer with all else that the command writes.

    When the key went to another request at the same moment, the batch fails on the primary key; see `again`.
    """
    if key:
        row = {"actor_id": actor_id, "key": key, "request": request, "answer": answer, "at": now}
        batch.insert(receipt, [row])


def again(key: str | None, command: Callable[[], Answer]) -> Answer:
    """Run a command; once more when another request with the same key wrote at the same moment. The second run finds
    the first one's receipt, and gives its answer or raises `KeyReused`."""
    try:
        return command()
    except sa.exc.IntegrityError:
        if not key:
            raise
    return command()
