"""Slowing down who guesses: after five wrong tries for a name, or for somebody's codes, each further one waits longer.

From one address, tries for whatever names fill a bucket that drains slowly: a whole hospital behind one address has
its slips of the finger, and who tries one password on every name is slowed down all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.identity.reading import digest
from app.identity.tables import sign_in_attempt as attempts

FREE_TRIES = 5
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=15)
#: Without a try for so long, a name starts afresh; older rows are cleared away.
FORGOTTEN_AFTER = timedelta(days=1)
#: wrong tries that an address may have open at a time, and how soon one of them is forgotten
CROWD = 100
DRAIN = timedelta(seconds=20)


@dataclass(frozen=True)
class Lockout:
    """`refused`: this try is not looked at. `wait_seconds`: until the next one will be."""

    refused: bool
    wait_seconds: int


def wait_after(failures: int) -> timedelta:
    """5 s after the fifth wrong try, then twice as long each time, up to 15 minutes."""
    if failures < FREE_TRIES:
        return timedelta(0)
    doublings = min(failures - FREE_TRIES, 10)
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << doublings))


def attempt(conn: sa.Connection, name: str, now: datetime) -> Lockout:
    """Count one try for `name`, unless it is locked. The count is a failure until `forgive` takes it back."""
    conn.execute(sa.delete(attempts).where(attempts.c.tried_at < now - FORGOTTEN_AFTER))
    key = digest(name)
    _ensure(conn, key, now)
    row = conn.execute(sa.select(attempts).where(attempts.c.name_hash == key).with_for_update()).one()
    if row.locked_until is not None and row.locked_until > now:
        return Lockout(True, _seconds(row.locked_until - now))
    wait = wait_after(row.failures + 1)
    conn.execute(
        sa.update(attempts)
        .where(attempts.c.name_hash == key)
        .values(failures=row.failures + 1, tried_at=now, locked_until=now + wait if wait else None)
    )
    return Lockout(False, _seconds(wait))


def forgive(conn: sa.Connection, name: str) -> None:
    """The password was right: the tries before it are forgotten."""
    conn.execute(sa.delete(attempts).where(attempts.c.name_hash == digest(name)))


def of_codes(person_id: str) -> str:
    """The name under which tries of somebody's codes are counted; nobody can type it as a username."""
    return f"\0code\0{person_id}"


def of_passwords(person_id: str) -> str:
    """The name under which tries of the own password are counted while somebody is logged in."""
    return f"\0password\0{person_id}"


def attempt_from(conn: sa.Connection, address: str, now: datetime) -> Lockout:
    """Count one try from `address` (a mark, not the address itself), unless it has too many open."""
    row = _bucket(conn, address, now)
    drained = (now - row.tried_at) // DRAIN
    level, since = row.failures - drained, row.tried_at + drained * DRAIN
    if level >= CROWD:
        return Lockout(True, _seconds(since + DRAIN - now))
    level, since = (level, since) if level > 0 else (0, now)
    conn.execute(
        sa.update(attempts).where(attempts.c.name_hash == row.name_hash).values(failures=level + 1, tried_at=since)
    )
    return Lockout(False, 0)


def forgive_from(conn: sa.Connection, address: str, now: datetime) -> None:
    """This try was right: it is taken back, and no other."""
    row = _bucket(conn, address, now)
    conn.execute(
        sa.update(attempts).where(attempts.c.name_hash == row.name_hash).values(failures=max(row.failures - 1, 0))
    )


def _bucket(conn: sa.Connection, address: str, now: datetime) -> sa.Row[Any]:
    key = digest(f"\0address\0{address}")
    _ensure(conn, key, now)
    return conn.execute(sa.select(attempts).where(attempts.c.name_hash == key).with_for_update()).one()


def _ensure(conn: sa.Connection, key: str, now: datetime) -> None:
    values = {"name_hash": key, "failures": 0, "tried_at": now, "locked_until": None}
    insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    conn.execute(insert(attempts).values(values).on_conflict_do_nothing())


def _seconds(span: timedelta) -> int:
    return -(-int(span.total_seconds() * 1000) // 1000)
