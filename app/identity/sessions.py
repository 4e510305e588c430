"""Logging in and out, and who a cookie belongs to.

Sessions run out after 30 minutes of quiet and after 12 hours in any case, by the real clock: moving
a demo's clock on by a month must not log everybody out. See decision 19 for how their cookies change.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app import db
from app.clock import Clock
from app.identity import clock as clocks
from app.identity import lockout, passwords, reading, second_step
from app.identity.actor import Half, Session
from app.identity.people import normal_username
from app.identity.tables import account, login_session

log = logging.getLogger("waymark.identity")

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
#: for the second step
HALF = timedelta(minutes=10)
#: `seen_at` is written at most this often: one write a minute, not one a click.
SEEN_EVERY = timedelta(minutes=1)
#: The cookie's value changes when it is used after so long.
RENEW_EVERY = timedelta(minutes=15)
#: The value before is taken for so long after the browser first sent the new one: requests in flight still carry it.
GRACE = timedelta(minutes=1)


@dataclass(frozen=True)
class SignIn:
    """`token`: the cookie's new value, or None when refused. `wait_seconds`: how long to wait before another try.

    `waits`: "code" or "enrol" when the second step is still to come; the token opens nothing else until then.
    """

    token: str | None
    wait_seconds: int = 0
    waits: str = ""


def sign_in(
    engine: sa.Engine,
    username: str,
    password: str,
    now: datetime,
    old_token: str | None = None,
    *,
    required: second_step.Required = "roles",
    address: str = "",
) -> SignIn:
    """Check a name and a password. `now` is the real time (`SystemClock`), not a demo's.

    The try is counted and committed before the password is looked at: many tries at once cannot
    slip past the lock. Takes the same steps for a name that does not exist. `old_token` is the
    cookie that came with the request; its session ends, so that a planted one is worth nothing.
    `required`: who must have a second step here. `address`: a mark of where the try comes from.
    """
    name = normal_username(username)
    tried = _count(engine, name, address, now)
    if tried.refused:
        log.warning("login locked", extra={"wait_seconds": tried.wait_seconds, "address": address})
        return SignIn(None, tried.wait_seconds)
    with db.reading(engine) as conn:
        row = conn.execute(sa.select(account).where(account.c.username == name, account.c.active)).one_or_none()
    if not passwords.matches(row.password_hash if row else None, password) or row is None:
        log.warning("login failed", extra={"person": row.person_id if row else "", "address": address})
        return SignIn(None, tried.wait_seconds)
    rehashed = passwords.hash_password(password) if passwords.outdated(row.password_hash) else None
    with db.transaction(engine) as conn:
        lockout.forgive(conn, name)
        if address:
            lockout.forgive_from(conn, address, now)
        if rehashed:
            conn.execute(sa.update(account).where(account.c.person_id == row.person_id).values(password_hash=rehashed))
        return enter(conn, row.person_id, now, old_token, required=required)


def _count(engine: sa.Engine, name: str, address: str, now: datetime) -> lockout.Lockout:
    with db.transaction(engine) as conn:
        crowd = lockout.attempt_from(conn, address, now) if address else None
        return crowd if crowd and crowd.refused else lockout.attempt(conn, name, now)


def enter(
    conn: sa.Connection,
    person_id: str,
    now: datetime,
    old_token: str | None,
    *,
    required: second_step.Required,
    issuer: str = "",
    second: bool = False,
) -> SignIn:
    """Somebody has shown who they are. `second`: the organisation's own login has asked for a code already."""
    if old_token:
        sign_out(conn, old_token)
    waits = None if second else second_step.waits_for(conn, person_id, required=required)
    token = open_session(conn, person_id, now, waits=waits, second=second, issuer=issuer)
    log.info("login", extra={"person": person_id, "by": issuer or "password", "waits": waits or ""})
    return SignIn(token, waits=waits or "")


def open_session(
    conn: sa.Connection,
    person_id: str,
    now: datetime,
    *,
    waits: second_step.Waits | None = None,
    second: bool = False,
    issuer: str = "",
) -> str:
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
            expires_at=now + (HALF if waits else ABSOLUTE),
            waits=waits,
            second=second,
            proven_at=now,
            issuer=issuer or None,
            renewed_at=now,
        )
    )
    return token


def _carries(token: str) -> sa.ColumnElement[bool]:
    """The session that has this cookie now, or had it just before."""
    given = reading.digest(token)
    return sa.or_(login_session.c.token_hash == given, login_session.c.previous_hash == given)


def sign_out(conn: sa.Connection, token: str) -> None:
    conn.execute(sa.delete(login_session).where(_carries(token)))


