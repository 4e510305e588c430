"""One task, with everything that the person needs to do it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app import db, definitions, engine, privacy, records
from app.cases import access
from app.cases.keyring import read_case_keys
from app.cases.locking import form_of
from app.cases.looks.seen import Thing
from app.cases.options import options_for
from app.cases.queries.answers import prefill, submissions
from app.cases.queries.bars import barred
from app.cases.queries.clocks import clocks, paused
from app.cases.queries.course import course
from app.cases.queries.facts import facts
from app.cases.queries.form_views import NO_FORM, form_view
from app.cases.queries.inbox import ROW
from app.cases.queries.sight import Sight, see
from app.cases.queries.starts import starts_from
from app.cases.tables import case as case_table
from app.cases.tables import task as task_table
from app.cases.views import FormView, Startable, TaskView
from app.cases.waymark import Waymark
from app.definitions.sources import in_role, sources
from app.engine import Bundle
from app.errors import NotFound
from app.expressions import Environment
from app.forms import Form
from app.identity import Actor
from app.privacy import Shown
from app.workdays import Calendar


def task(waymark: Waymark, actor: Actor, task_id: str, now: datetime) -> TaskView:
    """The task as this person may see it; `NotFound` when it is neither theirs nor their team's."""
    with db.reading(waymark.engine) as connection:
        row = connection.execute(ROW.where(task_table.c.id == task_id)).first()
        if row is None or not access.may_see_task(actor, row):
            raise NotFound
        sight = see(connection, actor, row.case_id, now=now)
        barred_by = barred(connection, actor, [row]).get(row.id, "") if row.state == "open" else ""
        can_work = row.state == "open" and access.may_work(actor, row) and not barred_by
        taken = row.state == "open" and row.assignee_id == actor.person_id and row.claimed_at is not None
        known, more = submissions(waymark, connection, sight) if can_work else ([], False)
        paused_since, waiting_for = paused(sight, row) if row.state == "open" else (None, "")
        draft, drafted_at = _draft(waymark, connection, sight, row) if can_work else ({}, None)
        found = TaskView(
            id=row.id,
            name=row.name,
            why=row.why,
            rules=tuple(row.rules),
            role=row.role,
            state=row.state,
            version=row.version,
            case_id=row.case_id,
            reference=row.reference,
            process_name=row.process_name,
            subject=row.subject,
            opened_at=row.opened_at,
            due_at=row.due_at,
            due_how=row.due_how,
            overdue=bool(row.state == "open" and row.due_at and row.due_at < now),
            warned_at=row.warned_at,
            claimed_by=row.holder,
            can_claim=can_work and row.assignee_id is None,
            can_unclaim=taken,
            can_pass_on=taken,
            barred_by=barred_by,
            can_work=can_work,
            drafted_at=drafted_at,
            form=_form(waymark, connection, sight, row, draft, can_work, now),
            clocks=clocks(connection, sight, row.id) if row.state == "open" else [],
            submissions=known,
            more_submissions=more,
            paused_since=paused_since,
            waiting_for=waiting_for,
            before_release=can_work and sight.may_look_over and not sight.viewer.subject and _releases(sight, row),
            begins=_begins(connection, sight, row, now) if can_work else None,
        )
    sight.note(waymark, now)
    return found


def _begins(connection: sa.Connection, sight: Sight, row: sa.Row[Any], now: datetime) -> Startable | None:
    """The process that is started while doing this task, as its element says (property `begins`)."""
    element = engine.describe(sight.definition).element(row.process, row.element_id)
    wanted = element.properties.get("begins", "") if element is not None else ""
    found = starts_from(connection, sight, now) if wanted else []
    return next((one for one in found if one.key == wanted), None)


def _releases(sight: Sight, row: sa.Row[Any]) -> bool:
    """Is the form about something that waits for release?"""
    return bool(row.form_id) and any(one.after_fact for one in form_of(sight.bundle, row.form_id).walk())


def task_form(waymark: Waymark, actor: Actor, task_id: str) -> tuple[Form, Mapping[str, Any], Calendar]:
    """The form, the facts that its conditions read, and the calendar in which they count: all that is needed to
    understand a post, in one statement.

    Raises `NotFound`.
    """
    with db.reading(waymark.engine) as connection:
        row = connection.execute(_POSTED, {"wanted": task_id}).first()
        if row is None or not access.may_see_task(actor, row):
            raise NotFound
        if row.state != "open":
            see(connection, actor, row.case_id)
        bundle = definitions.get(connection, row.definition_sha)
        form = form_of(bundle, row.form_id) if row.form_id else NO_FORM
        return form, (_read_by(form, row, bundle) if form.reads else {}), Calendar.from_dict(row.calendar)


def _read_by(form: Form, row: sa.Row[Any], bundle: Bundle) -> dict[str, Any]:
    """The facts that the form reads and whoever does the task may know."""
    all_of = (sources(bundle),)
    viewer = in_role(all_of, row.role)
    return facts(all_of, viewer, course(engine.describe(engine.load(bundle)), viewer)).shown(row.facts, form.reads)


_POSTED = (
    sa.select(task_table, case_table.c.definition_sha, case_table.c.calendar)
    .join(case_table, case_table.c.id == task_table.c.case_id)
    .where(task_table.c.id == sa.bindparam("wanted"))
)


def _form(
    waymark: Waymark,
    connection: sa.Connection,
    sight: Sight,
    row: sa.Row[Any],
    draft: Mapping[str, Any],
    can_work: bool,
    now: datetime,
) -> FormView:
    form: Form = form_of(sight.bundle, row.form_id) if row.form_id else NO_FORM
    options = options_for(connection, form.options_keys, sight.row.employer_id, sight.row.provider_id)
    begun = prefill(waymark, connection, sight, form) if can_work else {}
    # nothing but what the form itself reads, and of that nothing that the person may not know
    read = sight.facts.shown(row.facts, form.reads) if form.reads else {}
    sight.saw_facts(read)
    env = Environment(now=now, calendar=Calendar.from_dict(sight.row.calendar))
    return form_view(form, options, {**begun, **draft}, read, env)


def _draft(
    waymark: Waymark, connection: sa.Connection, sight: Sight, row: sa.Row[Any]
) -> tuple[dict[str, Any], datetime | None]:
    """The draft, if there is one. It belongs to the task: whoever takes it over from a colleague goes on with it, with
    what they may see of it. One's own words are one's own, whatever one may see once they are sent."""
    kept = connection.execute(sa.select(records.draft).where(records.draft.c.task_id == row.id)).first()
    if kept is None:
        return {}, None
    keys = read_case_keys(connection, waymark.master_key, sight.row)
    answers = records.unseal(keys, kept.sealed, row.id).answers
    if kept.actor_id != sight.actor.person_id:
        answers = _of_colleague(sight, row, answers)
    return answers, kept.at


def _of_colleague(sight: Sight, row: sa.Row[Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """What a colleague has begun to write, as far as this person may see it; that they looked is noted."""
    form: Form = form_of(sight.bundle, row.form_id) if row.form_id else NO_FORM
    shown: list[Shown] = []
    seen = privacy.redact(form, answers, sight.viewer, shown.append)
    sight.seen.fields(Thing("draft", sight.row.definition_sha, form.id, row.id), shown)
    return seen
