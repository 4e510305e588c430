"""Bearer tokens for the API (RFC 6750): `wm_` and 256 random bits, kept only as a hash."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.clock import Clock
from app.errors import BadRequest
from app.identity import clock as clocks
from app.identity import reading
from app.identity.actor import SCOPES, Session
from app.identity.tables import api_token

#: So that a token that leaked into a repository or a log can be found by its look.
PREFIX = "wm_"
DEFAULT_DAYS = 90


def create_token(
    conn: sa.Connection,
    person_id: str,
    label: str,
    now: datetime,
    scopes: frozenset[str] = SCOPES,
    days: int = DEFAULT_DAYS,
) -> str:
    """A new token; it is shown this once. `now`: real time. Raises `BadRequest` for an unknown scope or no days."""
    if not scopes or not scopes <= SCOPES or not 1 <= days <= 366:
        raise BadRequest("A token needs the scope read, write or both, and between 1 and 366 days to live.")
    token = PREFIX + secrets.token_urlsafe(32)
    conn.execute(
        sa.insert(api_token).values(
            token_hash=reading.digest(token),
            person_id=person_id,
            label=label,
            scopes=sorted(scopes),
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
    )
    return token


def revoke_tokens(conn: sa.Connection, person_id: str, label: str | None = None) -> int:
    """End a person's tokens, or those with `label`; how many there were."""
    query = sa.delete(api_token).where(api_token.c.person_id == person_id)
    if label is not None:
        query = query.where(api_token.c.label == label)
    return conn.execute(query).rowcount


def actor_of_token(
    conn: sa.Connection, bearer: str, clock: Clock = clocks.SYSTEM_CLOCK, *, demo: bool
) -> Session | None:
    """Whose token it is and what time it is, in one statement; None when it is nobody's or has run out."""
    if not bearer.startswith(PREFIX):
        return None
    row = conn.execute(reading.by_token(conn.dialect.name), {"token_hash": reading.digest(bearer)}).one_or_none()
    if row is None:
        return None
    moment = clocks.moment(row, clock, demo=demo)
    if moment.real >= row.expires_at:
        return None
    return Session(reading.to_actor(row), "", moment.now, frozenset(row.scopes), moment.real)
