"""How the machine is doing, in counts for monitoring: no case, no person, no organisation can be told from them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app import db
from app.cases.checkpoints.checks import history_faults
from app.cases.checkpoints.memory import checkpoint_age
from app.cases.rerun.keeping import counts
from app.cases.tables import case, incident, message, task
from app.cases.views import Figures
from app.cases.waymark import Waymark
from app.identity import clock as clocks
from app.outbox.tables import outbox


def figures(waymark: Waymark) -> Figures:
    """Counted when asked for, from the database: the same whichever process answers."""
    with db.reading(waymark.engine) as connection:
        now = clocks.read(connection, demo=waymark.settings.demo).now
        by_process = sa.select(case.c.process_key, case.c.status, sa.func.count()).group_by(
            case.c.process_key, case.c.status
        )
        late = sa.select(sa.func.min(case.c.next_due_at), sa.func.count()).where(
            case.c.next_due_at <= now, case.c.parked_at.is_(None)
        )
        oldest, due = connection.execute(late).one()
        return Figures(
            cases={(key, status): count for key, status, count in connection.execute(by_process)},
            open_tasks=_count(connection, task, task.c.state == "open"),
            overdue_tasks=_count(connection, task, task.c.state == "open", task.c.due_at < now),
            due_cases=due,
            lateness=_seconds(oldest, now),
            mail_waiting=_count(connection, outbox, outbox.c.next_at.isnot(None)),
            mail_failed=_count(connection, outbox, outbox.c.failed_at.isnot(None)),
            messages_waiting=_count(connection, message, message.c.state == "waiting"),
            incidents=_incidents(connection),
            reruns=counts(connection),
            checkpoint_age=checkpoint_age(connection, now),
            history_faults=history_faults(connection),
        )


def _count(connection: sa.Connection, table: sa.Table, *wanted: sa.ColumnElement[Any]) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(table).where(*wanted)).scalar_one())


def _seconds(oldest: datetime | None, now: datetime) -> float:
    return (now - oldest).total_seconds() if oldest else 0.0


def _incidents(connection: sa.Connection) -> dict[str, int]:
    found = dict.fromkeys(("retrying", "parked"), 0)
    query = sa.select(incident.c.state, sa.func.count()).where(incident.c.state.in_(list(found)))
    rows = connection.execute(query.group_by(incident.c.state)).all()
    return found | {row[0]: row[1] for row in rows}
