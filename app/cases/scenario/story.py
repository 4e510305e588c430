"""The cases of one story while it is played: which there are, what rings next, what was said to whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app import db
from app.cases.firing import fire
from app.cases.locking import lock
from app.cases.messages.delivering import deliver
from app.cases.tables import case, incident, message, task
from app.cases.waymark import Waymark
from app.outbox.tables import outbox


@dataclass
class Story:
    """Cases that people started, and those that these started by messages, in the order in which they came up."""

    waymark: Waymark
    ids: list[str] = field(default_factory=list)

    def rows(self) -> list[sa.Row[Any]]:
        """The cases as they are now, oldest first. What a case of the story started belongs to it."""
        with db.reading(self.waymark.engine) as connection:
            return self.rows_in(connection)

    def rows_in(self, connection: sa.Connection) -> list[sa.Row[Any]]:
        while True:
            wanted = sa.or_(case.c.id.in_(self.ids), case.c.previous_case_id.in_(self.ids))
            rows = connection.execute(sa.select(case).where(wanted).order_by(case.c.opened_at, case.c.id)).all()
            new = [row.id for row in rows if row.id not in self.ids]
            if not new:
                return sorted(rows, key=lambda row: self.ids.index(row.id))
            self.ids += new

    def newest(self, process: str) -> str:
        """Id of the newest case of a process, "" if there is none."""
        found = [row.id for row in self.rows() if row.process_key == process]
        return str(found[-1]) if found else ""

    def pass_time(self, until: datetime) -> None:
        """Let the clock run: each timer rings when it is due, not at the end. Other cases stay as they are."""
        before = None
        while self.ids:
            due, mark = self._next(until)
            if due is None or (due, mark) == before:
                return
            before = due, mark
            self._ring(due)

    def _next(self, until: datetime) -> tuple[datetime | None, Any]:
        """The next moment at which something rings, and what tells that something has happened since."""
        rows = self.rows()
        waiting = sa.select(message.c.keep_until, message.c.next_try_at).where(
            message.c.from_case.in_(self.ids), message.c.state == "waiting"
        )
        with db.reading(self.waymark.engine) as connection:
            kept = [at for row in connection.execute(waiting) for at in row if at is not None]
        dues = [row.next_due_at for row in rows if row.next_due_at is not None and row.parked_at is None]
        due = min((at for at in dues + kept if at <= until), default=None)
        return due, (tuple(row.version for row in rows), len(kept))

    def _ring(self, due: datetime) -> None:
        for case_id in list(self.ids):
            with db.transaction(self.waymark.engine) as connection:
                held = lock(connection, case_id)
                if held.row.next_due_at is not None and held.row.next_due_at <= due:
                    fire(connection, held, due)
        self.deliver(due)

    def deliver(self, now: datetime) -> None:
        """What the cases said to each other reaches them, as the worker would have it."""
        deliver(self.waymark, now, senders=frozenset(self.ids))

    def stuck(self) -> str:
        """What could not be carried out, in words; "" when all is well."""
        query = sa.select(incident.c.element_name, incident.c.element_id, incident.c.detail).where(
            incident.c.case_id.in_(self.ids), incident.c.state != "resolved", incident.c.token_id.isnot(None)
        )
        with db.reading(self.waymark.engine) as connection:
            row = connection.execute(query).first()
        return "" if row is None else f"“{row.element_name or row.element_id}” could not be carried out: {row.detail}"

    def fingerprint(self) -> Any:
        """Everything that a refused step must leave as it was."""
        count = sa.select(sa.func.count()).select_from(outbox).where(outbox.c.case_id.in_(self.ids))
        held = sa.select(task.c.id, task.c.assignee_id, task.c.version).where(task.c.case_id.in_(self.ids))
        with db.reading(self.waymark.engine) as connection:
            rows = [(row.id, row.version, row.history_hash) for row in self.rows_in(connection)]
            return rows, connection.execute(count).scalar(), sorted(map(tuple, connection.execute(held)))
