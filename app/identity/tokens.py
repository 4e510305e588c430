"""Bearer tokens for the API (RFC 6750): `wm_` and 256 random bits, kept only as a hash."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.clock import Clock
from app.errors import BadRequest
from app.identity import clock as clocks
from app.identity import events, reading
from app.identity.actor import SCOPES, Session
from app.identity.tables import api_token

#: So that a token that leaked into a repository or a log can be found by its look.
PREFIX = "wm_"
DEFAULT_DAYS = 90
MOST_DAYS = 366
#: that one person may have at a time: more is a mistake, and nobody keeps an eye on them
MOST = 20
#: `used_at` is written at most this often
USED_EVERY = timedelta(hours=1)


@dataclass(frozen=True)
class Token:
    """A token as its owner sees it. `id`: made of the digest, opens nothing. `scopes`: sorted."""

    id: str
    label: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


def create_token(
    conn: sa.Connection,
    person_id: str,
    label: str,
    now: datetime,
    scopes: frozenset[str] = SCOPES,
    days: int = DEFAULT_DAYS,
) -> str:
    """A new token; it is shown this once. `now`: real time.

    Raises `BadRequest` for an unknown scope, no days, or when the person has too many already.
    """
    if not scopes or not scopes <= SCOPES or not 1 <= days <= MOST_DAYS:
        raise BadRequest(f"A token needs the scope read, write or both, and between 1 and {MOST_DAYS} days to live.")
    conn.execute(sa.delete(api_token).where(api_token.c.person_id == person_id, api_token.c.expires_at <= now))
    if len(of_person(conn, person_id, now)) >= MOST:
        raise BadRequest(f"You have {MOST} tokens, and that is the most. Revoke one that you do not need.")
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
    detail = {"token": _id(reading.digest(token)), "scopes": sorted(scopes), "days": days}
    events.record(conn, "token-created", person_id, now, actor_id=person_id, detail=detail)
    return token


def _id(token_hash: str) -> str:
    """Names a token in pages and logs; the digest cannot be made from it."""
    return reading.digest(f"token {token_hash}")[:16]


def of_person(conn: sa.Connection, person_id: str, now: datetime) -> list[Token]:
    """A person's tokens that work, the newest first. `now`: real time."""
    mine = sa.select(api_token).where(api_token.c.person_id == person_id, api_token.c.expires_at > now)
    return [
        Token(_id(row.token_hash), row.label, tuple(row.scopes), row.created_at, row.expires_at, row.used_at)
        for row in conn.execute(mine.order_by(api_token.c.created_at.desc(), api_token.c.token_hash))
    ]


def revoke_token(conn: sa.Connection, person_id: str, token_id: str, now: datetime) -> bool:
    """End one of a person's own tokens; False when there is none with this id."""
    mine = conn.execute(sa.select(api_token.c.token_hash).where(api_token.c.person_id == person_id)).scalars()
    found = next((one for one in mine if _id(one) == token_id), None)
    if found is None:
        return False
    conn.execute(sa.delete(api_token).where(api_token.c.token_hash == found))
    events.record(conn, "token-revoked", person_id, now, actor_id=person_id, detail={"token": token_id})
    return True


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
    stale = row.used_at is None or moment.real - row.used_at >= USED_EVERY
    return Session(reading.to_actor(row), "", moment.now, frozenset(row.scopes), moment.real, stale)


def mark_used(conn: sa.Connection, bearer: str, now: datetime) -> None:
    """Keep when a token was last used, to the hour: who looks through their tokens sees which nobody needs."""
    conn.execute(sa.update(api_token).where(api_token.c.token_hash == reading.digest(bearer)).values(used_at=now))
