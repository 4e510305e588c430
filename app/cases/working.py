"""Taking a task from a queue, giving it back or to a colleague, and keeping a draft."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app import db, records
from app.cases import access
from app.cases.files.naming import keep
from app.cases.locking import Locked, lock_of_task
from app.cases.noting import note
from app.cases.parties import conflict, people
from app.cases.step import actor_id
from app.cases.tables import task
from app.cases.waymark import Waymark
from app.errors import AlreadyDone, ClaimedByAnother, NotAllowed, NotFound, TaskClosed
from app.history import Entry
from app.identity import Actor


def claim(waymark: Waymark, actor: Actor, task_id: str, now: datetime) -> int:
    """Take a task from a team's queue. Returns the task's new version; taking one's own again changes nothing.

    A task that somebody took who is no longer of the team can be taken as if it stood in the queue. Raises `NotFound`,
    `TaskClosed`, `AlreadyDone`, `ClaimedByAnother`, `conflict.ConflictOfInterest`.
    """
    with db.transaction(waymark.engine) as connection:
        held = lock_of_task(connection, task_id)
        row = open_task(connection, task_id, actor)
        if row.assignee_id == actor.person_id:
            return int(row.version)
        if row.assignee_id is not None and people.may_hold_now(connection, row.assignee_id, row.role, row.org_id):
            raise ClaimedByAnother
        conflict.require_none(connection, conflict.work(held.row, held.definition, row), actor.person_id)
        return _reassign(connection, held, row, actor, actor.person_id, "claim", now)


def unclaim(waymark: Waymark, actor: Actor, task_id: str, now: datetime) -> int:
    """Give a task back to the team's queue. Its draft stays for whoever takes it next.

    Raises `NotFound`, `TaskClosed`, `NotAllowed` (somebody else has it, or the case gave it to this person).
    """
    with db.transaction(waymark.engine) as connection:
        held = lock_of_task(connection, task_id)
        row = open_task(connection, task_id, actor)
        if row.assignee_id is None:
            return int(row.version)
        if row.assignee_id != actor.person_id or row.claimed_at is None:
            raise NotAllowed("Only the person who took a task from the queue can give it back.")
        return _reassign(connection, held, row, actor, None, "unclaim", now)


def pass_on(waymark: Waymark, actor: Actor, task_id: str, person_id: str, now: datetime) -> int:
    """Hand a task that one has taken from the queue to a colleague of the same team, its draft included. Returns the
    task's new version.

    Raises `NotFound`, `TaskClosed`, `AlreadyDone`, `NotAllowed` (not taken by the actor), `InvalidAnswers` (not of the
    team), `conflict.NotImpartial`.
    """
    with db.transaction(waymark.engine) as connection:
        held = lock_of_task(connection, task_id)
        row = open_task(connection, task_id, actor)
        if row.assignee_id != actor.person_id or row.claimed_at is None:
            raise NotAllowed("Only the person who took a task from the queue can pass it on.")
        people.require_choice(connection, person_id, row.role, row.org_id)
        if conflict.conflicts(connection, conflict.work(held.row, held.definition, row), {person_id}):
            raise conflict.NotImpartial
        return _reassign(connection, held, row, actor, person_id, "pass_on", now)


def save_draft(waymark: Waymark, actor: Actor, task_id: str, answers: Mapping[str, Any], now: datetime) -> None:
    """Keep answers as they are, unchecked and sealed, until the task is completed.

    Raises `NotFound`, `TaskClosed`, `ClaimedByAnother`.
    """
    with db.transaction(waymark.engine) as connection:
        held = lock_of_task(connection, task_id)
        row = open_task(connection, task_id, actor)
        require_worker(actor, row)
        keys = held.keys(connection, waymark.master_key, now)
        classes = held.form(row.form_id).classes if row.form_id else {}
        blob = records.seal(keys, answers, classes, task_id).blob
        values = {"task_id": task_id, "actor_id": actor.person_id, "at": now, "sealed": blob}
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        connection.execute(
            insert(records.draft)
            .values(values)
            .on_conflict_do_update(index_elements=["task_id"], set_=dict(list(values.items())[1:]))
        )
        if row.form_id is not None:
            keep(connection, held.form(row.form_id), answers, task_id)


def open_task(connection: sa.Connection, task_id: str, actor: Actor) -> sa.Row[Any]:
    """The task as it is under the case's lock; `NotFound`, `AlreadyDone` or `TaskClosed` otherwise."""
    row = connection.execute(sa.select(task).where(task.c.id == task_id)).first()
    if row is None or not access.may_see_task(actor, row):
        raise NotFound
    require_open(row)
    return row


def require_open(row: sa.Row[Any]) -> None:
    if row.state == "done":
        raise AlreadyDone
    if row.state != "open":
        raise TaskClosed


def require_worker(actor: Actor, row: sa.Row[Any]) -> None:
    """`ClaimedByAnother` unless the task is the actor's or free in a queue of their team."""
    if not access.may_work(actor, row):
        raise ClaimedByAnother


def _reassign(
    connection: sa.Connection,
    held: Locked,
    row: sa.Row[Any],
    actor: Actor,
    assignee: str | None,
    command: str,
    now: datetime,
) -> int:
    version = row.version + 1
    connection.execute(
        task.update()
        .where(task.c.id == row.id)
        .values(assignee_id=assignee, claimed_at=now if assignee else None, version=version)
    )
    told = {"task": row.id, "process": row.process, "element": row.element_id, "name": row.name}
    if command == "pass_on":
        told["to"] = assignee
    note(connection, held, [Entry(f"command.{command}", told)], actor_id(actor), now)
    return int(version)
