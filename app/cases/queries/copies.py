"""Requests for a copy as they stand, read from their rows, for those who may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app import db
from app.cases.export.tables import subject_request as table
from app.cases.queries.names import Names
from app.cases.queries.own import about
from app.cases.queries.sight import see
from app.cases.tables import case, task
from app.cases.waymark import Waymark
from app.errors import NotFound
from app.identity import Actor
from app.identity.people import persons

#: how a request came, when it did not come here
CHANNELS = {"letter": "By letter", "email": "By e-mail", "telephone": "By telephone", "in_person": "In person"}
#: why an answer takes longer
LONGER = {"complex": "The request is complex", "many": "The same person has made many requests"}
#: how it was made sure who asks
CHECKS = {
    "document": "A passport, driving licence or staff card was seen",
    "known": "They are known to us and were seen in person",
    "answers": "They answered questions that only they can answer",
    "authority": "A written authority for somebody who acts for them was seen",
}
#: how the pack was handed over
GIVEN = {"hand": "Handed over in person", "post": "Sent by recorded post", "courier": "Sent by courier"}


#: what can happen to a request; of two at one moment the first comes first
_KINDS = ("asked", "extended", "checked", "made", "given")


@dataclass(frozen=True)
class Happened:
    """`kind`, `detail`: as in the table."""

    kind: str
    detail: str
    who: str
    at: datetime


@dataclass(frozen=True)
class Request:
    """One request as it stands. `provider_id` None: asked on their own page, so that the pack is ready at once."""

    id: str
    person_id: str
    person: str
    provider_id: str | None
    channel: str
    received_on: date
    due_on: date
    extended: bool
    events: Sequence[Happened]

    @property
    def checked(self) -> bool:
        return any(one.kind == "checked" for one in self.events)

    @property
    def answered_at(self) -> datetime | None:
        """When the pack was handed over, or, on their own page, first saved."""
        wanted = "given" if self.provider_id else "made"
        return next((one.at for one in self.events if one.kind == wanted), None)


def own(connection: sa.Connection, actor: Actor) -> list[Request]:
    """The actor's requests, however they came, the newest first."""
    return read(connection, table.c.person_id == actor.person_id)


def of_office(connection: sa.Connection, actor: Actor) -> list[Request]:
    """The requests that the actor's provider is to answer, the first to be answered first. Raises `NotFound`."""
    found = read(connection, table.c.provider_id == office_of(actor))
    return sorted(found, key=lambda one: (one.answered_at is not None, one.due_on))


def one_of(connection: sa.Connection, actor: Actor, request_id: str) -> Request:
    """A request that the actor may answer: as an administrator of the provider, or as practitioner of one of the
    person's cases, who alone can hand out what is clinical. Raises `NotFound`."""
    found = next(iter(read(connection, table.c.request_id == request_id)), None)
    if found is None or found.provider_id is None:
        raise NotFound
    if actor.has("oh_admin", found.provider_id) or _treats(connection, actor, found):
        return found
    raise NotFound


def _treats(connection: sa.Connection, actor: Actor, found: Request) -> bool:
    return actor.has("practitioner", found.provider_id) and any(
        "practitioner" in roles for roles in _roles(connection, actor, found.person_id)
    )


def _roles(connection: sa.Connection, actor: Actor, person_id: str) -> list[frozenset[str]]:
    found = []
    for case_id in about(connection, person_id):
        try:
            found.append(see(connection, actor, case_id).viewer.roles)
        except NotFound:
            continue
    return found


def office_of(actor: Actor) -> str:
    """The provider for which the actor answers requests. Raises `NotFound`: to others there is nothing here."""
    for org, held in sorted(actor.roles):
        if held == "oh_admin":
            return org
    raise NotFound


def people_of(connection: sa.Connection, provider_id: str) -> list[tuple[str, str]]:
    """(id, name) of those about whom the provider holds something, by name: cases that have reached it (XX-A2)."""
    reached = sa.select(task.c.case_id).where(task.c.org_id == provider_id)
    query = sa.select(case.c.subject_id).distinct().where(case.c.provider_id == provider_id, case.c.id.in_(reached))
    found = persons(connection, connection.execute(query).scalars())
    return sorted(((one.id, one.name) for one in found.values()), key=lambda one: (one[1], one[0]))


def read(connection: sa.Connection, which: sa.ColumnElement[bool]) -> list[Request]:
    """The requests of these rows, the newest first."""
    rows = connection.execute(sa.select(table).where(which).order_by(table.c.at, table.c.id)).all()
    names = Names(connection)
    by_id: dict[str, list[sa.Row[Any]]] = {}
    for row in rows:
        by_id.setdefault(row.request_id, []).append(row)
    return [_request(parts, names) for parts in reversed(by_id.values())]


def _request(rows: Sequence[sa.Row[Any]], names: Names) -> Request:
    rows = sorted(rows, key=lambda row: (row.at, _KINDS.index(row.kind)))
    asked = rows[0]
    longer = next((row for row in rows if row.kind == "extended"), None)
    return Request(
        id=asked.request_id,
        person_id=asked.person_id,
        person=names.get(asked.person_id, "Somebody"),
        provider_id=asked.provider_id,
        channel=asked.detail,
        received_on=asked.received_on,
        due_on=(longer or asked).due_on,
        extended=longer is not None,
        events=[Happened(row.kind, row.detail, names.get(row.actor_id, "Waymark"), row.at) for row in rows],
    )


def own_requests(waymark: Waymark, actor: Actor) -> list[Request]:
    """The actor's own, the newest first."""
    with db.reading(waymark.engine) as connection:
        return own(connection, actor)


def requests(waymark: Waymark, actor: Actor) -> list[Request]:
    """Those that the actor's provider is to answer. Raises `NotFound` for whoever does not answer any."""
    with db.reading(waymark.engine) as connection:
        return of_office(connection, actor)


def request(waymark: Waymark, actor: Actor, request_id: str) -> tuple[Request, bool]:
    """One of them, and whether the actor looks after it as an administrator. Raises `NotFound`."""
    with db.reading(waymark.engine) as connection:
        found = one_of(connection, actor, request_id)
        return found, actor.has("oh_admin", found.provider_id)


def askers(waymark: Waymark, actor: Actor) -> list[tuple[str, str]]:
    """(id, name) of those for whom the actor may enter a request. Raises `NotFound`."""
    with db.reading(waymark.engine) as connection:
        return people_of(connection, office_of(actor))
