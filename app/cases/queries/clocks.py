"""Deadlines in words (XX-2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.cases.queries.sight import Sight
from app.cases.tables import timer
from app.cases.views import ClockLine


def clocks(connection: sa.Connection, sight: Sight, task_id: str | None = None) -> list[ClockLine]:
    """Timers of a case, or those that sit on one task; earliest first, those that stand still last."""
    wanted = sa.select(timer).where(timer.c.case_id == sight.row.id).order_by(timer.c.due_at, timer.c.id)
    if task_id is not None:
        wanted = wanted.where(timer.c.task_id == task_id)
    rows = [row for row in connection.execute(wanted) if row.element_id not in sight.course.ids]
    return [
        ClockLine(row.name, row.due_at, row.how, row.kind or "timer", row.interrupting, *paused(sight, row))
        for row in sorted(rows, key=lambda row: row.paused is not None)
    ]


def paused(sight: Sight, row: sa.Row[Any]) -> tuple[datetime | None, str]:
    """Since when the clock of a timer or task stands still, and for what the case waits, if the reader may know."""
    said = row.paused
    if not said:
        return None, ""
    words = said["for"] if sight.course.shows(said["process"], said["element"]) else ""
    return datetime.fromisoformat(said["since"]), words
