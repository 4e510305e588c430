"""What the clock does: fire due timers and try failed steps again, one case a transaction."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app import db, engine
from app.cases import backoff, incidents
from app.cases.locking import Locked, lock, lock_next_due, lock_row, with_definition
from app.cases.messages import failing
from app.cases.step import Told, actor_id, write_onwards
from app.cases.tables import case, incident
from app.cases.waymark import Waymark
from app.clock import SystemClock
from app.engine import Command, FireDue, Retry, Step
from app.errors import NotFound
from app.identity import CLOCK_ACTOR, Actor, clock, scope

log = logging.getLogger("waymark.firing")


def fire_due(waymark: Waymark, now: datetime | None = None, limit: int = 50) -> int:
    """Fire what is due, case by case, until nothing is or `limit` cases were served. Returns how many were.

    `now` None: the database's clock, moved by the demo's offset. Any number of workers may call this at once:
    a case is locked, fired and committed in one transaction, and a case that another holds is passed over.
    """
    if now is None:
        with db.reading(waymark.engine) as connection:
            now = clock.read(connection, SystemClock(), demo=waymark.settings.demo).now
    fired = 0
    while fired < limit and _fire_one(waymark, now):
        fired += 1
    return fired


def _fire_one(waymark: Waymark, now: datetime) -> bool:
    row = None
    try:
        with db.transaction(waymark.engine) as connection:
            row = lock_next_due(connection, now)
            if row is None:
                return False
            fire(connection, with_definition(connection, row), now)
    except Exception as error:
        if row is None or incidents.cut_off(error):
            raise
        _failed(waymark, row, error, now)
    return True


def fire(connection: sa.Connection, held: Locked, now: datetime) -> None:
    """Try failed steps that are to be tried again, then fire every due timer, in the caller's transaction."""
    for row in _retries(connection, held.id, now):
        held = attempt(connection, held, row, CLOCK_ACTOR, now)
    if any(datetime.fromisoformat(due) <= now for due in held.row.open["timers"].values()):
        _run(connection, held, FireDue(), Told("fire_due", {}, parties=held.parties), CLOCK_ACTOR, now)
        return
    _reschedule(connection, held, now)
    if held.row.failures:
        incidents.resolve(connection, held.id, actor_id(CLOCK_ACTOR), now)


def attempt(connection: sa.Connection, held: Locked, row: sa.Row[Any], actor: Actor, now: datetime) -> Locked:
    """Run a failed element again. When it fails again, count it, and park it after the last try."""
    said = {"process": row.process, "element": row.element_id, "name": row.element_name, "token": row.token_id}
    told = Told("retry", said, parties=held.parties)
    step = _run(connection, held, Retry(row.token_id), told, actor, now)
    failed = next((one for one in step.incidents if one.task_id == row.token_id), None)
    if failed is not None:
        attempts = row.attempts + 1
        again = backoff.next_try(attempts, now) if failed.again else None
        connection.execute(
            incident.update()
            .where(incident.c.id == row.id)
            .values(attempts=attempts, next_try_at=again, state="retrying" if again else "parked")
        )
    held = lock(connection, held.id)
    _reschedule(connection, held, now)
    return lock(connection, held.id)


def _run(connection: sa.Connection, held: Locked, command: Command, told: Told, actor: Actor, now: datetime) -> Step:
    step = engine.advance(held.definition, held.row.state, command, now)
    batch = db.Batch()
    write_onwards(batch, connection, held, step, told, actor, now)
    batch.run(connection)
    return step


def _retries(connection: sa.Connection, case_id: str, now: datetime) -> list[sa.Row[Any]]:
    wanted = sa.select(incident).where(
        incident.c.case_id == case_id,
        incident.c.state == "retrying",
        incident.c.token_id.isnot(None),
        incident.c.next_try_at <= now,
    )
    return list(connection.execute(wanted.order_by(incident.c.opened_at)))


def _reschedule(connection: sa.Connection, held: Locked, now: datetime) -> None:
    """Work out anew when the worker must look at the case: timers, and failed steps to be tried again."""
    waiting = sa.select(sa.func.min(incident.c.next_try_at)).where(
        incident.c.case_id == held.id, incident.c.state == "retrying", incident.c.token_id.isnot(None)
    )
    retry = connection.execute(waiting).scalar()
    dues = [datetime.fromisoformat(due) for due in held.row.open["timers"].values()] + ([retry] if retry else [])
    connection.execute(
        case.update()
        .where(case.c.id == held.id)
        .values(next_due_at=min(dues, default=None), failures=0, parked_at=None, changed_at=now)
    )


def _failed(waymark: Waymark, seen: sa.Row[Any], error: Exception, now: datetime) -> None:
    """Firing failed as a whole: nothing of it was kept. `seen`: the case as it was; if it has moved on since, then
    what failed is no longer there to be tried."""
    log.warning("firing failed", extra={"case": seen.id, "error": type(error).__name__})
    with db.transaction(waymark.engine) as connection:
        row = lock_row(connection, seen.id)
        if (row.version, row.failures) == (seen.version, seen.failures):
            incidents.note_failure(connection, row, error, now)


def retry(waymark: Waymark, actor: Actor, incident_id: str, now: datetime) -> None:
    """An administrator has a failed step tried once more: an element's now, what is due in a case at the next tick.
    If it fails again, it is parked again. Raises `NotFound`."""
    with db.transaction(waymark.engine) as connection:
        wanted = sa.select(incident).where(incident.c.id == incident_id)
        row = connection.execute(wanted).first()
        if row is None:
            raise NotFound
        seen = lock_row(connection, row.case_id)
        if seen.employer_id not in scope.looked_after(connection, actor, "administrator"):
            raise NotFound
        row = connection.execute(wanted).one()
        if row.state == "resolved":
            return
        if row.message_id is not None:
            failing.again(connection, row, actor, now)
            return
        if row.token_id is not None:
            attempt(connection, with_definition(connection, seen), row, actor, now)
            return
        connection.execute(case.update().where(case.c.id == seen.id).values(parked_at=None, next_due_at=now))
        connection.execute(
            incident.update().where(incident.c.id == incident_id).values(state="retrying", next_try_at=now)
        )
