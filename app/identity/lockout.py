"""Slowing down who guesses passwords: after five wrong tries for a name, each further one waits longer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.identity.reading import digest
from app.identity.tables import sign_in_attempt as attempts

FREE_TRIES = 5
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=15)
#: Without a try for so long, a name starts afresh; older rows are cleared away.
FORGOTTEN_AFTER = timedelta(days=1)


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


def _ensure(conn: sa.Connection, key: str, now: datetime) -> None:
    values = {"name_hash": key, "failures": 0, "tried_at": now, "locked_until": None}
    insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    conn.execute(insert(attempts).values(values).on_conflict_do_nothing())


def _seconds(span: timedelta) -> int:
    return -(-int(span.total_seconds() * 1000) // 1000)
