"""Who comes in: a person of the issuer's organisation, and of no other, bound to (issuer, subject) from then on."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.identity import desk, events, people
from app.identity.outside.errors import AccountClosed, BoundOtherwise, NoEmail, NotProven, SeveralPeople
from app.identity.outside.issuers import Issuer
from app.identity.tables import account, membership, organisation, outside_login, person

#: characters of an address (RFC 5321) and of a subject (OpenID Connect Core, section 2)
LONGEST_EMAIL, LONGEST_SUBJECT = 254, 255


@dataclass(frozen=True)
class Arrived:
    """`second`: the provider says that it has asked for a second step, and this server takes its word for it."""

    person_id: str
    second: bool


def arrive(conn: sa.Connection, issuer: Issuer, claims: Mapping[str, Any], now: datetime) -> Arrived:
    """Find or make the person and their account, and bring their memberships up to date.

    `claims`: checked before. Raises a kind of `OutsideLoginFailed`. The organisation's row is locked: of two who
    come for the first time at once, the second finds what the first has made.
    """
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 1 <= len(subject) <= LONGEST_SUBJECT:
        raise NotProven
    conn.execute(sa.select(organisation.c.id).where(organisation.c.id == issuer.organisation).with_for_update()).one()
    bound = (outside_login.c.issuer == issuer.issuer, outside_login.c.subject == subject)
    person_id = conn.execute(sa.select(outside_login.c.person_id).where(*bound)).scalar()
    if person_id is None:
        person_id = _first(conn, issuer, claims, now)
        row = {"issuer": issuer.issuer, "subject": subject, "person_id": person_id, "bound_at": now}
        conn.execute(sa.insert(outside_login).values(**row))
        events.record(conn, "account-bound", person_id, now, detail={"login": issuer.id})
    _check_open(conn, issuer, person_id)
    _bring_up_to_date(conn, issuer, person_id, claims, now)
    return Arrived(person_id, _second(issuer, claims))


def _first(conn: sa.Connection, issuer: Issuer, claims: Mapping[str, Any], now: datetime) -> str:
    """The person of this organisation with this e-mail address; else a new one."""
    email = _email(issuer, claims)
    same = sa.and_(person.c.org_id == issuer.organisation, sa.func.lower(person.c.email) == email.lower())
    found = list(conn.execute(sa.select(person.c.id).where(same)).scalars())
    if len(found) > 1:
        raise SeveralPeople
    if not found:
        name = claims.get(issuer.name_claim)
        known = name if isinstance(name, str) and name.strip() else email.partition("@")[0]
        found = [people.create_person(conn, known, issuer.organisation, (), email=email)]
    person_id: str = found[0]
    if conn.execute(sa.select(outside_login.c.subject).where(outside_login.c.person_id == person_id)).first():
        raise BoundOtherwise
    if not conn.execute(sa.select(account.c.username).where(account.c.person_id == person_id)).first():
        _open_account(conn, issuer, person_id, claims, now)
    return person_id


def _email(issuer: Issuer, claims: Mapping[str, Any]) -> str:
    """An address that the provider has verified. Raises `NoEmail`."""
    email = claims.get(issuer.email_claim)
    verified = claims.get("email_verified") is True or issuer.emails_are_verified
    if not isinstance(email, str) or not verified or len(email) > LONGEST_EMAIL:
        raise NoEmail
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", email) or not email.isprintable():
        raise NoEmail
    return email


def _open_account(
    conn: sa.Connection, issuer: Issuer, person_id: str, claims: Mapping[str, Any], now: datetime
) -> None:
    """An account without a password: nobody enters it but by the organisation's login, until a password is set."""
    wanted = claims.get(issuer.username_claim)
    name = people.normal_username(wanted) if isinstance(wanted, str) else ""
    taken = conn.execute(sa.select(account.c.person_id).where(account.c.username == name)).first()
    if taken or not re.fullmatch(people.USERNAME, name):
        # usernames are one list for all organisations: who comes later is not told whose the name is
        name = f"{issuer.id}.{uuid.uuid4().hex[:12]}"
    conn.execute(sa.insert(account).values(person_id=person_id, username=name, password_hash="", active=True))
    events.record(conn, "account-created", person_id, now, detail={"login": issuer.id})


def _check_open(conn: sa.Connection, issuer: Issuer, person_id: str) -> None:
    query = (
        sa.select(person.c.org_id, account.c.active)
        .join(account, account.c.person_id == person.c.id)
        .where(person.c.id == person_id)
    )
    row = conn.execute(query).one()
    if row.org_id != issuer.organisation:
        # they belong to another organisation by now: this one's login opens nothing there
        raise BoundOtherwise
    if not row.active:
        raise AccountClosed


def _bring_up_to_date(
    conn: sa.Connection, issuer: Issuer, person_id: str, claims: Mapping[str, Any], now: datetime
) -> None:
    """Memberships about which the provider decides are as its groups say now; others stay."""
    groups = claims.get(issuer.groups_claim)
    named = {one for one in groups if isinstance(one, str)} if isinstance(groups, list) else set()
    wanted = {role for group in named for role in issuer.groups.get(group, ())} | set(issuer.always)
    mine = sa.and_(membership.c.person_id == person_id, membership.c.org_id == issuer.organisation)
    held = set(conn.execute(sa.select(membership.c.role).where(mine)).scalars())
    for role in sorted(wanted - held):
        people.create_membership(conn, person_id, issuer.organisation, role)
        desk.changed_role(conn, person_id, issuer.organisation, role, now, added=True)
    for role in sorted((held & issuer.governed) - wanted):
        desk.drop_membership(conn, person_id, issuer.organisation, role, now)


def _second(issuer: Issuer, claims: Mapping[str, Any]) -> bool:
    amr = claims.get("amr")
    said = {one for one in amr if isinstance(one, str)} if isinstance(amr, list) else set()
    return bool(said & set(issuer.second_step)) or claims.get("acr") in issuer.second_step
