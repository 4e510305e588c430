"""The write half of every command: one engine step becomes rows, in the transaction that holds the case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from app import outbox
from app.cases import backoff
from app.cases.assignment import assign
from app.cases.difference import Difference, difference, next_due, open_column
from app.cases.entries import command_entry, event_entries
from app.cases.notices import notices
from app.cases.tables import case, incident, party, task, timer
from app.engine import Step
from app.history import Entry, Head, extend, history_event
from app.identity import Actor


@dataclass(frozen=True)
class Subject:
    """The parts of a case that stay the same: who, where, which definition."""

    case_id: str
    reference: str
    employer_id: str
    provider_id: str
    definition_sha: str


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
    #: changed parties, as (role, person)
    new_parties: Sequence[tuple[str, str]] = ()
    #: parties after the command
    parties: Mapping[str, Sequence[str]] = field(default_factory=dict)


def written(
    connection: sa.Connection,
    subject: Subject,
    before: Mapping[str, Any],
    head: Head,
    step: Step,
    told: Told,
    actor: Actor,
    now: datetime,
) -> dict[str, Any]:
    """Write tasks, timers, incidents, history, parties and notices; return the case's new columns."""
    change = difference(before, step)
    incident_ids, retries = _write_incidents(connection, subject, before, change, now)
    _write_tasks(connection, subject, change, told, actor, now)
    _write_timers(connection, subject.case_id, change)
    _write_parties(connection, subject.case_id, told, now)
    entries = [command_entry(told.command, step, subject.definition_sha, told.data), *told.more]
    head, rows = extend(head, subject.case_id, actor_id(actor), now, entries + event_entries(step.events))
    connection.execute(history_event.insert(), rows)
    orgs = {"employer": subject.employer_id, "provider": subject.provider_id}
    outbox.put(connection, notices(connection, subject.case_id, subject.reference, orgs, step, told.parties), now)
    _mark_warned(connection, step, before, now)
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


def update_case(connection: sa.Connection, case_id: str, version: int, values: Mapping[str, Any]) -> None:
    """Write the case's new columns. The row lock makes a lost race impossible; the version proves it."""
    done = connection.execute(
        _UPDATE_CASE, {"wanted": case_id, "seen": version, "version": version + 1, **values}
    ).rowcount
    if done != 1:
        raise RuntimeError("the case changed under its lock")


def actor_id(actor: Actor) -> str:
    """How the history names who acted: the person's id, or "clock" or "system"."""
    return actor.person_id or actor.kind


_CASE_COLUMNS = (
    "version status state facts marks messages parties open history_seq history_hash next_due_at failures"
    " parked_at changed_at ended_at"
).split()
_UPDATE_CASE = (
    case.update()
    .where(case.c.id == sa.bindparam("wanted"), case.c.version == sa.bindparam("seen"))
    .values({name: sa.bindparam(name) for name in _CASE_COLUMNS})
)
_CLOSE_TASKS = (
    task.update()
    .where(task.c.id == sa.bindparam("wanted"))
    .values(state=sa.bindparam("to"), closed_at=sa.bindparam("closed"), closed_by=sa.bindparam("by"))
)


def _write_tasks(
    connection: sa.Connection, subject: Subject, change: Difference, told: Told, actor: Actor, now: datetime
) -> None:
    if change.gone_tasks:
        closing = [
            {
                "wanted": task_id,
                "to": "done" if task_id == told.completed else "cancelled",
                "closed": now,
                "by": actor_id(actor) if task_id == told.completed else None,
            }
            for task_id in change.gone_tasks
        ]
        connection.execute(_CLOSE_TASKS, closing)
    if change.new_tasks:
        connection.execute(task.insert(), [_task_row(subject, told, new, now) for new in change.new_tasks])


def _task_row(subject: Subject, told: Told, new: Any, now: datetime) -> dict[str, Any]:
    person, org = assign(new.role, told.parties, subject.employer_id, subject.provider_id)
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
        "due_at": new.due.at if new.due else None,
        "due_how": new.due.how if new.due else "",
        "state": "open",
        "version": 1,
        "opened_at": now,
    }


def _write_timers(connection: sa.Connection, case_id: str, change: Difference) -> None:
    if change.gone_timers:
        connection.execute(timer.delete().where(timer.c.case_id == case_id, timer.c.id.in_(change.gone_timers)))
    if change.new_timers:
        connection.execute(
            timer.insert(),
            [
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
                }
                for new in change.new_timers
            ],
        )


def _write_parties(connection: sa.Connection, case_id: str, told: Told, now: datetime) -> None:
    for role, person in told.new_parties:
        connection.execute(party.delete().where(party.c.case_id == case_id, party.c.role == role))
        connection.execute(party.insert(), {"case_id": case_id, "role": role, "person_id": person, "since": now})


def _write_incidents(
    connection: sa.Connection, subject: Subject, before: Mapping[str, Any], change: Difference, now: datetime
) -> tuple[dict[str, str], list[datetime]]:
    """Open and resolve incidents. Returns all open ones by token, and when each is tried again."""
    known = dict(before.get("incidents", {}))
    for token in change.gone_incidents:
        connection.execute(
            incident.update()
            .where(incident.c.id == known.pop(token))
            .values(state="resolved", resolved_at=now, next_try_at=None)
        )
    retries = []
    if known:
        waiting = connection.execute(sa.select(incident.c.next_try_at).where(incident.c.id.in_(known.values())))
        retries = [at for (at,) in waiting if at is not None]
    for new in change.new_incidents:
        known[new.task_id] = str(uuid4())
        again = backoff.next_try(1, now)
        retries += [again] if again else []
        connection.execute(
            incident.insert(),
            {
                "id": known[new.task_id],
                "case_id": subject.case_id,
                "token_id": new.task_id,
                "process": new.process,
                "element_id": new.element_id,
                "element_name": new.name,
                "detail": new.detail,
                "state": "retrying",
                "attempts": 1,
                "next_try_at": again,
                "opened_at": now,
            },
        )
    return known, retries


def _mark_warned(connection: sa.Connection, step: Step, before: Mapping[str, Any], now: datetime) -> None:
    """A task whose warning timer fired says so to the person who has it (XX-2)."""
    warned = [event.data["host"] for event in step.events if event.kind == "timer_fired" and event.data.get("host")]
    still_open = [task_id for task_id in warned if task_id in before.get("tasks", [])]
    if still_open:
        connection.execute(task.update().where(task.c.id.in_(still_open)).values(warned_at=now))
