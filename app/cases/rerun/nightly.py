"""Every night the cases that have gone on since, and after an upgrade all, are run again: a few at each tick of the
worker, so that timers and messages do not wait for it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app import db
from app.cases import incidents
from app.cases.entries import release
from app.cases.keeping.nights import alone, finish, finished, night_of
from app.cases.rerun.keeping import keep
from app.cases.rerun.running import rerun
from app.cases.rerun.tables import rerun as table
from app.cases.rerun.views import Rerun, Unable
from app.cases.tables import case
from app.cases.waymark import Waymark
from app.clock import SystemClock
from app.identity import clock

log = logging.getLogger("waymark.rerun")
NAME = "rerun"
#: cases at one tick
AT_ONCE = 20


@dataclass(frozen=True)
class Night:
    """How many cases were run again at this tick, and how many of them did not come out as they were recorded."""

    rerun: int = 0
    faults: int = 0


def rerun_changed(
    waymark: Waymark,
    now: datetime | None = None,
    stopping: Callable[[], bool] = lambda: False,
    limit: int = AT_ONCE,
) -> Night:
    """The next `limit` cases of this night. `now` None: the database's clock, moved by the demo's offset.

    One worker at a time. What is done is kept case by case, so whoever comes next goes on where this one was stopped.
    """
    if now is None:
        with db.reading(waymark.engine) as connection:
            now = clock.read(connection, SystemClock(), demo=waymark.settings.demo).now
    night = night_of(now)
    if finished(waymark, NAME, night):
        return Night()
    with alone(waymark, NAME) as free:
        if not free or finished(waymark, NAME, night):
            return Night()
        found = _some(waymark, now, stopping, limit)
        if found.rerun < limit and not stopping():
            finish(waymark, NAME, night, now)
        return found


def _some(waymark: Waymark, now: datetime, stopping: Callable[[], bool], limit: int) -> Night:
    with db.reading(waymark.engine) as connection:
        todo = connection.execute(_CHANGED, {"release": release(), "most": limit}).all()
    done = faults = 0
    for row in todo:
        if stopping():
            break
        result = run_one(waymark, row.id)
        keep(waymark, result, row.history_seq, now)
        done, faults = done + 1, faults + (result.outcome != "met")
    return Night(done, faults)


#: those whose history is longer than when they were run, or that another release ran, or nobody yet
_CHANGED = (
    sa.select(case.c.id, case.c.history_seq)
    .select_from(case.outerjoin(table, table.c.case_id == case.c.id))
    .where(
        sa.or_(
            table.c.case_id.is_(None),
            table.c.history_seq != case.c.history_seq,
            table.c.release != sa.bindparam("release"),
        )
    )
    .order_by(case.c.id)
    .limit(sa.bindparam("most"))
)


def run_one(waymark: Waymark, case_id: str) -> Rerun:
    """One case, whatever state it is in: one that makes this code fail holds up no other."""
    try:
        with db.reading(waymark.engine) as connection:
            return rerun(connection, case_id)
    except Exception as error:
        if incidents.cut_off(error):
            raise
        log.exception("running again failed", extra={"case": case_id})
        return Rerun(case_id, 0, 0, unable=Unable(1, f"running it failed ({type(error).__name__})"))
