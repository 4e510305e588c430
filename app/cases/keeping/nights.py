"""What is done once a night, by whichever worker comes first: which night was finished, and that one is at it alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app import db
from app.cases.keeping.tables import nightly
from app.cases.waymark import Waymark

#: the night begins at two in the morning, by the clocks of this place
PLACE, HOUR = ZoneInfo("Europe/London"), 2


def night_of(now: datetime) -> str:
    """The ISO date of the night whose work is to be done."""
    return (now.astimezone(PLACE) - timedelta(hours=HOUR)).date().isoformat()


def finished(waymark: Waymark, name: str, night: str) -> bool:
    with db.reading(waymark.engine) as connection:
        last = connection.execute(sa.select(nightly.c.night).where(nightly.c.name == name)).scalar()
    return last is not None and last >= night


def finish(waymark: Waymark, name: str, night: str, now: datetime) -> None:
    with db.transaction(waymark.engine) as connection:
        done = sa.update(nightly).where(nightly.c.name == name).values(night=night, finished_at=now)
        if not connection.execute(done).rowcount:
            connection.execute(nightly.insert(), {"name": name, "night": night, "finished_at": now})


@contextmanager
def alone(waymark: Waymark, name: str) -> Iterator[bool]:
    """Is nobody else at it? A lock that ends with its connection: who is killed holds up nobody. On SQLite all workers
    are on one machine, and the work must be such that doing it twice does nothing."""
    if waymark.engine.dialect.name != "postgresql":
        yield True
        return
    with waymark.engine.connect() as connection:
        free = sa.select(sa.func.pg_try_advisory_xact_lock(sa.func.hashtext(f"waymark {name}")))
        yield bool(connection.execute(free).scalar())
        connection.rollback()
