"""What an administrator does to the accounts of their people: always with a reason, never to their own.

An administrator of an organisation looks after its people; one of a provider also after those of the employers that it
serves. Everybody else does not exist for them. Each function is a part of one transaction; `now` is real time.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.errors import InvalidAnswers, NotFound
from app.identity import events, passwords, people, second_step, sessions, strength, tokens
from app.identity.account import known_words
from app.identity.actor import Actor
from app.identity.errors import LinkGone, NotYours, UnknownRole
from app.identity.roles import MEMBERSHIP_KINDS, MEMBERSHIPS
from app.identity.scope import looked_after
from app.identity.tables import account, login_session, membership, organisation, outside_login, person, reset_link

ADMINISTRATOR = "administrator"
#: roles that look after the machine for everybody: a provider's people alone, unless the shell says otherwise
OF_PROVIDERS = frozenset({"administrator", "process_owner", "auditor"})
#: how long a link for a new password works
LINK = timedelta(hours=1)
LONGEST_REASON = 500
NO_REASON = "Say why, in a few words"


@dataclass(frozen=True)
class File:
    """A person as an administrator sees them. `can_be_given`: memberships that they do not hold yet."""

    person_id: str
    name: str
    email: str
    org_id: str
    org_name: str
    username: str
    active: bool
    has_password: bool
    outside: bool
    second_step: second_step.State
    memberships: tuple[str, ...]
    can_be_given: tuple[str, ...]
    sessions: int
    tokens: int
    own: bool
    events: tuple[events.Event, ...]


def organisations_of(conn: sa.Connection, actor: Actor) -> frozenset[str]:
    """Those whose accounts this person looks after; none for who is no administrator."""
    return looked_after(conn, actor, ADMINISTRATOR)


def file(conn: sa.Connection, actor: Actor, person_id: str, now: datetime) -> File:
    """Raises `NotFound` for somebody whom this administrator does not look after."""
    row = _theirs(conn, actor, person_id)
    held = _held(conn, person_id, row.org_id)
    given = [role for role in MEMBERSHIPS if role not in held and _fits(role, row.kind)]
    outside = conn.execute(sa.select(outside_login.c.subject).where(outside_login.c.person_id == person_id)).first()
    alive = sa.select(sa.func.count()).where(
        login_session.c.person_id == person_id,
        login_session.c.expires_at > now,
        login_session.c.seen_at > now - sessions.IDLE,
    )
    return File(
        person_id,
        row.name,
        row.email,
        row.org_id,
        row.org_name,
        row.username or "",
        bool(row.active),
        bool(row.password_hash),
        outside is not None,
        second_step.state(conn, person_id),
        tuple(role for role in MEMBERSHIPS if role in held),
        tuple(given),
        conn.execute(alive).scalar_one(),
        len(tokens.of_person(conn, person_id, now)),
        person_id == actor.person_id,
        tuple(events.of_person(conn, person_id)),
    )


def _theirs(conn: sa.Connection, actor: Actor, person_id: str) -> sa.Row[tuple[object, ...]]:
    query = (
        sa.select(person, organisation.c.name.label("org_name"), organisation.c.kind, account)
        .join(organisation, organisation.c.id == person.c.org_id)
        .outerjoin(account, account.c.person_id == person.c.id)
        .where(person.c.id == person_id)
    )
    row = conn.execute(query).one_or_none()
    if row is None or row.org_id not in organisations_of(conn, actor):
        raise NotFound
    return row


def _fits(role: str, kind: str) -> bool:
    """Whether administrators may give this role in an organisation of this kind."""
    return MEMBERSHIP_KINDS.get(role, kind) == kind and (kind == "provider" or role not in OF_PROVIDERS)


def _held(conn: sa.Connection, person_id: str, org_id: str) -> set[str]:
    mine = sa.and_(membership.c.person_id == person_id, membership.c.org_id == org_id)
    return set(conn.execute(sa.select(membership.c.role).where(mine)).scalars())


def _to_be_changed(conn: sa.Connection, actor: Actor, person_id: str, reason: str) -> sa.Row[tuple[object, ...]]:
    """Raises `NotFound`, `NotYours`, `InvalidAnswers` for a missing reason."""
    row = _theirs(conn, actor, person_id)
    if person_id == actor.person_id:
        raise NotYours
    if not reason.strip():
        raise InvalidAnswers({"reason": NO_REASON})
    if len(reason) > LONGEST_REASON:
        raise InvalidAnswers({"reason": f"Say it in {LONGEST_REASON} characters or fewer"})
    return row


def add_membership(
    conn: sa.Connection,
    actor: Actor,
    person_id: str,
    role: str,
    reason: str,
    now: datetime,
    *,
    required: second_step.Required,
) -> None:
    """Give a role in the person's own organisation. Whoever needs a second step from then on logs in anew."""
    row = _to_be_changed(conn, actor, person_id, reason)
    if role in _held(conn, person_id, row.org_id):
        return
    if not _fits(role, row.kind):
        raise UnknownRole
    people.create_membership(conn, person_id, row.org_id, role)
    changed_role(conn, person_id, row.org_id, role, now, added=True, actor_id=actor.person_id, reason=reason)
    if second_step.required_of(required, [role]):
        mine = sa.and_(login_session.c.person_id == person_id, ~login_session.c.second)
        conn.execute(sa.delete(login_session).where(mine))


def end_membership(conn: sa.Connection, actor: Actor, person_id: str, role: str, reason: str, now: datetime) -> None:
    """Take a role away; it is gone at the person's next click."""
    row = _to_be_changed(conn, actor, person_id, reason)
    drop_membership(conn, person_id, row.org_id, role, now, actor_id=actor.person_id, reason=reason)


