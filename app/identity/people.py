"""Organisations, the people in them, and what each person may do there."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.errors import BadRequest, NotFound
from app.identity import passwords, reading
from app.identity.actor import Actor
from app.identity.errors import UnknownRole, UnknownUser, UsernameTaken
from app.identity.roles import MEMBERSHIP_KINDS, MEMBERSHIPS, ROLES
from app.identity.tables import account, api_token, login_session, membership, organisation, person, service
from app.workdays import Calendar

#: of a username, once it is in its one spelling
USERNAME = r"[\w.@+-]{2,100}"


@dataclass(frozen=True)
class Organisation:
    """`kind`: employer or provider. `country` to `close`: its calendar, see `app.workdays.Calendar`."""

    id: str
    name: str
    kind: str
    country: str = "GB"
    subdivision: str = "ENG"
    tz: str = "Europe/London"
    close: str = "17:00"

    @property
    def calendar(self) -> Calendar:
        """The working days of this place. Raises `BadCalendar`."""
        return Calendar(self.country, self.subdivision, self.tz, self.close)


@dataclass(frozen=True)
class Recipient:
    """Where a message goes. `email` may be empty; `tz`: the zone in which times are told to them."""

    name: str
    email: str
    tz: str


@dataclass(frozen=True)
class Person:
    id: str
    name: str
    email: str
    phone: str
    org_id: str


@dataclass(frozen=True)
class User:
    """A person with an account. `roles`: (organisation id, membership), sorted."""

    person_id: str
    username: str
    name: str
    org_id: str
    org_name: str
    active: bool
    roles: tuple[tuple[str, str], ...]


def normal_username(username: str) -> str:
    """One spelling for one name: no case, no blanks around it, compatible characters made equal."""
    return unicodedata.normalize("NFKC", username).strip().casefold()[:100]


def create_organisation(conn: sa.Connection, org: Organisation) -> str:
    """Its id. Raises `BadCalendar` for a place, a zone or a time that does not exist."""
    _ = org.calendar
    conn.execute(sa.insert(organisation).values(**vars(org)))
    return org.id


def set_provider(conn: sa.Connection, employer_id: str, provider_id: str) -> None:
    """From now on `provider_id` serves `employer_id`."""
    conn.execute(sa.delete(service).where(service.c.employer_id == employer_id))
    conn.execute(sa.insert(service).values(employer_id=employer_id, provider_id=provider_id))


def create_person(
    conn: sa.Connection,
    name: str,
    org_id: str,
    roles: Iterable[str] = ("employee",),
    *,
    email: str = "",
    phone: str = "",
    person_id: str | None = None,
) -> str:
    """A person in `org_id` with memberships there; their id. Raises `NotFound`, `UnknownRole`."""
    organisation_of(conn, org_id)
    new_id = person_id or str(uuid.uuid4())
    conn.execute(sa.insert(person).values(id=new_id, name=_one_line(name), email=email, phone=phone, org_id=org_id))
    for role in roles:
        create_membership(conn, new_id, org_id, role)
    return new_id


def create_membership(conn: sa.Connection, person_id: str, org_id: str, role: str) -> None:
    """Raises `UnknownRole` for one that does not exist in this kind of organisation."""
    kind = organisation_of(conn, org_id).kind
    if role not in MEMBERSHIPS or MEMBERSHIP_KINDS.get(role, kind) != kind:
        raise UnknownRole(f"There is no role {role!r} in an organisation of the kind {kind}.")
    conn.execute(sa.insert(membership).values(person_id=person_id, org_id=org_id, role=role))


def create_account(
    conn: sa.Connection, person_id: str, username: str, password: str = "", *, hashed: str | None = None
) -> None:
    """`hashed`: the hash of the password, where somebody has it already. Raises `UsernameTaken`, `WeakPassword`,
    `BadRequest`."""
    name = normal_username(username)
    if not re.fullmatch(USERNAME, name):
        raise BadRequest("A username has 2 to 100 letters, digits or the signs . @ + - _")
    if conn.execute(sa.select(account.c.person_id).where(account.c.username == name)).first():
        raise UsernameTaken(f"Somebody already has the username {name}.")
    hashed = passwords.hash_password(password) if hashed is None else hashed
    conn.execute(sa.insert(account).values(person_id=person_id, username=name, password_hash=hashed, active=True))


def set_password(conn: sa.Connection, username: str, password: str) -> str:
    """The person's id. Raises `UnknownUser`, `WeakPassword`. The caller ends the sessions (`end_sessions`)."""
    hashed = passwords.hash_password(password)
    return _change_account(conn, username, password_hash=hashed)


def set_active(conn: sa.Connection, username: str, *, active: bool) -> str:
    """Open or close an account; the person's id. Raises `UnknownUser`."""
    return _change_account(conn, username, active=active)


def _change_account(conn: sa.Connection, username: str, **values: Any) -> str:
    query = sa.update(account).where(account.c.username == normal_username(username)).values(**values)
    person_id: str | None = conn.execute(query.returning(account.c.person_id)).scalar()
    if person_id is None:
        raise UnknownUser
    return person_id


def person_of(conn: sa.Connection, username: str) -> str:
    """The person's id. Raises `UnknownUser`."""
    query = sa.select(account.c.person_id).where(account.c.username == normal_username(username))
    person_id: str | None = conn.execute(query).scalar()
    if person_id is None:
        raise UnknownUser
    return person_id


