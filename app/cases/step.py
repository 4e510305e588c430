"""The write half of every command: one engine step becomes rows, in the transaction that holds the case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from app import definitions, engine, outbox, records
from app.cases import backoff, incidents
from app.cases.assignment import Parties, assign
from app.cases.difference import Difference, difference, next_due, open_column
from app.cases.entries import command_entry, event_entries
from app.cases.locking import Locked
from app.cases.messages import writing as messages
from app.cases.notices import notices
from app.cases.parties import conflict, rows
from app.cases.subject import Subject, subject_of
from app.cases.tables import case, incident, task, timer
from app.db import Batch
from app.engine import Counted, Incident, Step, Task
from app.history import Entry, Head, extend, history_event
from app.identity import Actor


@dataclass(frozen=True)
class Told:
    """What is written about a command besides the engine's own events."""

    command: str
    #: JSON values for the history: element, rules, facts, commitments
    data: Mapping[str, Any]
    #: the task that the command completed
    completed: str | None = None
    #: entries before the engine's events, for example consents
    more: Sequence[Entry] = ()
    #: parties after the command
    parties: Mapping[str, Sequence[str]] = field(default_factory=dict)
    #: what the command changed of them
    changed: Parties | None = None


def write(
    batch: Batch,
    connection: sa.Connection,
    subject: Subject,
    before: Mapping[str, Any],
    head: Head,
    step: Step,
    told: Told,
    actor: Actor,
    now: datetime,
) -> dict[str, Any]:
    """Put tasks, timers, incidents, history, parties and notices into the batch; return the case's new columns."""
    change = difference(before, step)
    incident_ids, retries = _write_incidents(batch, connection, subject, before, change, actor, now)
    nobody = _write_tasks(batch, connection, subject, change, told, actor, now)
    _write_timers(batch, subject.case_id, change)
    messages.write_subscriptions(batch, subject, change, now)
    if told.changed is not None:
        rows.write(batch, connection, subject.case_id, told.changed, actor_id(actor), now)
    _write_changes(batch, step, change, before, now)
    entries = [command_entry(told.command, step, subject.definition_sha, told.data), *told.more]
    enclosed = messages.send(batch, connection, subject, step, head, entries, now)
    entries += event_entries(step.events) + nobody + enclosed
    head, chained = extend(head, subject.case_id, actor_id(actor), now, entries)
    batch.insert(history_event, chained)
    orgs = {"employer": subject.employer_id, "provider": subject.provider_id}
    outbox.put(batch, notices(connection, subject.case_id, subject.reference, orgs, step, told.parties), now)
    return {
        "status": step.status,
        "state": step.state,
        "facts": dict(step.facts),
        "marks": [list(mark) for mark in step.marks],
        "messages": list(step.messages),
        "parties": {role: list(people) for role, people in told.parties.items()},
        "open": open_column(step, incident_ids),
        "history_seq": head.seq,
        "history_hash": head.hash,
        "next_due_at": next_due(step, retries),
        "failures": 0,
        "parked_at": None,
        "changed_at": now,
        "ended_at": None if step.status == "running" else now,
    }


def write_onwards(
    batch: Batch, connection: sa.Connection, held: Locked, step: Step, told: Told, actor: Actor, now: datetime
) -> None:
    """`write` for a case that is locked, with its new columns. The caller runs the batch."""
    row = held.row
    values = write(batch, connection, subject_of(row), row.open, held.head, step, told, actor, now)
    batch.update(case, ["id"], [{"id": row.id, "version": row.version + 1, **values}], strict=True)
    if row.failures:
        incidents.resolve(connection, row.id, actor_id(actor), now)


def actor_id(actor: Actor) -> str:
    """How the history names who acted: the person's id, or "clock" or "system"."""
    return actor.person_id or actor.kind


def _write_tasks(
    batch: Batch,
    connection: sa.Connection,
    subject: Subject,
    change: Difference,
    told: Told,
    actor: Actor,
    now: datetime,
) -> list[Entry]:
    """Returns an entry for each task that was given to nobody because of a conflict of interest."""
    closing = [
        {
            "id": task_id,
            "state": "done" if task_id == told.completed else "cancelled",
            "closed_at": now,
            "closed_by": actor_id(actor) if task_id == told.completed else None,
        }
        for task_id in change.gone_tasks
    ]
    batch.update(task, ["id"], closing)
    # what somebody had begun to write in a task that closed without them is of no use, and nobody's to keep;
    # the draft of the task that was completed goes with its submission
    begun = [{"task_id": task_id} for task_id in change.gone_tasks if task_id != told.completed]
    batch.delete(records.draft, begun)
    nobody = []
    new_rows = []
    for new in change.new_tasks:
        person, org = assign(new.role, told.parties, subject.employer_id, subject.provider_id)
        if person is not None and _in_conflict(connection, subject, told, new, person, actor):
            nobody.append(_given_to_nobody(new, person))
            person = None
        new_rows.append(_task_row(subject, new, person, org, now))
    batch.insert(task, new_rows)
    return nobody