def drop_membership(
    conn: sa.Connection, person_id: str, org_id: str, role: str, now: datetime, *, actor_id: str = "", reason: str = ""
) -> None:
    """End a membership, whoever ends it; nothing when it is not held."""
    mine = sa.and_(membership.c.person_id == person_id, membership.c.org_id == org_id, membership.c.role == role)
    if conn.execute(sa.delete(membership).where(mine)).rowcount:
        changed_role(conn, person_id, org_id, role, now, added=False, actor_id=actor_id, reason=reason)


def changed_role(
    conn: sa.Connection,
    person_id: str,
    org_id: str,
    role: str,
    now: datetime,
    *,
    added: bool,
    actor_id: str = "",
    reason: str = "",
) -> None:
    """Keep that a membership was given or ended, and let the person's cookies change."""
    kind = "membership-added" if added else "membership-ended"
    detail = {"organisation": org_id, "role": role}
    events.record(conn, kind, person_id, now, actor_id=actor_id, reason=reason, detail=detail)
    sessions.renew_soon(conn, person_id, now)


def set_open(conn: sa.Connection, actor: Actor, person_id: str, reason: str, now: datetime, *, active: bool) -> None:
    """Close an account, with its sessions, tokens and links; or open it again, with none of them."""
    _to_be_changed(conn, actor, person_id, reason)
    if not active:
        close(conn, person_id, now, actor_id=actor.person_id, reason=reason)
        return
    conn.execute(sa.update(account).where(account.c.person_id == person_id).values(active=True))
    events.record(conn, "account-reopened", person_id, now, actor_id=actor.person_id, reason=reason)


def close(conn: sa.Connection, person_id: str, now: datetime, *, actor_id: str = "", reason: str = "") -> None:
    """Whoever closes it: no login, no token and no link works any more."""
    conn.execute(sa.update(account).where(account.c.person_id == person_id).values(active=False))
    sessions.end_sessions(conn, person_id)
    tokens.revoke_tokens(conn, person_id)
    _drop_links(conn, person_id)
    events.record(conn, "account-closed", person_id, now, actor_id=actor_id, reason=reason)


def reset_second_step(conn: sa.Connection, actor: Actor, person_id: str, reason: str, now: datetime) -> None:
    """For somebody who has lost phone and recovery codes. They are logged out, and set it up anew at the next login."""
    _to_be_changed(conn, actor, person_id, reason)
    drop_second_step(conn, person_id, now, actor_id=actor.person_id, reason=reason)


def drop_second_step(conn: sa.Connection, person_id: str, now: datetime, *, actor_id: str, reason: str) -> bool:
    """Take the second step away, whoever asked for it; whether there was one."""
    found = second_step.remove(conn, person_id)
    sessions.end_sessions(conn, person_id)
    if found:
        events.record(conn, "second-step-reset", person_id, now, actor_id=actor_id, reason=reason)
    return found


def end_sessions(conn: sa.Connection, actor: Actor, person_id: str, reason: str, now: datetime) -> None:
    _to_be_changed(conn, actor, person_id, reason)
    sessions.end_sessions(conn, person_id)
    events.record(conn, "sessions-ended", person_id, now, actor_id=actor.person_id, reason=reason)


def make_link(conn: sa.Connection, actor: Actor, person_id: str, reason: str, now: datetime) -> str:
    """A link for a new password, for an hour and one use; its id. Any link before it is worth nothing."""
    row = _to_be_changed(conn, actor, person_id, reason)
    if not row.username or not row.active:
        raise InvalidAnswers({"reason": "This person has no open account"})
    if not row.email:
        raise InvalidAnswers({"reason": "No e-mail address of this person is known"})
    _drop_links(conn, person_id)
    made = {"id": str(uuid.uuid4()), "person_id": person_id, "made_by": actor.person_id, "expires_at": now + LINK}
    conn.execute(sa.insert(reset_link).values(**made))
    events.record(conn, "reset-sent", person_id, now, actor_id=actor.person_id, reason=reason)
    return str(made["id"])


def _drop_links(conn: sa.Connection, person_id: str) -> None:
    conn.execute(sa.delete(reset_link).where(reset_link.c.person_id == person_id))


def person_of_link(conn: sa.Connection, link_id: str, now: datetime) -> str:
    """Whose link it is. Raises `LinkGone` alike for one that never was, was used or has run out."""
    query = (
        sa.select(reset_link.c.person_id)
        .join(account, account.c.person_id == reset_link.c.person_id)
        .where(reset_link.c.id == link_id, reset_link.c.expires_at > now, account.c.active)
    )
    found: str | None = conn.execute(query).scalar()
    if found is None:
        raise LinkGone
    return found


def use_link(conn: sa.Connection, link_id: str, password: str, now: datetime) -> None:
    """Set a new password; every session ends. The second step stays. Raises `LinkGone`, `WeakPassword`."""
    person_id = person_of_link(conn, link_id, now)
    strength.check(password, known_words(conn, person_id))
    # of two who use it at once, one finds it gone
    if not conn.execute(sa.delete(reset_link).where(reset_link.c.id == link_id)).rowcount:
        raise LinkGone
    _drop_links(conn, person_id)
    hashed = passwords.hash_password(password)
    conn.execute(sa.update(account).where(account.c.person_id == person_id).values(password_hash=hashed))
    sessions.end_sessions(conn, person_id)
    events.record(conn, "reset-used", person_id, now, actor_id=person_id)
