"""Afterwards: was the emergency access justified? The responsible person says so, in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app import db
from app.cases.emergency import saying
from app.cases.emergency.errors import AlreadyReviewed, StillOpen
from app.cases.emergency.responsible import responsible
from app.cases.emergency.tables import emergency, emergency_review
from app.cases.locking import lock
from app.cases.waymark import Waymark
from app.errors import InvalidAnswers, NotFound
from app.identity import Actor


def review_emergency(
    waymark: Waymark, actor: Actor, emergency_id: str, justified: bool | None, words: str, now: datetime
) -> None:
    """Say of an access that has ended whether it was justified, and why. Said once; the employee is told that it was.

    Raises `NotFound` (not responsible for it), `StillOpen`, `AlreadyReviewed`, `InvalidAnswers`.
    """
    with db.transaction(waymark.engine) as connection:
        row = _access(connection, emergency_id)
        held = lock(connection, row.case_id)
        if actor.person_id not in responsible(connection, held.row, row.actor_id):
            raise NotFound
        _require_ready(connection, row, now)
        if justified is None:
            raise InvalidAnswers({"justified": "Say whether the access was justified"})
        saying.require_words(words, "words", "Say why you think so")
        batch = db.Batch()
        data = {"emergency": row.id, "justified": justified}
        said = saying.write(batch, connection, waymark, held, "command.emergency_review", data, words, actor, now)
        columns = {"reviewer_id": actor.person_id, "at": now, "justified": justified, "words_id": said}
        batch.insert(emergency_review, [{"emergency_id": row.id, **columns}])
        saying.tell(batch, held, [held.row.subject_id], "emergency-reviewed", now)
        batch.run(connection)


def _access(connection: sa.Connection, emergency_id: str) -> sa.Row[Any]:
    row = connection.execute(sa.select(emergency).where(emergency.c.id == emergency_id)).first()
    if row is None:
        raise NotFound
    return row


def _require_ready(connection: sa.Connection, row: sa.Row[Any], now: datetime) -> None:
    if row.until > now:
        raise StillOpen
    if connection.execute(sa.select(emergency_review).where(emergency_review.c.emergency_id == row.id)).first():
        raise AlreadyReviewed
