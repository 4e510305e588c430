"""Who looked at what, and on what ground: for employees, practitioners of the case, auditors (XX-1, XX-3, UN-8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import sqlalchemy as sa

from app import db, privacy
from app.cases.looks import words, writing
from app.cases.looks.tables import REGISTER, look
from app.cases.looks.views import LookPage, LookView, Wanted
from app.cases.looks.words import Words
from app.cases.queries.names import Names
from app.cases.queries.sight import Sight, see
from app.cases.tables import case
from app.cases.waymark import Waymark
from app.errors import NotFound
from app.identity import Actor
from app.identity.people import organisation_of
from app.identity.tables import account, person
from app.privacy import Viewer

#: looks on one page
LOOKS = 50
_LOOKS = sa.select(look, case.c.reference).select_from(look.outerjoin(case, case.c.id == look.c.case_id))


def looks(waymark: Waymark, actor: Actor, page: int = 1) -> LookPage:
    """Who looked at the actor's own health data. Their own looks at it are not noted."""
    with db.reading(waymark.engine) as connection:
        own = look.c.subject_id == actor.person_id
        return looks_where(connection, own, page, _words(connection, Viewer(frozenset(), subject=True)))


def looks_of_case(waymark: Waymark, actor: Actor, case_id: str, page: int, now: datetime) -> tuple[str, LookPage]:
    """The case's reference, and who looked into it, for its practitioner; `NotFound` for others."""
    with db.reading(waymark.engine) as connection:
        sight = see(connection, actor, case_id, now=now)
        if privacy.PRACTITIONER not in sight.viewer.roles:
            raise NotFound
        return str(sight.row.reference), looks_where(
            connection, look.c.case_id == case_id, page, _words(connection, sight.viewer)
        )


def every_look(connection: sa.Connection, sight: Sight) -> list[LookView] | None:
    """All looks into the case, the oldest first, for its employee and its practitioner; None for others."""
    if not sight.may_look_over:
        return None
    query = _LOOKS.where(look.c.case_id == sight.row.id).order_by(look.c.seq)
    names, told = Names(connection), _words(connection, sight.viewer)
    return [_view(row, names, told) for row in connection.execute(query)]


def audit(waymark: Waymark, actor: Actor, wanted: Wanted, page: int, now: datetime) -> LookPage:
    """Looks at cases that the auditor's organisation looks after, and by its own people; nothing of what was read.

    Steps that can themselves tell are veiled. That the auditor read this is noted first. `NotFound` for others."""
    orgs = require_auditor(actor)
    with db.reading(waymark.engine) as connection:
        theirs = sa.select(case.c.id).where(case.c.provider_id.in_(orgs))
        where, asked = _conditions(connection, actor, wanted)
        scope = sa.or_(look.c.org_id.in_(orgs), look.c.case_id.in_(theirs))
        found = looks_where(connection, sa.and_(scope, *where), page, Words(connection, veiled=True))
    item = {"what": "register", "class": "register", "parts": [], **asked, "page": page}
    noted = {"ground": words.AUDITOR, "class": "register", "items": [item], "roles": [words.AUDITOR]}
    writing.note(waymark, actor, REGISTER, [{**noted, "subject": "", "emergency": None}], now)
    return found


def require_auditor(actor: Actor) -> list[str]:
    """The organisations whose auditor this is; `NotFound` for others."""
    orgs = [org for org, held in actor.roles if held == words.AUDITOR]
    if not orgs:
        raise NotFound
    return orgs


def _words(connection: sa.Connection, viewer: Viewer) -> Words:
    """Steps are named to who may know of them all."""
    return Words(connection, veiled=privacy.ground("clinical", viewer) is None)


def _conditions(
    connection: sa.Connection, actor: Actor, wanted: Wanted
) -> tuple[list[sa.ColumnElement[bool]], dict[str, Any]]:
    """As SQL, and as it is noted: ids alone, for what was typed may be a name."""
    where: list[sa.ColumnElement[bool]] = []
    asked: dict[str, Any] = {}
    if wanted.person:
        asked["people"] = _people(connection, wanted.person)
        where.append(sa.or_(look.c.actor_id.in_(asked["people"]), look.c.subject_id.in_(asked["people"])))
    if wanted.reference:
        found = connection.execute(sa.select(case.c.id).where(case.c.reference == wanted.reference.strip().upper()))
        asked["cases"] = list(found.scalars())
        where.append(look.c.case_id.in_(asked["cases"]))
    if wanted.ground:
        asked["ground"] = wanted.ground
        where.append(look.c.ground == wanted.ground)
    if wanted.since or wanted.until:
        zone = ZoneInfo(organisation_of(connection, actor.org_id).tz)
        days = ((wanted.since, 0), (wanted.until, 1))
        since, until = (_midnight(day, more, zone) if day else None for day, more in days)
        asked |= {"since": str(wanted.since or ""), "until": str(wanted.until or "")}
        where += [look.c.at >= since] if since else []
        where += [look.c.at < until] if until else []
    return where, asked


def _midnight(day: Any, more: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=more), time(), zone).astimezone(UTC)


def _people(connection: sa.Connection, typed: str) -> list[str]:
    name = " ".join(typed.split())
    same = sa.or_(sa.func.lower(person.c.name) == name.lower(), person.c.id == name, account.c.username == name.lower())
    joined = person.outerjoin(account, account.c.person_id == person.c.id)
    return sorted(connection.execute(sa.select(person.c.id).select_from(joined).where(same)).scalars())


def looks_where(connection: sa.Connection, where: sa.ColumnElement[bool], page: int, told: Words) -> LookPage:
    """A page of the looks that fit."""
    query = (
        _LOOKS.where(where)
        .order_by(look.c.at.desc(), look.c.case_id, look.c.seq.desc())
        .limit(LOOKS + 1)
        .offset((page - 1) * LOOKS)
    )
    rows = connection.execute(query).all()
    names = Names(connection)
    return LookPage([_view(row, names, told) for row in rows[:LOOKS]], page, len(rows) > LOOKS)


def _view(row: sa.Row[Any], names: Names, told: Words) -> LookView:
    data = orjson.loads(row.body)["data"]
    roles: Sequence[str] = data["roles"]
    return LookView(
        row.at,
        names.get(row.actor_id, "Waymark"),
        words.roles(roles),
        told.what(data),
        words.ground(data),
        words.WAYS.get(row.kind.removeprefix("look."), ""),
        row.case_id if row.reference else "",
        row.reference or "",
        row.emergency_id is not None,
    )
