"""Requests for a copy: asked for on one's own page, or entered from a letter, with their clock.

Every step is a row of its own in `subject_request`; what a request is follows from its rows.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from app import db
from app.cases.export.clock import answer_by, terms
from app.cases.export.tables import subject_request as table
from app.cases.queries.copies import CHANNELS, CHECKS, GIVEN, LONGER, Request, office_of, one_of, people_of, read
from app.cases.waymark import Waymark
from app.errors import Conflict, InvalidAnswers, NotFound
from app.identity import Actor
from app.identity.people import calendar_of
from app.workdays import Calendar


class TooLate(Conflict):
    """More time can be taken only within the first term, and only once."""


class NotChecked(Conflict):
    """First record how you made sure who asks. Then the pack can be made."""


def ask(waymark: Waymark, actor: Actor, now: datetime) -> str:
    """The actor asks for a copy on their own page; the id of the request. One that was not yet saved is used again."""
    with db.transaction(waymark.engine) as connection:
        mine = read(connection, table.c.person_id == actor.person_id)
        waiting = next((one for one in mine if one.provider_id is None and one.answered_at is None), None)
        if waiting is not None:
            return waiting.id
        calendar = calendar_of(connection, actor.org_id)
        return _asked(connection, actor, actor.person_id, None, "web", calendar.local(now).date(), calendar, now)


def enter(waymark: Waymark, actor: Actor, person_id: str, channel: str, received_on: date, now: datetime) -> str:
    """An administrator of the provider enters a request that came otherwise; its id.

    Raises `NotFound` (not an administrator), `InvalidAnswers`.
    """
    provider = office_of(actor)
    with db.transaction(waymark.engine) as connection:
        calendar = calendar_of(connection, provider)
        messages = {}
        if person_id not in dict(people_of(connection, provider)):
            messages["person"] = "Select who asks"
        if channel not in CHANNELS:
            messages["channel"] = "Select how the request came"
        if received_on > calendar.local(now).date():
            messages["received"] = "The date on which it came cannot be in the future"
        if messages:
            raise InvalidAnswers(messages)
        return _asked(connection, actor, person_id, provider, channel, received_on, calendar, now)


def extend(waymark: Waymark, actor: Actor, request_id: str, why: str, now: datetime) -> None:
    """Take longer, within the first term. Raises `NotFound`, `InvalidAnswers`, `TooLate`."""
    with db.transaction(waymark.engine) as connection:
        found = _of_office(connection, actor, request_id)
        if why not in LONGER:
            raise InvalidAnswers({"why": "Select why the answer takes longer"})
        calendar = calendar_of(connection, str(found.provider_id))
        if found.extended or found.answered_at or calendar.local(now).date() > found.due_on:
            raise TooLate
        said = terms()
        due = answer_by(found.received_on, said.months + said.more_months, calendar)
        _add(connection, found, "extended", why, actor, now, due_on=due)


def note(waymark: Waymark, actor: Actor, request_id: str, kind: str, how: str, now: datetime) -> None:
    """Record who the person is ("checked"), or that the pack was handed over ("given").

    Raises `NotFound`, `InvalidAnswers`, `NotChecked`.
    """
    with db.transaction(waymark.engine) as connection:
        found = _of_office(connection, actor, request_id)
        if how not in {"checked": CHECKS, "given": GIVEN}.get(kind, {}):
            raise InvalidAnswers({kind: "Select one"})
        if kind == "given" and not found.checked:
            raise NotChecked
        if not any(one.kind == kind for one in found.events):
            _add(connection, found, kind, how, actor, now)


def made(connection: sa.Connection, request: Request, actor: Actor, now: datetime) -> None:
    """Record that a pack is being saved by somebody."""
    _add(connection, request, "made", "", actor, now)


def _of_office(connection: sa.Connection, actor: Actor, request_id: str) -> Request:
    found = one_of(connection, actor, request_id)
    if not actor.has("oh_admin", found.provider_id):
        raise NotFound
    return found


def _asked(
    connection: sa.Connection,
    actor: Actor,
    person_id: str,
    provider_id: str | None,
    channel: str,
    received_on: date,
    calendar: Calendar,
    now: datetime,
) -> str:
    request_id = str(uuid4())
    due = answer_by(received_on, terms().months, calendar)
    connection.execute(
        table.insert(),
        _row(request_id, person_id, provider_id, "asked", channel, actor, now, received_on=received_on, due_on=due),
    )
    return request_id


def _add(
    connection: sa.Connection, found: Request, kind: str, detail: str, actor: Actor, now: datetime, **more: Any
) -> None:
    connection.execute(
        table.insert(), _row(found.id, found.person_id, found.provider_id, kind, detail, actor, now, **more)
    )


def _row(
    request_id: str,
    person_id: str,
    provider_id: str | None,
    kind: str,
    detail: str,
    actor: Actor,
    now: datetime,
    received_on: date | None = None,
    due_on: date | None = None,
) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "request_id": request_id,
        "person_id": person_id,
        "provider_id": provider_id,
        "kind": kind,
        "detail": detail,
        "received_on": received_on,
        "due_on": due_on,
        "actor_id": actor.person_id,
        "at": now,
    }
