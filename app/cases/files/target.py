"""Where an upload belongs until it is sent: an open task, or a process that somebody is about to start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app import definitions, records
from app.cases import access
from app.cases.locking import form_of
from app.cases.newcase import outline_of
from app.cases.starters import place_for
from app.cases.tables import case, task
from app.cases.working import require_open, require_worker
from app.errors import NotFound
from app.forms import Form
from app.identity import Actor


@dataclass(frozen=True, slots=True)
class Target:
    """One of the two. `previous_case`, `employer`: as for `starting.start`."""

    task_id: str | None = None
    process_key: str | None = None
    previous_case: str | None = None
    employer: str | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """A target that the actor may see. `task`: its row, if it is one."""

    target: Target
    form: Form
    case_id: str | None
    task: sa.Row[Any] | None

    def require_worker(self, actor: Actor) -> None:
        """Raises `AlreadyDone`, `TaskClosed`, `ClaimedByAnother` when the actor cannot work here now."""
        if self.task is not None:
            require_open(self.task)
            require_worker(actor, self.task)


def desk(connection: sa.Connection, actor: Actor, target: Target) -> Desk:
    """Raises `NotFound`, `NotAllowed`: what is not theirs to see does not exist."""
    if target.task_id is not None:
        return _of_task(connection, actor, target)
    deployed = definitions.current(connection, target.process_key or "")
    if deployed is None:
        raise NotFound
    place_for(connection, actor, outline_of(deployed), target.previous_case, target.employer)
    return Desk(target, deployed.start_form, None, None)


def _of_task(connection: sa.Connection, actor: Actor, target: Target) -> Desk:
    row = connection.execute(_TASK, {"wanted": target.task_id}).first()
    if row is None or row.form_id is None or not access.may_see_task(actor, row):
        raise NotFound
    form = form_of(definitions.get(connection, row.definition_sha), row.form_id)
    return Desk(target, form, row.case_id, row)


_TASK = (
    sa.select(task, case.c.definition_sha)
    .join(case, case.c.id == task.c.case_id)
    .where(task.c.id == sa.bindparam("wanted"))
)


def pending(actor: Actor, target: Target) -> sa.Select[Any]:
    """Files of a target that have not been sent. What was uploaded for a task stays with it, whoever does it."""
    table = records.attachment
    query = sa.select(table).where(table.c.submission_id.is_(None))
    if target.task_id is not None:
        return query.where(table.c.task_id == target.task_id)
    return query.where(table.c.process_key == target.process_key, table.c.uploaded_by == actor.person_id)
