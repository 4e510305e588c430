"""Writing messages, and what a person's page shows of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.db import Batch
from app.outbox.tables import outbox

#: Namespace of our message ids (RFC 9562, version 5): any fixed value serves.
_NAMESPACE = uuid.UUID("6f0a3c1e-52a5-5d2c-9b0e-9a4a3c1d7e55")
#: What a template may be filled with from `params`; the rest comes from the person and the link.
PARAMS = frozenset({"reference", "due", "link_id"})


@dataclass(frozen=True)
class Message:
    """One row, as the recipient's page needs it. `params`: see `PARAMS`; `due` is ISO 8601 or empty."""

    id: str
    at: datetime
    template: str
    params: Mapping[str, str]
    case_id: str
    task_id: str | None
    read: bool


def put(batch: Batch, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Add messages to what the caller writes. One message is written once, however often it is put.

    Each row: `case_id` (empty: about the recipient's account), `task_id` (or None), `recipient_id`, `template`,
    `params`. Raises `ValueError`
    for a parameter that is not in `PARAMS`: that is how health data would slip into a mail.
    """
    ready = {row["message_id"]: row for row in (_row(row, now) for row in rows)}
    batch.insert(outbox, list(ready.values()), unless_there=True)


def _row(row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    params = dict(row["params"])
    if not params.keys() <= PARAMS:
        raise ValueError(f"a message may hold {sorted(PARAMS)} only")
    name = "/".join((row["case_id"], row["task_id"] or "", row["recipient_id"], row["template"], now.isoformat()))
    name += "/" + params["link_id"] if "link_id" in params else ""
    identity = str(uuid.uuid5(_NAMESPACE, name))
    return {
        "id": identity,
        "case_id": row["case_id"],
        "task_id": row["task_id"],
        "recipient_id": row["recipient_id"],
        "template": row["template"],
        "params": params,
        "created_at": now,
        "message_id": identity,
        "attempts": 0,
        "next_at": now,
        "sent_at": None,
        "failed_at": None,
        "last_error": None,
        "read_at": None,
    }


def for_person(conn: sa.Connection, person_id: str, limit: int = 20, *, unread_only: bool = False) -> list[Message]:
    """A person's messages, newest first. What was about their account was for their mail alone."""
    query = sa.select(outbox).where(outbox.c.recipient_id == person_id, outbox.c.case_id != "")
    if unread_only:
        query = query.where(outbox.c.read_at.is_(None))
    rows = conn.execute(query.order_by(outbox.c.created_at.desc(), outbox.c.id).limit(limit))
    return [
        Message(row.id, row.created_at, row.template, row.params, row.case_id, row.task_id, row.read_at is not None)
        for row in rows
    ]


def mark_read(conn: sa.Connection, person_id: str, message_ids: Iterable[str], now: datetime) -> int:
    """Mark a person's own messages as read; how many were not before."""
    query = sa.update(outbox).where(
        outbox.c.recipient_id == person_id, outbox.c.id.in_(list(message_ids)), outbox.c.read_at.is_(None)
    )
    return conn.execute(query.values(read_at=now)).rowcount
