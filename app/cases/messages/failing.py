"""A message that cannot be taken in: tried again ever later, then left to an administrator. It holds up only what the
same case sent after it to the same case."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app import db
from app.cases import backoff, incidents
from app.cases.locking import lock_row
from app.cases.messages.finding import Errand
from app.cases.messages.settling import incident_row
from app.cases.step import actor_id
from app.cases.tables import incident, message
from app.cases.waymark import Waymark
from app.identity import Actor

log = logging.getLogger("waymark.messages")


def failed(waymark: Waymark, errand: Errand, error: Exception, now: datetime) -> None:
    """Nothing of the attempt was kept. Count it, and park the message after the last try."""
    log.warning("delivery failed", extra={"case": errand.case_id, "error": type(error).__name__})
    with db.transaction(waymark.engine) as connection:
        row = lock_row(connection, errand.case_id)
        query = sa.select(message).where(message.c.id == errand.message_id, message.c.state == "waiting")
        letter = connection.execute(query.with_for_update(skip_locked=True)).first()
        if letter is None:
            return
        again = backoff.next_try(letter.attempts + 1, now)
        values = {"attempts": letter.attempts + 1, "next_try_at": again, "state": "waiting" if again else "parked"}
        connection.execute(message.update().where(message.c.id == letter.id).values(values))
        if again is None:
            connection.execute(incident.insert(), _parked(row.id, letter, error, now))


def _parked(case_id: str, letter: sa.Row[Any], error: Exception, now: datetime) -> dict[str, Any]:
    label = f"The message “{letter.name}”"
    return incident_row(case_id, letter, label, incidents.in_words(error), now)


def again(connection: sa.Connection, row: sa.Row[Any], actor: Actor, now: datetime) -> None:
    """An administrator has the message of the incident `row` tried once more. One that nobody waited for then waits
    until somebody does; the case of the incident is locked."""
    waits = {"state": "waiting", "attempts": 0, "next_try_at": None, "keep_until": None, "closed_at": None}
    over = (message.c.id == row.message_id, message.c.state.in_(("parked", "given_up")))
    connection.execute(message.update().where(*over).values(unmatched="wait", **waits))
    resolved = {"state": "resolved", "resolved_at": now, "resolved_by": actor_id(actor), "next_try_at": None}
    connection.execute(incident.update().where(incident.c.id == row.id).values(resolved))