def _in_conflict(connection: sa.Connection, subject: Subject, told: Told, new: Task, person: str, actor: Actor) -> bool:
    """May the one person in the role not do it? The database is asked only about tasks that say who may not."""
    apart = None
    if conflict.is_apart(new.properties):
        definition = engine.load(definitions.get(connection, subject.definition_sha))
        apart = conflict.apart(definition).get((new.process, new.element_id))
    done: tuple[conflict.Did, ...] = ()
    if told.completed is not None:
        at, said = (str(told.data["process"]), str(told.data["element"])), told.data
        done = ((actor.person_id, at, str(said["name"]), str(said.get("role", ""))),)
    wanted = conflict.Work(subject.case_id, subject.subject_id, told.parties, new.role, apart, done)
    return bool(conflict.conflicts(connection, wanted, {person}))


def _given_to_nobody(new: Task, person: str) -> Entry:
    where = {"process": new.process, "element": new.element_id, "name": new.name, "task": new.id}
    return Entry("conflict.unassigned", {**where, "role": new.role, "person": person, "rules": list(new.rules)})


def _task_row(subject: Subject, new: Task, person: str | None, org: str, now: datetime) -> dict[str, Any]:
    return {
        "id": new.id,
        "case_id": subject.case_id,
        "element_id": new.element_id,
        "process": new.process,
        "name": new.name,
        "role": new.role,
        "org_id": org,
        "assignee_id": person,
        "form_id": new.form,
        "why": new.documentation,
        "rules": list(new.rules),
        "facts": dict(new.facts),
        **_due_columns(new.due),
        "state": "open",
        "version": 1,
        "opened_at": now,
    }


def _due_columns(due: Counted | None) -> dict[str, Any]:
    paused = _paused(due) if due else None
    return {"due_at": due.at if due and not paused else None, "due_how": due.how if due else "", "paused": paused}


def _paused(due: Counted) -> dict[str, Any] | None:
    """As the column `paused` has it."""
    if due.paused is None:
        return None
    return {
        "since": due.paused.since.isoformat(),
        "for": due.paused.waiting_for,
        "process": due.paused.process,
        "element": due.paused.element_id,
        "due": due.at.isoformat(),
    }


def _write_timers(batch: Batch, case_id: str, change: Difference) -> None:
    batch.delete(timer, [{"case_id": case_id, "id": timer_id} for timer_id in change.gone_timers])
    rows = [
        {
            "case_id": case_id,
            "id": new.id,
            "element_id": new.element_id,
            "name": new.name,
            "task_id": new.task_id,
            "due_at": new.due.at,
            "how": new.due.how,
            "kind": new.kind,
            "interrupting": new.interrupting,
            "rules": list(new.rules),
            "paused": _paused(new.due),
        }
        for new in change.set_timers
    ]
    batch.upsert(timer, rows)


def _write_incidents(
    batch: Batch,
    connection: sa.Connection,
    subject: Subject,
    before: Mapping[str, Any],
    change: Difference,
    actor: Actor,
    now: datetime,
) -> tuple[dict[str, str], list[datetime]]:
    """Open and resolve incidents. Returns all open ones by token, and when each is tried again."""
    known = dict(before.get("incidents", {}))
    over = {"state": "resolved", "resolved_at": now, "resolved_by": actor_id(actor), "next_try_at": None}
    batch.update(incident, ["id"], [{"id": known.pop(token), **over} for token in change.gone_incidents])
    retries: list[datetime] = []
    if known:
        waiting = connection.execute(sa.select(incident.c.next_try_at).where(incident.c.id.in_(known.values())))
        retries = [at for (at,) in waiting if at is not None]
    for new in change.new_incidents:
        known[new.task_id] = str(uuid4())
    new_rows = [_incident_row(subject, known, new, now) for new in change.new_incidents]
    batch.insert(incident, new_rows)
    return known, retries + [row["next_try_at"] for row in new_rows if row["next_try_at"]]


def _incident_row(subject: Subject, ids: Mapping[str, str], new: Incident, now: datetime) -> dict[str, Any]:
    again = backoff.next_try(1, now) if new.again else None
    return {
        "id": ids[new.task_id],
        "case_id": subject.case_id,
        "token_id": new.task_id,
        "process": new.process,
        "element_id": new.element_id,
        "element_name": new.name,
        "detail": new.detail,
        "state": "retrying" if again else "parked",
        "attempts": 1,
        "next_try_at": again,
        "opened_at": now,
    }


def _write_changes(batch: Batch, step: Step, change: Difference, before: Mapping[str, Any], now: datetime) -> None:
    """A task whose warning timer fired says so to the person who has it (XX-2), one whose clock was stopped or runs on
    has other dates. A batch writes no row twice, so both come together."""
    fired = [str(event.data.get("host", "")) for event in step.events if event.kind == "timer_fired"]
    still_open = set(before.get("tasks", ())) - set(change.gone_tasks)
    rows: dict[str, dict[str, Any]] = {one: {"warned_at": now} for one in dict.fromkeys(fired) if one in still_open}
    for moved in change.moved_tasks:
        rows.setdefault(moved.id, {}).update(_due_columns(moved.due))
    for columns in dict.fromkeys(tuple(row) for row in rows.values()):
        batch.update(task, ["id"], [{"id": one, **row} for one, row in rows.items() if tuple(row) == columns])
