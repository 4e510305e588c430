"""Checks of the histories that were made, and what came out: every night of all cases, and when an auditor asks for one
of those that their organisation looks after (XX-3)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from app import db
from app.cases.audit.sight import note_room, require_auditor
from app.cases.checkpoints.tables import history_check
from app.cases.checkpoints.verifying import LogState, Verified, verify_history
from app.cases.keeping.nights import alone, finish, finished, night_of
from app.cases.waymark import Waymark
from app.clock import SystemClock
from app.history import Fault
from app.identity import Actor, clock

log = logging.getLogger("waymark.checkpoints")
NAME = "verify"
#: who checks at night
SYSTEM = "system"


def check_history(waymark: Waymark, actor: Actor, now: datetime) -> None:
    """Check what the auditor's organisation looks after, and keep what came out. `NotFound` for others."""
    with db.reading(waymark.engine) as connection:
        orgs = require_auditor(connection, actor)
    note_room(waymark, actor, "verify", now)
    keep(waymark, actor.person_id, orgs, verify_history(waymark, orgs=orgs), now)


def check_nightly(waymark: Waymark, now: datetime | None = None) -> Verified | None:
    """The night's check of everything, unless it was done already; None then. `now` None: the database's clock."""
    if now is None:
        with db.reading(waymark.engine) as connection:
            now = clock.read(connection, SystemClock(), demo=waymark.settings.demo).now
    night = night_of(now)
    if finished(waymark, NAME, night):
        return None
    with alone(waymark, NAME) as free:
        if not free or finished(waymark, NAME, night):
            return None
        found = verify_history(waymark)
        keep(waymark, SYSTEM, (), found, now)
        finish(waymark, NAME, night, now)
        return found


def keep(waymark: Waymark, actor_id: str, orgs: Sequence[str], found: Verified, now: datetime) -> None:
    """Write down what a check has found. Each fault is a line of the log, too: ids and numbers."""
    faults = _faults(found)
    counts = {"cases": found.cases, "entries": found.entries, "looks": found.looks}
    told = {**counts, "faults": faults, "log": _log(found.log)}
    for one in faults:
        log.error("history altered", extra={name: one[name] for name in ("of", "case", "entry", "checkpoint")})
    row = {"id": str(uuid4()), "at": now, "actor_id": actor_id, "orgs": list(orgs), "told": told}
    with db.transaction(waymark.engine) as connection:
        connection.execute(history_check.insert(), row)


def _faults(found: Verified) -> list[dict[str, Any]]:
    log_faults = found.log.faults if found.log is not None else ()
    return [
        *(_fault("case", one) for one in found.faults),
        *(_fault("looks", one) for one in found.look_faults),
        *(
            {
                "of": "log",
                "case": one.leaf.case_id if one.leaf else "",
                "entry": one.leaf.seq if one.leaf else 0,
                "checkpoint": one.number,
                "what": one.what,
            }
            for one in log_faults
        ),
    ]


def _fault(of: str, one: Fault) -> dict[str, Any]:
    return {"of": of, "case": one.case_id, "entry": one.seq, "checkpoint": 0, "what": one.what}


def _log(state: LogState | None) -> Mapping[str, Any] | None:
    if state is None:
        return None
    newest = state.newest.isoformat() if state.newest is not None else None
    return {"checkpoints": state.checkpoints, "size": state.size, "newest": newest, "uncovered": state.uncovered}


def history_faults(connection: sa.Connection) -> int | None:
    """Faults that the last check of everything found; None when there was none."""
    row = last_check(connection, lambda one: not one.orgs)
    return len(row.told["faults"]) if row is not None else None


def last_check(connection: sa.Connection, where: Callable[[sa.Row[Any]], bool]) -> sa.Row[Any] | None:
    """The newest of the last hundred for which `where` holds."""
    rows = connection.execute(sa.select(history_check).order_by(history_check.c.at.desc()).limit(100))
    return next((row for row in rows if where(row)), None)