def end_sessions(conn: sa.Connection, person_id: str, but: str | None = None) -> int:
    """Log somebody out everywhere, but for the session with the cookie `but`; how many ended."""
    query = sa.delete(login_session).where(login_session.c.person_id == person_id)
    return conn.execute(query if but is None else query.where(~sa.func.coalesce(_carries(but), sa.false()))).rowcount


def renew_soon(conn: sa.Connection, person_id: str, now: datetime) -> None:
    """From the next request on somebody's cookies are new ones: what they may do has changed."""
    mine = login_session.c.person_id == person_id
    conn.execute(sa.update(login_session).where(mine).values(renewed_at=now - RENEW_EVERY))


def proved(conn: sa.Connection, token: str, now: datetime) -> None:
    """Somebody has just given their password or a code once more."""
    conn.execute(sa.update(login_session).where(_carries(token)).values(proven_at=now))


def half_of(conn: sa.Connection, token: str, now: datetime) -> Half | None:
    """A login that waits for its second step. `now`: real time."""
    query = (
        sa.select(login_session, account.c.username)
        .join(account, account.c.person_id == login_session.c.person_id)
        .where(login_session.c.token_hash == reading.digest(token), account.c.active)
    )
    row = conn.execute(query).one_or_none()
    if row is None or not row.waits or now >= row.expires_at:
        return None
    return Half(row.person_id, row.username, row.csrf, row.waits, row.issuer or "")


def actor_of_session(
    conn: sa.Connection, token: str, clock: Clock = clocks.SYSTEM_CLOCK, *, demo: bool
) -> Session | None:
    """Who a cookie belongs to and what time it is, in one statement; None when it belongs to nobody any more."""
    found = _look(conn, token, clock, demo=demo)
    return found[0] if found else None


def _look(conn: sa.Connection, token: str, clock: Clock, *, demo: bool) -> tuple[Session, Any] | None:
    row = conn.execute(reading.by_session(conn.dialect.name), {"token_hash": reading.digest(token)}).one_or_none()
    if row is None or row.waits:
        return None
    moment = clocks.moment(row, clock, demo=demo)
    if moment.real >= min(row.expires_at, row.seen_at + IDLE) or _replaced(row, token, moment.real):
        return None
    session = Session(
        reading.to_actor(row),
        row.csrf,
        moment.now,
        real_now=moment.real,
        stale=moment.real - row.seen_at >= SEEN_EVERY,
        proven_at=row.proven_at or row.created_at,
        second=row.second,
        issuer=row.issuer or "",
    )
    return session, row


def _replaced(row: Any, token: str, real: datetime) -> bool:
    """The cookie has had another value for so long that no honest request carries this one."""
    old = row.token_hash != reading.digest(token)
    return old and row.previous_until is not None and real >= row.previous_until


def authenticate(
    engine: sa.Engine, token: str | None, clock: Clock = clocks.SYSTEM_CLOCK, *, demo: bool
) -> Session | None:
    """What a page calls for each request: one read, and once a minute one write."""
    if not token:
        return None
    with db.reading(engine) as conn:
        found = _look(conn, token, clock, demo=demo)
    return _kept_up(engine, token, *found) if found else None


def _kept_up(engine: sa.Engine, token: str, session: Session, row: Any) -> Session:
    """Marks the session as seen, and gives it a new cookie when it is time. Never brings back one that ended."""
    real, given = session.real_now, reading.digest(token)
    assert real is not None  # noqa: S101 -- `_look` sets it
    own = login_session.c
    current = row.token_hash == given
    values: dict[str, Any] = {"seen_at": real}
    new = None
    if current and row.previous_hash and row.previous_until is None:
        # the browser holds the new value: the one before runs out
        values["previous_until"] = real + GRACE
    elif _due(row, real, current=current):
        new = secrets.token_urlsafe(32)
        values |= {
            "token_hash": reading.digest(new),
            "renewed_at": real,
            "previous_hash": given,
            "previous_until": None,
        }
    elif not session.stale:
        return session
    same = sa.and_(own.token_hash == row.token_hash, own.seen_at <= real)
    with db.transaction(engine) as conn:
        written = conn.execute(sa.update(login_session).where(same).values(**values)).rowcount
    return replace(session, renewed=new) if new and written else session


def _due(row: Any, real: datetime, *, current: bool) -> bool:
    """Whether the cookie gets a new value. One that comes with the old value although there is a new one, and after
    the requests of that moment are over, has never got it: its answer was lost on the way."""
    since = real - (row.renewed_at or row.created_at)
    return since >= RENEW_EVERY if current else row.previous_until is None and since >= GRACE
