"""What moving a case to another version would do to it: the engine's plan, and what happens to people's work (XX-4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from app import definitions, engine, records
from app.cases.assignment import assign
from app.cases.tables import case, task
from app.cases.veil import Veil
from app.engine import Change, Definition, MigrationRefused, Plan, Refusal, Step
from app.engine.types import Task
from app.errors import CaseEnded, Conflict, NotFound
from app.identity import Actor
from app.identity.roles import label


class AlreadyThere(Conflict):
    """This case is on that version already."""


class NoSuchVersion(NotFound):
    """This process has no such version."""


@dataclass(frozen=True)
class Target:
    """The version that cases are to be moved to."""

    key: str
    version: int
    sha256: str
    name: str
    definition: Definition


def target(connection: sa.Connection, process_key: str, version: int | None) -> Target:
    """A version of a process, None for the one in force. Raises `NoSuchVersion`."""
    for one in definitions.list_deployments(connection, process_key):
        if version in (None, one.version):
            return Target(process_key, one.version, one.sha256, one.name, engine.load(one.bundle))
    raise NoSuchVersion


def may_move(actor: Actor, row: sa.Row[Any]) -> bool:
    """Process owners of the employer or of the provider move cases. They see nothing of what a case contains."""
    return any(actor.has("process_owner", org) for org in (row.employer_id, row.provider_id))


@dataclass(frozen=True)
class Held:
    """An open task as people have it."""

    row: sa.Row[Any]
    drafted: bool


class Move:
    """One case and the version that it is to go to, at one moment. Nothing is written here."""

    def __init__(self, connection: sa.Connection, row: sa.Row[Any], to: Target, now: datetime) -> None:
        """`row`: columns of the cases table, locked or not. Raises `CaseEnded`, `AlreadyThere`."""
        if row.status != "running":
            raise CaseEnded
        if row.definition_sha == to.sha256:
            raise AlreadyThere
        self.row, self.to, self.now = row, to, now
        self.old = engine.load(definitions.get(connection, row.definition_sha))
        self.held = held(connection, row.id)

    @cached_property
    def _worked_out(self) -> tuple[Plan, Step | None]:
        return engine.work_out(self.old, self.to.definition, self.row.state, self.now)

    @cached_property
    def plan(self) -> Plan:
        """The engine's plan, with what it means for those who have an open task."""
        found, step = self._worked_out
        if step is None:
            return found
        changes, refusals = [*found.changes], [*found.refusals]
        for new in step.tasks:
            before = self.held[new.id]
            changes += _holder(before, new)
            changes += _draft(before, new, self.old, self.to.definition)
            refusals += given_away(before, new)
        return Plan(tuple(changes), tuple(refusals))

    @property
    def veil(self) -> Veil:
        return Veil(self.old.outline, self.to.definition.outline)

    def step(self) -> Step:
        """The move itself. Raises `MigrationRefused` with reasons that whoever moves the case may read."""
        step = self._worked_out[1]
        if step is None or not self.plan.possible:
            raise MigrationRefused(tuple(self.veil.refusals(self.plan)))
        return step


def held(connection: sa.Connection, case_id: str) -> dict[str, Held]:
    """The open tasks of a case by id. Whether somebody has begun to write, not what."""
    query = (
        sa.select(task, records.draft.c.task_id.label("drafted"))
        .select_from(task.outerjoin(records.draft, records.draft.c.task_id == task.c.id))
        .where(task.c.case_id == case_id, task.c.state == "open")
    )
    return {row.id: Held(row, row.drafted is not None) for row in connection.execute(query)}


def _change(kind: str, new: Task, sentence: str) -> Change:
    return Change(kind, new.process, new.element_id, new.name, sentence)


def _holder(before: Held, new: Task) -> list[Change]:
    row = before.row
    if row.role == new.role:
        kept = "Whoever has taken it keeps it." if row.claimed_at is not None else ""
        return [_change("claim", new, f"“{new.name}”: {kept}")] if kept else []
    leaves = " It leaves the person who has it." if row.assignee_id is not None else ""
    return [_change("queue", new, f"“{new.name}” goes from {label(row.role)} to {label(new.role)}.{leaves}")]


def given_away(before: Held, new: Task) -> list[Refusal]:
    """What somebody has begun to write is for their role: another one must not come to read it."""
    if not before.drafted or before.row.role == new.role:
        return []
    sentence = (
        f"Somebody has begun to write in “{new.name}”, and in the new version it belongs to another role, who would "
        "read that."
    )
    return [Refusal(new.process, new.element_id, new.name, sentence, f"Let “{new.name}” be finished first.")]


def _draft(before: Held, new: Task, old_version: Definition, new_version: Definition) -> list[Change]:
    if not before.drafted:
        return []
    said = engine.form_differences(
        engine.form_of(old_version, before.row.form_id), engine.form_of(new_version, new.form)
    )
    differs = " ".join(said)
    return [_change("draft", new, f"What somebody has begun to write in “{new.name}” is kept. {differs}".strip())]


def task_rows(move_from: Mapping[str, Held], step: Step, row: sa.Row[Any], *, bump: Mapping[str, bool]) -> list[Any]:
    """Open tasks as the new version describes them. Whoever has one keeps it unless its role is another now.
    `bump`: tasks whose form is another now, so that what was opened before is not sent unseen."""
    rows = []
    for new in step.tasks:
        before = move_from[new.id].row
        same = before.role == new.role
        person, org = assign(new.role, row.parties, row.employer_id, row.provider_id)
        rows.append(
            {
                "id": new.id,
                "element_id": new.element_id,
                "process": new.process,
                "name": new.name,
                "role": new.role,
                "org_id": before.org_id if same else org,
                "assignee_id": before.assignee_id if same else person,
                "claimed_at": before.claimed_at if same else None,
                "form_id": new.form,
                "why": new.documentation,
                "rules": list(new.rules),
                "facts": dict(new.facts),
                "due_at": new.due.at if new.due else None,
                "due_how": new.due.how if new.due else "",
                "version": before.version + (1 if bump[new.id] or not same else 0),
            }
        )
    return rows


def asks_anew(step: Step, move_from: Mapping[str, Held], old: Definition, new: Definition) -> dict[str, bool]:
    """Task id to whether its form is another one, or another text."""
    return {
        one.id: engine.form_file(old, move_from[one.id].row.form_id) != engine.form_file(new, one.form)
        for one in step.tasks
    }


def cases_of(connection: sa.Connection, actor: Actor, process_key: str, sha: str, after: str = "") -> list[str]:
    """Ids of the running cases of a process that the actor may move and that are on another version, by reference;
    those behind the reference `after`."""
    orgs = [org for org, role in actor.roles if role == "process_owner"]
    query = sa.select(case.c.id).where(
        case.c.process_key == process_key,
        case.c.status == "running",
        case.c.definition_sha != sha,
        case.c.reference > after,
        sa.or_(case.c.employer_id.in_(orgs), case.c.provider_id.in_(orgs)),
    )
    return list(connection.execute(query.order_by(case.c.reference)).scalars())