def actor_of_person(conn: sa.Connection, person_id: str) -> Actor:
    """For the shell, which has no session. Raises `NotFound`."""
    row = conn.execute(reading.by_person(conn.dialect.name), {"person_id": person_id}).one_or_none()
    if row is None:
        raise NotFound
    return reading.to_actor(row)


def organisation_of(conn: sa.Connection, org_id: str) -> Organisation:
    """Raises `NotFound`."""
    row = conn.execute(sa.select(organisation).where(organisation.c.id == org_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no organisation {org_id!r}.")
    return Organisation(**row._mapping)


def organisations(conn: sa.Connection) -> list[Organisation]:
    rows = conn.execute(sa.select(organisation).order_by(organisation.c.name, organisation.c.id))
    return [Organisation(**row._mapping) for row in rows]


def provider_of(conn: sa.Connection, employer_id: str) -> str | None:
    """The provider that serves an employer, if any."""
    provider: str | None = conn.execute(
        sa.select(service.c.provider_id).where(service.c.employer_id == employer_id)
    ).scalar()
    return provider


def employers_of(conn: sa.Connection, provider_id: str) -> list[str]:
    """The employers that a provider serves."""
    query = sa.select(service.c.employer_id).where(service.c.provider_id == provider_id)
    return list(conn.execute(query.order_by(service.c.employer_id)).scalars())


def persons(conn: sa.Connection, person_ids: Iterable[str]) -> dict[str, Person]:
    """The people with these ids; unknown ids are left out."""
    query = sa.select(person).where(person.c.id.in_(sorted(set(person_ids))))
    return {row.id: Person(**row._mapping) for row in conn.execute(query)}


def calendar_of(conn: sa.Connection, org_id: str) -> Calendar:
    """The calendar by which an organisation's deadlines are counted. Raises `NotFound`."""
    return organisation_of(conn, org_id).calendar


def people_with_membership(conn: sa.Connection, org_id: str, *held: str) -> list[tuple[str, str]]:
    """(id, name) of everybody who holds one of the memberships `held` in `org_id`, by name.

    Somebody whose account was closed is left out; somebody who never had one is not.
    """
    rows = conn.execute(_PEOPLE_WITH, {"org": org_id, "held": held})
    return [(row.id, row.name) for row in rows]


# built once: building costs more than running
_PEOPLE_WITH = (
    sa.select(person.c.id, person.c.name)
    .where(
        person.c.id.in_(
            sa.select(membership.c.person_id).where(
                membership.c.org_id == sa.bindparam("org"), membership.c.role.in_(sa.bindparam("held", expanding=True))
            )
        ),
        person.c.id.not_in(sa.select(account.c.person_id).where(~account.c.active)),
    )
    .order_by(person.c.name, person.c.id)
)


def person_ids_of_team(conn: sa.Connection, org_id: str, case_role: str) -> list[str]:
    """Everybody in `org_id` who may hold `case_role`, by name; nobody for an unknown role."""
    if case_role not in ROLES:
        return []
    return [found for found, _ in people_with_membership(conn, org_id, *sorted(ROLES[case_role].held_by))]


def recipients(conn: sa.Connection, person_ids: Iterable[str]) -> dict[str, Recipient]:
    """Where to write to these people; unknown ids are left out."""
    query = (
        sa.select(person.c.id, person.c.name, person.c.email, organisation.c.tz)
        .join(organisation, organisation.c.id == person.c.org_id)
        .where(person.c.id.in_(sorted(set(person_ids))))
    )
    return {row.id: Recipient(row.name, row.email, row.tz) for row in conn.execute(query)}


def list_users(conn: sa.Connection, org_ids: Iterable[str] | None = None) -> list[User]:
    """Everybody with an account, by username; of these organisations only, where some are given."""
    held: dict[str, list[tuple[str, str]]] = {}
    for row in conn.execute(sa.select(membership)):
        held.setdefault(row.person_id, []).append((row.org_id, row.role))
    query = (
        sa.select(account, person.c.name, person.c.org_id, organisation.c.name.label("org_name"))
        .join(person, person.c.id == account.c.person_id)
        .join(organisation, organisation.c.id == person.c.org_id)
        .order_by(account.c.username)
    )
    if org_ids is not None:
        query = query.where(person.c.org_id.in_(sorted(org_ids)))
    return [
        User(
            row.person_id,
            row.username,
            row.name,
            row.org_id,
            row.org_name,
            row.active,
            tuple(sorted(held.get(row.person_id, []))),
        )
        for row in conn.execute(query)
    ]


def _one_line(text: str) -> str:
    """A name ends up in mail headers and logs: control characters and line breaks become blanks."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]


ERASED_NAME = "Erased person"


def pseudonymise(conn: sa.Connection, person_id: str) -> None:
    """Take a person's name, addresses and login away. The id stays: what names it keeps its sense."""
    conn.execute(sa.update(person).where(person.c.id == person_id).values(name=ERASED_NAME, email="", phone=""))
    for table in (login_session, api_token, membership):
        conn.execute(sa.delete(table).where(table.c.person_id == person_id))
    gone = {"username": f"erased-{person_id}"[:100], "password_hash": "!", "active": False}
    conn.execute(sa.update(account).where(account.c.person_id == person_id).values(**gone))
