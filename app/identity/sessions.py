"""Logging in and out, and who a cookie belongs to.

Sessions run out after 30 minutes of quiet and after 12 hours in any case, by the real clock: moving
a demo's clock on by a month must not log everybody out.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from app import db
from app.clock import Clock
from app.identity import clock as clocks
from app.identity import passwords, reading
from app.identity.actor import Session
from app.identity.lockout import Lockout, attempt, forgive
from app.identity.people import normal_username
from app.identity.tables import account, login_session

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
#: `seen_at` is written at most this often: one write a minute, not one a click.
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class SignIn:
    """`token`: the cookie's new value, or None when refused. `wait_seconds`: how long to wait before another try."""

    token: str | None
    wait_seconds: int = 0


def sign_in(engine: sa.Engine, username: str, password: str, now: datetime, old_token: str | None = None) -> SignIn:
    """Check a name and a password. `now` is the real time (`SystemClock`), not a demo's.

    The try is counted and committed before the password is looked at: many tries at once cannot
    slip past the lock. Takes the same steps for a name that does not exist. `old_token` is the
    cookie that came with the request; its session ends, so that a planted one is worth nothing.
    """
    name = normal_username(username)
    with db.transaction(engine) as conn:
        lockout: Lockout = attempt(conn, name, now)
    if lockout.refused:
        return SignIn(None, lockout.wait_seconds)
    with db.reading(engine) as conn:
        row = conn.execute(sa.select(account).where(account.c.username == name, account.c.active)).one_or_none()
    if not passwords.matches(row.password_hash if row else None, password) or row is None:
        return SignIn(None, lockout.wait_seconds)
    rehashed = passwords.hash_password(password) if passwords.outdated(row.password_hash) else None
    with db.transaction(engine) as conn:
        forgive(conn, name)
        if rehashed:
            conn.execute(sa.update(account).where(account.c.person_id == row.person_id).values(password_hash=rehashed))
        if old_token:
            sign_out(conn, old_token)
        return SignIn(open_session(conn, row.person_id, now))


def open_session(conn: sa.Connection, person_id: str, now: datetime) -> str:
    """A new session; the cookie's value (256 bits). Clears away those that have run out."""
    token = secrets.token_urlsafe(32)
    conn.execute(sa.delete(login_session).where(login_session.c.expires_at < now))
    conn.execute(
        sa.insert(login_session).values(
            token_hash=reading.digest(token),
            person_id=person_id,
            csrf=secrets.token_urlsafe(32),
            created_at=now,
            seen_at=now,
            expires_at=now + ABSOLUTE,
        )
    )
    return token


def sign_out(conn: sa.Connection, token: str) -> None:
    conn.execute(sa.delete(login_session).where(login_session.c.token_hash == reading.digest(token)))


def end_sessions(conn: sa.Connection, person_id: str) -> None:
    """Log somebody out everywhere: after a new password, or when the account is closed."""
    conn.execute(sa.delete(login_session).where(login_session.c.person_id == person_id))


def actor_of_session(
    conn: sa.Connection, token: str, clock: Clock = clocks.SYSTEM_CLOCK, *, demo: bool
) -> Session | None:
    """Who a cookie belongs to and what time it is, in one statement; None when it belongs to nobody any more."""
    row = conn.execute(reading.by_session(conn.dialect.name), {"token_hash": reading.digest(token)}).one_or_none()
    if row is None:
        return None
    moment = clocks.moment(row, clock, demo=demo)
    if moment.real >= min(row.expires_at, row.seen_at + IDLE):
        return None
    return Session(
        reading.to_actor(row),
        row.csrf,
        moment.now,
        real_now=moment.real,
        stale=moment.real - row.seen_at >= SEEN_EVERY,
    )


def keep_alive(conn: sa.Connection, token: str, real_now: datetime) -> None:
    """Mark a session as seen. Never brings back one that ended meanwhile."""
    conn.execute(
        sa.update(login_session)
        .where(login_session.c.token_hash == reading.digest(token), login_session.c.seen_at < real_now)
        .values(seen_at=real_now)
    )


def authenticate(
    engine: sa.Engine, token: str | None, clock: Clock = clocks.SYSTEM_CLOCK, *, demo: bool
) -> Session | None:
    """What a page calls for each request: one read, and once a minute one write."""
    if not token:
        return None
    with db.reading(engine) as conn:
        session = actor_of_session(conn, token, clock, demo=demo)
    if session is not None and session.stale and session.real_now is not None:
        with db.transaction(engine) as conn:
            keep_alive(conn, token, session.real_now)
    return session
