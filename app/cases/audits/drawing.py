"""Drawing a sample, and keeping what was found."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import sqlalchemy as sa

from app import db, forms, records
from app.cases.audits.tables import audit, finding, sampled
from app.cases.guards import guards
from app.cases.tables import case, former_party, party
from app.cases.waymark import Waymark
from app.errors import Conflict, InvalidAnswers, NotAllowed, NotFound
from app.expressions import Environment
from app.forms import Form
from app.history import history_event
from app.identity import Actor, calendar_of
from app.identity.people import organisation_of
from app.records.keys import encrypt
from app.settings import ROOT

#: memberships whose people draw samples and look at them
MAY = ("hr", "oversight")
TEMPLATE = ROOT / "forms" / "hr-audit.form"
#: cases in one sample, at most, and days of its period
MOST, LONGEST = 50, 800


class HadPart(NotAllowed):
    """You had a part in this case, so somebody else has to look at it."""


class FoundAlready(Conflict):
    """Somebody has already looked at this case of the sample."""


class NothingToDraw(InvalidAnswers):
    """There are no cases to draw from."""


def template() -> Form:
    """The questions, the same for every case."""
    return forms.load(TEMPLATE.read_bytes())


def key_name(audit_id: str) -> str:
    """By which the audit's own key stands among people's keys."""
    return f"audit/{audit_id}"


def require_auditing(actor: Actor) -> None:
    """Raises `NotFound` for who is neither HR nor of the oversight group of their employer."""
    if not any(actor.has(one, actor.org_id) for one in MAY):
        raise NotFound


def draw(waymark: Waymark, actor: Actor, process_key: str, since: date, until: date, number: int, now: datetime) -> str:
    """Draw a sample from the cases of the actor's employer that ended in these days; its id. By lot, from the machine's
    own source, so that nobody can choose which cases are looked at.

    Raises `NotFound`, `InvalidAnswers`."""
    require_auditing(actor)
    wrong = _wrong(since, until, number)
    if wrong:
        raise InvalidAnswers(wrong)
    with db.transaction(waymark.engine) as connection:
        zone = ZoneInfo(organisation_of(connection, actor.org_id).tz)
        begin, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (since, until + timedelta(days=1)))
        ended = sa.and_(case.c.ended_at >= begin, case.c.ended_at < end, case.c.process_key == process_key)
        query = sa.select(case.c.id, case.c.process_name).where(case.c.employer_id == actor.org_id, ended)
        found = connection.execute(query.order_by(case.c.id)).all()
        if not found:
            raise NothingToDraw({"process": "No case of this kind ended in these days"})
        chosen = secrets.SystemRandom().sample(found, min(number, len(found)))
        audit_id = secrets.token_hex(16)
        records.person_key_for(connection, waymark.master_key, key_name(audit_id), now)
        values = {"id": audit_id, "employer_id": actor.org_id, "process_key": process_key, "since": since}
        values |= {"process_name": found[0].process_name, "until": until, "population": len(found)}
        connection.execute(audit.insert().values(**values, drawn_at=now, drawn_by=actor.person_id))
        rows = [{"audit_id": audit_id, "number": at, "case_id": one.id} for at, one in enumerate(chosen, 1)]
        connection.execute(sampled.insert(), rows)
    return audit_id


def _wrong(since: date, until: date, number: int) -> dict[str, str]:
    wrong = {}
    if until < since:
        wrong["until"] = "The last day must not be before the first day"
    elif (until - since).days > LONGEST:
        wrong["until"] = f"Choose a period of at most {LONGEST} days"
    if not 1 <= number <= MOST:
        wrong["number"] = f"Enter a number from 1 to {MOST}"
    return wrong


def one_of(connection: sa.Connection, actor: Actor, audit_id: str, number: int) -> sa.Row[Any]:
    """A case of a sample of the actor's own employer: (case_id, done). Raises `NotFound`."""
    require_auditing(actor)
    query = (
        sa.select(sampled.c.case_id, finding.c.at.isnot(None).label("done"))
        .join(audit, audit.c.id == sampled.c.audit_id)
        .outerjoin(finding, sa.and_(finding.c.audit_id == sampled.c.audit_id, finding.c.number == sampled.c.number))
        .where(audit.c.id == audit_id, audit.c.employer_id == actor.org_id, sampled.c.number == number)
    )
    found = connection.execute(query).first()
    if found is None:
        raise NotFound
    return found


def had_part(connection: sa.Connection, actor: Actor, case_id: str) -> bool:
    """Is or was the actor a party to the case, or did they do anything in it?"""
    me = actor.person_id
    ways = (
        sa.exists().where(party.c.case_id == case_id, party.c.person_id == me),
        sa.exists().where(former_party.c.case_id == case_id, former_party.c.person_id == me),
        sa.exists().where(history_event.c.case_id == case_id, history_event.c.actor_id == me),
        sa.exists().where(case.c.id == case_id, case.c.subject_id == me),
    )
    return bool(connection.execute(sa.select(sa.or_(*ways))).scalar())


def find(waymark: Waymark, actor: Actor, audit_id: str, number: int, answers: Mapping[str, Any], now: datetime) -> None:
    """Keep what was found in one case. Raises `NotFound`, `HadPart`, `FoundAlready`, `InvalidAnswers`."""
    with db.transaction(waymark.engine) as connection:
        row = one_of(connection, actor, audit_id, number)
        if had_part(connection, actor, row.case_id):
            raise HadPart
        if row.done:
            raise FoundAlready
        env = Environment(now=now, calendar=calendar_of(connection, actor.org_id))
        cleaned = template().validate(answers, {}, {}, env, guard=guards(connection, actor.org_id))
        key = records.read_person_key(connection, waymark.master_key, key_name(audit_id)).key
        sealed = encrypt(key, orjson.dumps(cleaned), f"{audit_id}/{number}".encode())
        values = {"audit_id": audit_id, "number": number, "sealed": sealed, "at": now, "actor_id": actor.person_id}
        try:
            connection.execute(finding.insert().values(values))
        except sa.exc.IntegrityError as error:
            raise FoundAlready from error
