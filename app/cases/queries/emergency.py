"""Emergency accesses: one's own, those about oneself, and those that one is responsible for (XX-1, XX-3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app import db, privacy, records
from app.cases.emergency.granted import MEMBERSHIP
from app.cases.emergency.responsible import OFFICE, for_whom
from app.cases.emergency.tables import emergency, emergency_review
from app.cases.emergency.views import EmergencyView
from app.cases.keyring import read_case_keys
from app.cases.looks import writing
from app.cases.looks.tables import look
from app.cases.looks.words import Words
from app.cases.queries.looks import looks_where
from app.cases.queries.names import Names
from app.cases.tables import case
from app.cases.waymark import Waymark
from app.errors import NotFound
from app.identity import Actor
from app.privacy import PRACTITIONER, RESTRICTED, Viewer

#: accesses on one page: there are few, or something is wrong
MOST = 100
_ROW = sa.select(
    emergency,
    emergency_review.c.reviewer_id,
    emergency_review.c.at.label("reviewed_at"),
    emergency_review.c.justified,
    emergency_review.c.words_id,
    case.c.reference,
    case.c.subject_id,
    case.c.parties,
    case.c.definition_sha,
).select_from(
    emergency.join(case, case.c.id == emergency.c.case_id).outerjoin(
        emergency_review, emergency_review.c.emergency_id == emergency.c.id
    )
)


def my_emergencies(waymark: Waymark, actor: Actor, now: datetime) -> list[EmergencyView]:
    """Accesses of the actor's own that last. `NotFound` for who could not ask for one."""
    if not actor.has(MEMBERSHIP):
        raise NotFound
    return _views(waymark, sa.and_(emergency.c.actor_id == actor.person_id, emergency.c.until > now), now)


def emergencies_about_me(waymark: Waymark, actor: Actor, now: datetime) -> list[EmergencyView]:
    """Who was let into the actor's cases, and what was thought of it."""
    return _views(waymark, case.c.subject_id == actor.person_id, now)


def emergencies(waymark: Waymark, actor: Actor, now: datetime) -> list[EmergencyView]:
    """Accesses that the actor is responsible for, those not looked at first. `NotFound` for who never could be."""
    if not (actor.has(MEMBERSHIP) or actor.has(OFFICE)):
        raise NotFound
    return sorted(_views(waymark, for_whom(actor), now), key=lambda one: one.justified is not None)


def emergency_to_review(waymark: Waymark, actor: Actor, emergency_id: str, now: datetime) -> EmergencyView:
    """One of these with its reason and what was looked at. To read the reason is a look. `NotFound`."""
    with db.reading(waymark.engine) as connection:
        row = connection.execute(_ROW.where(emergency.c.id == emergency_id, for_whom(actor))).first()
        if row is None:
            raise NotFound
        role = PRACTITIONER if actor.person_id in row.parties.get(PRACTITIONER, ()) else OFFICE
        ground = privacy.ground("restricted", Viewer(frozenset({role})))
        if ground is None:
            raise NotFound
        meanwhile = looks_where(connection, look.c.emergency_id == row.id, 1, Words(connection))
        found = replace(
            _view(row, Names(connection), now),
            reason=_sealed(waymark, connection, row, row.reason_id),
            words=_sealed(waymark, connection, row, row.words_id) if row.words_id else "",
            looks=tuple(meanwhile.looks),
        )
    noted = {
        "ground": str(ground),
        "class": RESTRICTED,
        "items": [{"what": "reason", "class": RESTRICTED, "id": row.id}],
        "roles": [role],
        "definition": row.definition_sha,
    }
    writing.note(waymark, actor, row.case_id, [{**noted, "subject": row.subject_id, "emergency": None}], now)
    return found


def _views(waymark: Waymark, where: sa.ColumnElement[bool], now: datetime) -> list[EmergencyView]:
    with db.reading(waymark.engine) as connection:
        rows = connection.execute(_ROW.where(where).order_by(emergency.c.at.desc(), emergency.c.id).limit(MOST)).all()
        names = Names(connection)
        return [_view(row, names, now) for row in rows]


def _view(row: sa.Row[Any], names: Names, now: datetime) -> EmergencyView:
    who, reviewer = names.get(row.actor_id, ""), names.get(row.reviewer_id, "") if row.reviewer_id else ""
    about = (row.id, row.case_id, row.reference, who, row.at, row.until, row.until <= now)
    return EmergencyView(*about, row.justified, reviewer, row.reviewed_at)


def _sealed(waymark: Waymark, connection: sa.Connection, row: sa.Row[Any], words_id: str) -> str:
    """What was written; empty once the employee's answers have been erased."""
    sealed = sa.select(records.submission.c.sealed).where(records.submission.c.id == words_id)
    blob = connection.execute(sealed).scalar()
    if blob is None:
        return ""
    kept = connection.execute(sa.select(case).where(case.c.id == row.case_id)).one()
    keys = read_case_keys(connection, waymark.master_key, kept)
    return str(records.unseal(keys, blob, words_id).answers.get("reason", ""))
