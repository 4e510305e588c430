"""Letting somebody into a case in an emergency: for a reason, for a limited time, and announced at once (XX-1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

import sqlalchemy as sa

from app import db, logs
from app.cases import access
from app.cases.emergency import granted, saying
from app.cases.emergency.errors import AlreadySeen, NoSuchCase, TooManyOpen, TooManyTries
from app.cases.emergency.finding import Known, find
from app.cases.emergency.responsible import responsible
from app.cases.emergency.tables import emergency, emergency_try
from app.cases.locking import Locked, lock
from app.cases.waymark import Waymark
from app.errors import InvalidAnswers, NotFound
from app.identity import Actor
from app.identity.tables import person
from app.privacy import PRACTITIONER

#: tries in vain within an hour, after which there are no more
MOST_TRIES = 5
WITHIN = timedelta(hours=1)
#: cases that somebody may be in at once
MOST_OPEN = 3


@dataclass(frozen=True)
class Granted:
    """`until`: it ends by itself then."""

    case_id: str
    until: datetime


def emergency_access(
    waymark: Waymark,
    actor: Actor,
    reference: str,
    reason: str,
    now: datetime,
    *,
    name: str = "",
    opened: date | None = None,
) -> Granted:
    """Let a practitioner of the case's provider see all of a case for `settings.emergency_minutes`.

    The case is named by its reference, or by the employee's full name and the day on which it was opened. Asking again
    while it lasts changes nothing. Raises `NotFound` (nobody's business), `InvalidAnswers` (no reason), `NoSuchCase`,
    `TooManyTries`, `TooManyOpen`, `AlreadySeen`.
    """
    if not actor.has(granted.MEMBERSHIP):
        raise NotFound
    _require(reference, name, opened)
    saying.require_words(reason, "reason", "Say why you need to see this case now")
    with db.transaction(waymark.engine) as connection:
        _one_at_a_time(connection, actor)
        _require_allowance(connection, actor, now)
        case_id = find(connection, actor, Known(reference, name, opened))
        found = _grant(connection, waymark, actor, case_id, reason, now) if case_id else None
        if found is None:
            connection.execute(emergency_try.insert(), {"id": str(uuid4()), "actor_id": actor.person_id, "at": now})
    told = {"actor": actor.person_id, "case": case_id or "", "way": waymark.way, "ground": "emergency"}
    logs.access("granted" if found else "refused", **told)
    if found is None:
        raise NoSuchCase
    return found


def _require(reference: str, name: str, opened: date | None) -> None:
    if not reference.strip() and not name.strip():
        raise InvalidAnswers({"reference": "Enter the reference of the case, or a name and a day below"})
    if not reference.strip() and opened is None:
        raise InvalidAnswers({"opened": "Enter the day on which the case was opened"})


def _one_at_a_time(connection: sa.Connection, actor: Actor) -> None:
    """Two requests of one person count each other; nobody else waits."""
    own = sa.select(person.c.id).where(person.c.id == actor.person_id)
    connection.execute(own.with_for_update(key_share=True)).one()


def _require_allowance(connection: sa.Connection, actor: Actor, now: datetime) -> None:
    """Asked before anything is looked for: what is refused here tells nothing of any case."""
    tries, mine = emergency_try.c, emergency.c
    lately = sa.and_(tries.actor_id == actor.person_id, tries.at > now - WITHIN, tries.at <= now)
    still = sa.and_(mine.actor_id == actor.person_id, mine.at <= now, mine.until > now)
    in_vain, running = (
        connection.execute(sa.select(sa.func.count()).select_from(table).where(condition)).scalar_one()
        for table, condition in ((emergency_try, lately), (emergency, still))
    )
    if in_vain >= MOST_TRIES:
        raise TooManyTries
    if running >= MOST_OPEN:
        raise TooManyOpen


def _grant(
    connection: sa.Connection, waymark: Waymark, actor: Actor, case_id: str, reason: str, now: datetime
) -> Granted:
    held = lock(connection, case_id)
    before = granted.to(connection, actor, held.row, now)
    if before is not None:
        return Granted(case_id, before.until)
    if PRACTITIONER in access.party_roles(actor, held.row):
        raise AlreadySeen
    return _write(connection, waymark, held, actor, reason, now)


def _write(
    connection: sa.Connection, waymark: Waymark, held: Locked, actor: Actor, reason: str, now: datetime
) -> Granted:
    until = now + timedelta(minutes=waymark.settings.emergency_minutes)
    batch, new_id = db.Batch(), str(uuid4())
    data = {"emergency": new_id, "until": until.isoformat()}
    words = saying.write(batch, connection, waymark, held, "command.emergency", data, reason, actor, now)
    row = {"id": new_id, "case_id": held.id, "actor_id": actor.person_id, "at": now, "until": until, "reason_id": words}
    batch.insert(emergency, [row])
    people = responsible(connection, held.row, actor.person_id)
    saying.tell(batch, held, people, "emergency-responsible", now, until)
    saying.tell(batch, held, [held.row.subject_id], "emergency-told", now)
    batch.run(connection)
    return Granted(held.id, until)
