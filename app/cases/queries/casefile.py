"""The case page: where it stands, who is in it, what happened, what was entered."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app import db, engine, privacy
from app.cases import access
from app.cases.queries import flags
from app.cases.queries.answers import submissions
from app.cases.queries.appointment import has_appointment
from app.cases.queries.bars import barred
from app.cases.queries.caselist import STATUS_WORDS
from app.cases.queries.clocks import clocks
from app.cases.queries.inbox import ROW, task_row
from app.cases.queries.meetings import has_meeting
from app.cases.queries.messages import origin
from app.cases.queries.parties import is_stuck
from app.cases.queries.policy import policy
from app.cases.queries.said import sayable
from app.cases.queries.sight import Sight, looking, see
from app.cases.queries.starts import starts_from
from app.cases.queries.timeline import timeline
from app.cases.subject import NOBODY_NAME
from app.cases.tables import task
from app.cases.views import CaseView, DiagramView, PartyView, TaskRow
from app.cases.waymark import Waymark
from app.definitions import WITHDRAWN
from app.errors import NotFound
from app.history import history_event
from app.identity import Actor
from app.identity.people import persons
from app.identity.roles import label

#: what a view of a case may ask for
PARTS = frozenset({"now", "diagram", "timeline", "answers"})


def case(
    waymark: Waymark, actor: Actor, case_id: str, now: datetime, page: int = 1, parts: Collection[str] = PARTS
) -> CaseView:
    """The case as this person may see it; `NotFound` when it is none of theirs. `page`: of what happened and of what
    was entered, 1 being the newest. `parts`: of `PARTS`; what is not asked for is empty, and no look at it is noted."""
    with looking(waymark, actor, case_id, now) as (connection, sight):
        return shown(waymark, connection, sight, now, page, parts)


def shown(
    waymark: Waymark,
    connection: sa.Connection,
    sight: Sight,
    now: datetime,
    page: int = 1,
    parts: Collection[str] = PARTS,
) -> CaseView:
    """The case as it is seen with this sight. The caller notes the look."""
    actor, row = sight.actor, sight.row
    names = {found.id: found.name for found in persons(connection, _people(row)).values()}
    running = row.status == "running"
    happened, more_happened = timeline(connection, sight, page) if "timeline" in parts else ([], False)
    starts = starts_from(connection, sight, now) if "now" in parts else []
    entered, more_entered = submissions(waymark, connection, sight, page) if "answers" in parts else ([], False)
    return CaseView(
        id=row.id,
        reference=row.reference,
        process_key=row.process_key,
        process_name=row.process_name,
        version=row.definition_version,
        status=row.status,
        status_words=STATUS_WORDS[row.status],
        subject=names.get(row.subject_id, NOBODY_NAME),
        parties=[PartyView(role, label(role), names[one]) for role, people in row.parties.items() for one in people],
        opened_at=row.opened_at,
        ended_at=row.ended_at,
        previous_case=_previous(connection, sight),
        can_withdraw=running and actor.person_id == row.subject_id and WITHDRAWN in row.messages,
        can_take_back=running and actor.person_id == row.subject_id and any(map(_of_a_scope, row.messages)),
        can_cancel=running and access.may_cancel(sight.roles, row),
        can_follow_up=any(one.key == row.process_key and not one.barred_by for one in starts),
        tasks=_open_tasks(connection, actor, sight, now) if "now" in parts else [],
        clocks=clocks(connection, sight) if "now" in parts else [],
        timeline=happened,
        flags=flags.of_case(connection, sight) if "timeline" in parts else [],
        submissions=entered,
        diagrams=_diagrams(connection, sight) if "diagram" in parts else [],
        page=page,
        more_timeline=more_happened,
        more_submissions=more_entered,
        has_appointment=has_appointment(sight, now),
        has_meeting=has_meeting(connection, sight),
        starts=starts,
        looks=_looks(sight),
        emergency_until=sight.emergency.until if sight.emergency is not None else None,
        can_see_as=sight.may_look_over,
        can_say=sayable(connection, sight) if "now" in parts else [],
        policy=policy(sight),
    )


def _looks(sight: Sight) -> str:
    """ "mine" for the employee, "case" for the case's practitioner, else empty."""
    if sight.viewer.subject:
        return "mine"
    return "case" if privacy.PRACTITIONER in sight.viewer.roles else ""


