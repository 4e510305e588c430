"""The one case that somebody means who asks for emergency access. Nothing but an exact match finds it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.cases.emergency.granted import MEMBERSHIP
from app.cases.tables import case, task
from app.identity import Actor
from app.identity.people import organisation_of
from app.identity.tables import person


@dataclass(frozen=True)
class Known:
    """What they know of it: the reference, or the employee's full name and the day on which the case was opened."""

    reference: str = ""
    name: str = ""
    opened: date | None = None


def find(connection: sa.Connection, actor: Actor, known: Known) -> str | None:
    """Its id; None for a case that is not there, that is another provider's, that the employee has not let the provider
    into yet (XX-A2), that is about the actor or about nobody, or when two would fit: one statement, and one answer for
    all of these."""
    orgs = [org for org, held in actor.roles if held == MEMBERSHIP]
    # the provider has, or has had, work in it
    begun = sa.exists().where(task.c.case_id == case.c.id, task.c.org_id == case.c.provider_id)
    somebody = sa.exists().where(person.c.id == case.c.subject_id, person.c.id != actor.person_id)
    theirs = sa.and_(case.c.provider_id.in_(orgs), somebody, begun)
    found = connection.execute(sa.select(case.c.id).where(theirs, _meant(connection, actor, known)).limit(2)).all()
    return str(found[0].id) if len(found) == 1 else None


def _meant(connection: sa.Connection, actor: Actor, known: Known) -> sa.ColumnElement[bool]:
    if known.reference:
        return case.c.reference == known.reference.strip().upper()
    name = " ".join(known.name.split()).lower()
    if not name or known.opened is None:
        return sa.false()
    begins = datetime.combine(known.opened, time(), ZoneInfo(organisation_of(connection, actor.org_id).tz))
    named = sa.select(person.c.id).where(sa.func.lower(person.c.name) == name)
    day = sa.and_(
        case.c.opened_at >= begins.astimezone(UTC), case.c.opened_at < (begins + timedelta(days=1)).astimezone(UTC)
    )
    return sa.and_(case.c.subject_id.in_(named), day)
