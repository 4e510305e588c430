"""A due time as a token keeps it, in JSON values.

{"at": ISO time in UTC, "how": sentence, "unit": in what it was counted; for a time counted back from another one
"before": working days and "from": that one; while its clock stands still "paused": see app.engine.pauses}
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.engine.types import Counted, Paused
from app.workdays import Deadline


def slot_of(due: Deadline) -> dict[str, Any]:
    slot: dict[str, Any] = {"at": due.at.isoformat(), "how": due.how, **({"unit": due.unit} if due.unit else {})}
    if due.before is not None:
        number, target = due.before
        slot |= {"before": number, "from": slot_of(target)}
    return slot


def deadline_of(slot: Mapping[str, Any]) -> Deadline:
    before = (slot["before"], deadline_of(slot["from"])) if "before" in slot else None
    return Deadline(datetime.fromisoformat(slot["at"]), slot["how"], slot.get("unit", ""), before)


def counted(slot: Mapping[str, Any]) -> Counted:
    said = slot.get("paused")
    paused = said and Paused(datetime.fromisoformat(said["since"]), said["for"], said["process"], said["element"])
    return Counted(datetime.fromisoformat(slot["at"]), slot["how"], paused)