def diagram(waymark: Waymark, actor: Actor, case_id: str, process: str, *, now: datetime) -> bytes:
    """The BPMN XML of the case's own version; `NotFound` for a process that is not part of it. It tells nothing of the
    case itself: to read it is no look."""
    with db.reading(waymark.engine) as connection:
        sight = see(connection, actor, case_id, now=now)
        for part in engine.describe(sight.definition).processes:
            if part.id == process and process not in sight.course.processes:
                return sight.bundle.files[part.file]
        raise NotFound


def _people(row: sa.Row[Any]) -> set[str]:
    return {row.subject_id} | {one for people in row.parties.values() for one in people}


def _of_a_scope(message: str) -> bool:
    return message.startswith(f"{WITHDRAWN}.")


def _previous(connection: sa.Connection, sight: Sight) -> tuple[str, str] | None:
    """The case that this one follows, or whose message started it; not for those who have no part in that one."""
    before = sight.row.previous_case_id
    reference = sight.reference(connection, before, *origin(connection, sight)) if before is not None else None
    return None if reference is None else (before, reference)


def _open_tasks(connection: sa.Connection, actor: Actor, sight: Sight, now: datetime) -> list[TaskRow]:
    rows = connection.execute(
        ROW.where(task.c.case_id == sight.row.id, task.c.state == "open").order_by(task.c.opened_at, task.c.id)
    )
    shown = [row for row in rows if sight.course.shows(row.process, row.element_id)]
    for row in shown:
        sight.saw_step(row.process, row.element_id)
    bars = barred(connection, actor, shown)
    return [replace(task_row(actor, row, now, bars.get(row.id, "")), stuck=is_stuck(row)) for row in shown]


def _diagrams(connection: sa.Connection, sight: Sight) -> list[DiagramView]:
    """The main diagram first, then each called one, with where the case stands and what it has passed."""
    passed = _passed(connection, sight.row.id)
    marks = [tuple(mark) for mark in sight.row.marks]
    views = []
    for part in engine.describe(sight.definition).processes:
        if part.id in sight.course.processes:
            continue
        for process, element in {*marks, *passed}:
            if process == part.id and sight.course.shows(process, element):
                sight.saw_step(process, element)
        names = {element.id: element.name or element.id for element in part.elements}
        standing = [
            element for process, element in marks if process == part.id and sight.course.shows(process, element)
        ]
        # a case that was moved may have passed what its version does not draw
        done = [
            element
            for process, element in passed
            if process == part.id and element in names and sight.course.shows(process, element)
        ]
        standing_names = [names.get(one, one) for one in standing]
        passed_names = [one.name for one in part.elements if one.name and one.id in done and "Gateway" not in one.kind]
        views.append(DiagramView(part.id, part.name, standing, done, standing_names, passed_names))
    return views


def _passed(connection: sa.Connection, case_id: str) -> list[tuple[str, str]]:
    """Each element once, in the order in which the case first passed it. The database reads the entries: of a case that
    has gone round for years there are thousands, and they name the same elements."""
    body: sa.ColumnElement[Any] = history_event.c.body
    if connection.dialect.name == "postgresql":
        body = sa.cast(body, sa.JSON)
    process, element = (sa.type_coerce(body, sa.JSON)["data"][name].as_string() for name in ("process", "element"))
    query = sa.select(process, element).where(
        history_event.c.case_id == case_id, history_event.c.kind == "engine.completed"
    )
    rows = connection.execute(query.group_by(process, element).order_by(sa.func.min(history_event.c.seq)))
    return [(row[0], row[1]) for row in rows]
