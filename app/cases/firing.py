"""What the clock does: fire due timers and try failed steps again, one case a transaction."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from app import db, engine
from app.cases import backoff
from app.cases.locking import Locked, lock, lock_next_due
from app.cases.step import Told, write_onwards
from app.cases.tables import case, incident
from app.cases.waymark import Waymark
from app.clock import SystemClock
from app.engine import Command, FireDue, Retry, Step
from app.errors import EngineFailure, NotFound
from app.identity import CLOCK_ACTOR, Actor, clock

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
    case_id = None
    try:
        with db.transaction(waymark.engine) as connection:
            held = lock_next_due(connection, now)
            if held is None:
                return False
            case_id = held.id
            fire(connection, held, now)
    except Exception as error:
        if case_id is None or isinstance(error, sa.exc.DBAPIError):
            raise
        _failed(waymark, case_id, error, now)
    return True


def fire(connection: sa.Connection, held: Locked, now: datetime) -> None:
    """Try failed steps that are to be tried again, then fire every due timer, in the caller's transaction."""
    for row in _retries(connection, held.id, now):
        held = attempt(connection, held, row, CLOCK_ACTOR, now)
    if any(datetime.fromisoformat(due) <= now for due in held.row.open["timers"].values()):
        _run(connection, held, FireDue(), Told("fire_due", {}, parties=held.parties), CLOCK_ACTOR, now)
    else:
        _reschedule(connection, held, now)
    if held.row.failures:
        connection.execute(_whole_case(held.id).values(state="resolved", resolved_at=now, next_try_at=None))


def attempt(connection: sa.Connection, held: Locked, row: sa.Row[Any], actor: Actor, now: datetime) -> Locked:
    """Run a failed element again. When it fails again, count it, and park it after the last try."""
    told = Told("retry", {"element": row.element_id, "name": row.element_name}, parties=held.parties)
    step = _run(connection, held, Retry(row.token_id), told, actor, now)
    if any(failed.task_id == row.token_id for failed in step.incidents):
        attempts = row.attempts + 1
        again = backoff.next_try(attempts, now)
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
    write_onwards(db.Batch(), connection, held, step, told, actor, now)
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
        incident.c.case_id == held.id, incident.c.state == "retrying"
    )
    retry = connection.execute(waiting).scalar()
    dues = [datetime.fromisoformat(due) for due in held.row.open["timers"].values()] + ([retry] if retry else [])
    connection.execute(
        case.update().where(case.c.id == held.id).values(next_due_at=min(dues, default=None), changed_at=now)
    )


def _failed(waymark: Waymark, case_id: str, error: Exception, now: datetime) -> None:
    """Firing failed as a whole: nothing of it was kept. Try later, and park the case after the last try."""
    log.warning("firing failed", extra={"case": case_id, "error": type(error).__name__})
    with db.transaction(waymark.engine) as connection:
        held = lock(connection, case_id)
        failures = held.row.failures + 1
        again = backoff.next_try(failures, now)
        connection.execute(
            case.update()
            .where(case.c.id == case_id)
            .values(failures=failures, next_due_at=again or held.row.next_due_at, parked_at=None if again else now)
        )
        _note_failure(connection, held, failures, again, error, now)


def _note_failure(
    connection: sa.Connection, held: Locked, failures: int, again: datetime | None, error: Exception, now: datetime
) -> None:
    values = {
        "attempts": failures,
        "next_try_at": again,
        "state": "retrying" if again else "parked",
        "detail": _in_words(error),
    }
    if connection.execute(_whole_case(held.id).values(values)).rowcount:
        return
    connection.execute(
        incident.insert(),
        {
            "id": str(uuid4()),
            "case_id": held.id,
            "token_id": None,
            "process": held.row.process_key,
            "element_id": "",
            "element_name": "What is due in this case",
            "opened_at": now,
            **values,
        },
    )


def _whole_case(case_id: str) -> sa.Update:
    """The open incident of a case that could not be fired at all."""
    return incident.update().where(
        incident.c.case_id == case_id, incident.c.token_id.is_(None), incident.c.state.in_(("retrying", "parked"))
    )


def _in_words(error: Exception) -> str:
    """What an administrator reads. Only our own sentences: another library's message could hold a person's data."""
    return error.detail if isinstance(error, EngineFailure) else f"Unexpected fault: {type(error).__name__}"


def retry(waymark: Waymark, actor: Actor, incident_id: str, now: datetime) -> None:
    """An administrator has a parked step tried again now. Raises `NotFound`, `NotAllowed`."""
    with db.transaction(waymark.engine) as connection:
        row = connection.execute(sa.select(incident).where(incident.c.id == incident_id)).first()
        if row is None or not actor.has("administrator"):
            raise NotFound
        held = lock(connection, row.case_id)
        row = connection.execute(sa.select(incident).where(incident.c.id == incident_id)).one()
        if row.state == "resolved":
            return
        if row.token_id is not None:
            attempt(connection, held, row, actor, now)
            return
        connection.execute(
            case.update().where(case.c.id == held.id).values(parked_at=None, failures=0, next_due_at=now)
        )
        connection.execute(
            incident.update().where(incident.c.id == incident_id).values(state="retrying", attempts=0, next_try_at=now)
        )
