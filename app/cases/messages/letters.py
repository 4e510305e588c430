"""A row of the message table in the hands of whoever delivers it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.cases.tables import message
from app.db import Batch
from app.definitions.lint.facts import GIVEN


def close(
    batch: Batch,
    letter: sa.Row[Any],
    state: str,
    now: datetime,
    to_case: str | None = None,
    process: str | None = None,
    element: str | None = None,
) -> None:
    """The message is over: "delivered" or "started" (`to_case` took it there), "told" or "given_up"."""
    row = {
        "id": letter.id,
        "state": state,
        "closed_at": now,
        "next_try_at": None,
        "to_case": to_case,
        "taken_process": process,
        "taken_element": element,
    }
    batch.update(message, ["id"], [row], strict=True)


def origin(letter: sa.Row[Any]) -> dict[str, Any]:
    """What the history of the case that takes the message says of it: all that replay needs, and whence it came."""
    return {
        "message": letter.id,
        "name": letter.name,
        "key": letter.key,
        "payload": payload(letter),
        "from": {"case": letter.from_case, "process": letter.process, "element": letter.element_id},
    }


def payload(letter: sa.Row[Any]) -> Mapping[str, Any]:
    """What the message brings, without the facts that every case has of its own."""
    return {name: value for name, value in letter.payload.items() if name not in GIVEN}
