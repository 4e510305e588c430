"""Whose the open tasks of a role are once its holder is somebody else: nothing is lost, and no draft is read by those
for whom it was not written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from app import records
from app.cases.assignment import Parties, assign
from app.cases.locking import Locked
from app.cases.parties import conflict
from app.cases.parties.reasons import DRAFT_GOES_ON
from app.cases.tables import task


@dataclass(frozen=True)
class Change:
    """A change of the parties of a case that is locked. `why`: kind of reason; "" where a form named the person."""

    held: Locked
    parties: Parties
    why: str = ""

    @property
    def row(self) -> Any:
        return self.held.row

    def work(self, one: sa.Row[Any]) -> conflict.Work:
        """The task, with the parties as they are from now on."""
        return replace(conflict.work(self.row, self.held.definition, one), parties=self.parties.now)


def hand_over(connection: sa.Connection, change: Change, among: Collection[str] | None = None) -> None:
    """Give the open tasks of the changed roles to whom they belong now; `among`: only tasks of these ids.

    A task of somebody who has left goes to the one who holds the role now, else into the queue; one in the queue goes
    to a new holder. What somebody has got by this change and may not do any more goes into the queue too.
    """
    roles = {role for role, _person in (*change.parties.joined, *change.parties.left)}
    open_tasks = sa.select(task).where(task.c.case_id == change.held.id, task.c.state == "open")
    rows = connection.execute(open_tasks.order_by(task.c.opened_at, task.c.id)).all()
    for one in rows:
        if among is None or one.id in among:
            _hand(connection, change, one, roles)


def _hand(connection: sa.Connection, change: Change, one: sa.Row[Any], roles: set[str]) -> None:
    if one.role in roles and _is_to_move(change, one):
        person, org = assign(one.role, change.parties.now, change.row.employer_id, change.row.provider_id)
        if person is not None and conflict.conflicts(connection, change.work(one), {person}):
            person = None
        _give(connection, one, person, org)
        _keep_or_drop_draft(connection, change, one, person)
    elif one.assignee_id in {person for _role, person in change.parties.joined} and conflict.conflicts(
        connection, change.work(one), {one.assignee_id}
    ):
        _give(connection, one, None, one.org_id)
        _drop_draft(connection, one)


def _is_to_move(change: Change, one: sa.Row[Any]) -> bool:
    return one.assignee_id is None or (one.role, one.assignee_id) in change.parties.left


def _give(connection: sa.Connection, one: sa.Row[Any], person: str | None, org: str) -> None:
    if person != one.assignee_id:
        values = {"assignee_id": person, "claimed_at": None, "org_id": org, "version": one.version + 1}
        connection.execute(task.update().where(task.c.id == one.id).values(values))


def _keep_or_drop_draft(connection: sa.Connection, change: Change, one: sa.Row[Any], person: str | None) -> None:
    """What the one before had begun to write goes on to a named person who follows, and into no queue: the team may see
    less than the practitioner of the case. Nor does it go on where the employee's wish or a conflict is the reason."""
    goes_on = person is not None and change.why in DRAFT_GOES_ON
    if one.assignee_id is not None and not goes_on:
        _drop_draft(connection, one)


def _drop_draft(connection: sa.Connection, one: sa.Row[Any]) -> None:
    connection.execute(records.draft.delete().where(records.draft.c.task_id == one.id))
