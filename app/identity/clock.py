"""The time by which cases run: the database's clock, in a demo moved on by hand.

PostgreSQL: `clock_timestamp()`, so that all servers and workers share one clock. SQLite has one
machine, so its clock (`app.clock`) serves. A demo adds `demo_clock.offset_seconds`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.clock import Clock, SystemClock
from app.errors import BadRequest, NotAllowed
from app.identity.tables import demo_clock

SYSTEM_CLOCK = SystemClock()

_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
#: The furthest that a demo's clock moves in all; more is a slip of the finger.
_FURTHEST = timedelta(days=3660)

OFFSET = (
    sa.select(demo_clock.c.offset_seconds).where(demo_clock.c.id == 1).scalar_subquery().label("clock_offset_seconds")
)


@dataclass(frozen=True)
class Moment:
    """`now`: the time by which cases run. `real`: the clock unmoved, by which logins run out."""

    now: datetime
    real: datetime


def columns(dialect: str) -> tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]:
    """Two columns for any statement: the database's clock (NULL on SQLite) and the demo's offset (or NULL)."""
    if dialect == "postgresql":
        return sa.func.clock_timestamp().label("clock_real"), OFFSET
    return sa.null().label("clock_real"), OFFSET


def moment(row: Any, clock: Clock = SYSTEM_CLOCK, *, demo: bool) -> Moment:
    """Reads what `columns` selected."""
    real = row.clock_real.astimezone(UTC) if row.clock_real is not None else clock.now()
    offset = timedelta(seconds=(row.clock_offset_seconds or 0) if demo else 0)
    return Moment(real + offset, real)


def read(conn: sa.Connection, clock: Clock = SYSTEM_CLOCK, *, demo: bool) -> Moment:
    """The time, in one statement."""
    row = conn.execute(sa.select(*columns(conn.dialect.name))).one()
    return moment(row, clock, demo=demo)


def parse_step(text: str) -> timedelta:
    """`"3d"`, `"2w"`, `"12h"` as a duration. Raises `BadRequest`."""
    match = re.fullmatch(r"([0-9]{1,4})([hdw])", text.strip().lower(), re.ASCII)
    if not match or int(match[1]) == 0:
        raise BadRequest(
            f"Write how far to move the clock as a number and h, d or w, like 3d or 2w, not {text[:20]!r}."
        )
    return int(match[1]) * _UNITS[match[2]]


def offset(conn: sa.Connection) -> timedelta:
    """How far the demo's clock has been moved on."""
    return timedelta(seconds=conn.execute(sa.select(OFFSET)).scalar() or 0)


def advance(conn: sa.Connection, by: timedelta, *, demo: bool) -> timedelta:
    """Move the demo's clock on; the new offset. Raises `NotAllowed` outside a demo, `BadRequest` for a step back."""
    if not demo:
        raise NotAllowed("The clock can only be moved in a demo.")
    if by <= timedelta(0):
        raise BadRequest("The clock only moves forwards.")
    if offset(conn) + by > _FURTHEST:
        raise BadRequest("The clock cannot be moved on by more than ten years.")
    seconds = int(by.total_seconds())
    moved = conn.execute(
        sa.update(demo_clock)
        .where(demo_clock.c.id == 1)
        .values(offset_seconds=demo_clock.c.offset_seconds + seconds)
        .returning(demo_clock.c.offset_seconds)
    ).scalar()
    if moved is None:
        conn.execute(sa.insert(demo_clock).values(id=1, offset_seconds=seconds))
        moved = seconds
    return timedelta(seconds=moved)
