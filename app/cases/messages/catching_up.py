"""Cases that waited before waits were written down: what they wait for is read from their states, once."""

from __future__ import annotations

import logging
from datetime import datetime

import sqlalchemy as sa

from app import db, engine
from app.cases.difference import difference, heard
from app.cases.locking import lock_if_free, with_definition
from app.cases.messages.writing import write_subscriptions
from app.cases.subject import subject_of
from app.cases.tables import case
from app.cases.waymark import Waymark
from app.engine import FireDue

log = logging.getLogger("waymark.messages")


def catch_up(waymark: Waymark) -> int:
    """Write down the waits of running cases that have had no step since waits are written. Returns how many cases."""
    unwritten = sa.type_coerce(case.c.open, sa.Text).not_like('%"subscriptions"%')
    wanted = sa.select(case.c.id).where(case.c.status == "running", case.c.messages != [], unwritten)
    with db.reading(waymark.engine) as connection:
        ids = list(connection.execute(wanted).scalars())
    return sum(_written(waymark, case_id) for case_id in ids)


def _written(waymark: Waymark, case_id: str) -> bool:
    """False for a case that somebody holds, whose step writes them, and for one that cannot be read."""
    try:
        with db.transaction(waymark.engine) as connection:
            row = lock_if_free(connection, case_id)
            if row is None or "subscriptions" in row.open:
                return False
            _write(connection, row)
    except Exception as error:
        log.warning("waits unknown", extra={"case": case_id, "error": type(error).__name__})
        return False
    return True


def _write(connection: sa.Connection, row: sa.Row[tuple[object, ...]]) -> None:
    held = with_definition(connection, row)
    opened: datetime = held.row.opened_at
    # nothing was due when the case began, so this changes nothing and shows what is open
    step = engine.advance(held.definition, held.row.state, FireDue(), opened)
    batch = db.Batch()
    write_subscriptions(batch, subject_of(held.row), difference(held.row.open, step), held.row.changed_at)
    known = {**held.row.open, "subscriptions": [one.id for one in heard(step)]}
    batch.update(case, ["id"], [{"id": held.id, "open": known}], strict=True)
    batch.run(connection)
