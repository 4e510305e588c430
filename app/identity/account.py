"""What people do to their own account: password, second step, sessions, API tokens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from app import db
from app.identity import events, passwords, proving, reading, second_step, sessions, strength
from app.identity.actor import Session
from app.identity.errors import StillNeeded
from app.identity.sealing import Sealing
from app.identity.tables import account, login_session, organisation, person


@dataclass(frozen=True)
class Login:
    """One session as its owner sees it. `id`: for nothing but telling it from the others."""

    since: datetime
    seen_at: datetime
    issuer: str
    second: bool
    here: bool


@dataclass(frozen=True)
class Overview:
    """`has_password`: False for those who come by their organisation's own login only."""

    username: str
    has_password: bool
    second_step: second_step.State
    required: bool
    logins: list[Login]


def overview(engine: sa.Engine, mine: Session, token: str, *, required: second_step.Required) -> Overview:
    """The own account. `token`: the cookie of this request. `required`: the policy of this server."""
    person_id = mine.actor.person_id
    with db.reading(engine) as conn:
        row = conn.execute(sa.select(account).where(account.c.person_id == person_id)).one()
        return Overview(
            row.username,
            bool(row.password_hash),
            second_step.state(conn, person_id),
            second_step.required_of(required, (role for _org, role in mine.actor.roles)),
            _logins(conn, person_id, reading.digest(token), mine),
        )


def _logins(conn: sa.Connection, person_id: str, own: str, mine: Session) -> list[Login]:
    alive = sa.select(login_session).where(
        login_session.c.person_id == person_id,
        login_session.c.waits.is_(None),
        login_session.c.expires_at > mine.real_now,
        login_session.c.seen_at > (mine.real_now or mine.now) - sessions.IDLE,
    )
    rows = conn.execute(alive.order_by(login_session.c.seen_at.desc(), login_session.c.created_at))
    return [
        Login(row.created_at, row.seen_at, row.issuer or "", row.second, own in {row.token_hash, row.previous_hash})
        for row in rows
    ]


def known_words(conn: sa.Connection, person_id: str) -> list[str]:
    """What everybody knows of somebody: no password may be made of it."""
    query = (
        sa.select(person.c.name, person.c.email, organisation.c.name.label("org"), account.c.username)
        .join(organisation, organisation.c.id == person.c.org_id)
        .outerjoin(account, account.c.person_id == person.c.id)
        .where(person.c.id == person_id)
    )
    row = conn.execute(query).one()
    return [row.name, row.email.partition("@")[0], row.org, row.username or ""]


def change_password(engine: sa.Engine, mine: Session, token: str, old: str, new: str, now: datetime) -> str:
    """The cookie's new value; every other session ends. Raises `WrongPassword`, `TooManyTries`, `WeakPassword`."""
    person_id = mine.actor.person_id
    with db.reading(engine) as conn:
        strength.check(new, known_words(conn, person_id))
    proving.with_password(engine, person_id, old, now)
    hashed = passwords.hash_password(new)
    with db.transaction(engine) as conn:
        conn.execute(sa.update(account).where(account.c.person_id == person_id).values(password_hash=hashed))
        events.record(conn, "password-changed", person_id, now, actor_id=person_id)
        return anew(conn, mine, now)


def anew(conn: sa.Connection, mine: Session, now: datetime) -> str:
    """A new session in place of all that this person has; the cookie's value."""
    sessions.end_sessions(conn, mine.actor.person_id)
    return sessions.open_session(conn, mine.actor.person_id, now, second=mine.second, issuer=mine.issuer)


def begin_second_step(engine: sa.Engine, sealer: Sealing, person_id: str) -> None:
    with db.transaction(engine) as conn:
        second_step.begin(conn, sealer, person_id)


def leave_second_step(engine: sa.Engine, person_id: str) -> None:
    """Not now: what was begun is forgotten, what is in use stays."""
    with db.transaction(engine) as conn:
        second_step.forget_pending(conn, person_id)


def pending_secret(engine: sa.Engine, sealer: Sealing, person_id: str) -> str | None:
    """The secret that waits for its first code, in base 32."""
    with db.reading(engine) as conn:
        return second_step.pending(conn, sealer, person_id)


def confirm_second_step(
    engine: sa.Engine, sealer: Sealing, mine: Session, typed: str, now: datetime
) -> tuple[str, list[str]]:
    """The cookie's new value, and the recovery codes. Every other session ends. Raises `WrongCode`, `TooManyTries`."""
    codes = proving.confirm(engine, sealer, mine.actor.person_id, typed, now)
    with db.transaction(engine) as conn:
        sessions.end_sessions(conn, mine.actor.person_id)
        token = sessions.open_session(conn, mine.actor.person_id, now, second=True, issuer=mine.issuer)
    return token, codes


def switch_off_second_step(engine: sa.Engine, mine: Session, now: datetime, *, required: second_step.Required) -> str:
    """The cookie's new value; every other session ends. Raises `StillNeeded` for those who cannot do without."""
    if second_step.required_of(required, (role for _org, role in mine.actor.roles)):
        raise StillNeeded
    person_id = mine.actor.person_id
    with db.transaction(engine) as conn:
        if second_step.remove(conn, person_id):
            events.record(conn, "second-step-off", person_id, now, actor_id=person_id)
        sessions.end_sessions(conn, person_id)
        return sessions.open_session(conn, person_id, now, issuer=mine.issuer)


def new_recovery_codes(engine: sa.Engine, person_id: str, now: datetime) -> list[str]:
    """Ten new ones; none for somebody without a second step."""
    with db.transaction(engine) as conn:
        return second_step.make_codes(conn, person_id, now) if second_step.state(conn, person_id).on else []


def end_other_sessions(engine: sa.Engine, person_id: str, token: str, now: datetime) -> int:
    """Log out everywhere else; how many sessions ended."""
    with db.transaction(engine) as conn:
        ended = sessions.end_sessions(conn, person_id, but=token)
        if ended:
            events.record(conn, "sessions-ended", person_id, now, actor_id=person_id)
        return ended


def way_of_proof(conn: sa.Connection, person_id: str) -> Literal["code", "password", "outside"]:
    """How somebody shows once more who they are: by a code where there is a second step, else by the password; who has
    neither goes through their organisation's login once more."""
    if second_step.state(conn, person_id).on:
        return "code"
    known = conn.execute(sa.select(account.c.password_hash).where(account.c.person_id == person_id)).scalar()
    return "password" if known else "outside"
