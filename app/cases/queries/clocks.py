"""Running deadlines in words (XX-2)."""

from __future__ import annotations

import sqlalchemy as sa

from app.cases.queries.sight import Sight
from app.cases.tables import timer
from app.cases.views import ClockLine


def clocks(connection: sa.Connection, sight: Sight, task_id: str | None = None) -> list[ClockLine]:
    """Timers of a case, or those that sit on one task; earliest first."""
    wanted = sa.select(timer).where(timer.c.case_id == sight.row.id).order_by(timer.c.due_at, timer.c.id)
    if task_id is not None:
        wanted = wanted.where(timer.c.task_id == task_id)
    return [
        ClockLine(row.name, row.due_at, row.how, row.kind or "timer", row.interrupting)
        for row in connection.execute(wanted)
        if row.element_id not in sight.course.ids
    ]
