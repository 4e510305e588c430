"""Completing a user task: the path that every case takes again and again. One transaction, few statements."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app import db, engine, records
from app.cases import access, receipts
from app.cases.answers import Wording, consents, record_consents, submission_row
from app.cases.files.sending import Pending
from app.cases.files.target import Target
from app.cases.flags import flagged
from app.cases.guards import guards
from app.cases.locking import Locked, form_sha, lock_of_task
from app.cases.messages.delivering import at_once
from app.cases.options import Offered
from app.cases.parties import conflict, contacts, naming
from app.cases.parties.handing import Change, hand_over
from app.cases.results import next_tasks
from app.cases.step import Told, write_onwards
from app.cases.tables import receipt, task
from app.cases.views import Done, TaskRef
from app.cases.waymark import Waymark
from app.cases.working import require_open, require_worker
from app.engine import Complete, Step
from app.errors import Conflict, NotFound
from app.expressions import Environment
from app.forms import Form
from app.history import Entry
from app.identity import Actor
from app.records import attachments
from app.workdays import Calendar


class ChangedMeanwhile(Conflict):
    """This task has changed since you opened it. Your answers are still here; check and send them again."""


def complete(
    waymark: Waymark,
    actor: Actor,
    task_id: str,
    answers: Mapping[str, Any],
    version: int | None,
    now: datetime,
    key: str | None = None,
) -> Done:
    """Complete an open task with its form's answers.

    `version`: the task's version that the person saw (None: not checked). `key`: idempotency key; the same key
    gives the first answer again. Raises `NotFound`, `AlreadyDone`, `TaskClosed`, `ClaimedByAnother`,
    `ChangedMeanwhile`, `conflict.ConflictOfInterest`, `InvalidAnswers`, `EngineFailure`; nothing is changed then.
    """
    return receipts.again(key, lambda: _complete(waymark, actor, task_id, answers, version, now, key))


def _complete(
    waymark: Waymark,
    actor: Actor,
    task_id: str,
    answers: Mapping[str, Any],
    version: int | None,
    now: datetime,
    key: str | None,
) -> Done:
    request = receipts.request_digest("complete", task_id, answers) if key else ""
    with db.transaction(waymark.engine) as connection:
        held = lock_of_task(connection, task_id)
        row = connection.execute(_TASK, {"wanted": task_id, "actor": actor.person_id, "key": key}).one()
        if row.request is not None:
            return _first_answer(row, request)
        _require_workable(actor, row, version)
        conflict.require_none(connection, conflict.work(held.row, held.definition, row), actor.person_id)
        files = _uploaded(waymark, connection, actor, held, task_id, now)
        cleaned, form = _validated(connection, held, row, answers, files, now)
        batch = db.Batch()
        done, step = _advanced(batch, connection, waymark, held, row, form, cleaned, files, actor, now)
        receipts.keep(batch, actor.person_id, key, request, _answer(done), now)
        batch.run(connection)
    at_once(waymark, done.case_id, step, now)
    return done


# the receipt and whether there is a draft come with the task: one statement, after the lock
_TASK = (
    sa.select(task, receipt.c.request, receipt.c.answer, records.draft.c.task_id.label("drafted"))
    .select_from(
        task.outerjoin(
            receipt, sa.and_(receipt.c.actor_id == sa.bindparam("actor"), receipt.c.key == sa.bindparam("key"))
        ).outerjoin(records.draft, records.draft.c.task_id == task.c.id)
    )
    .where(task.c.id == sa.bindparam("wanted"))
)


def _first_answer(row: sa.Row[Any], request: str) -> Done:
    if row.request != request:
        raise receipts.KeyReused
    told = row.answer
    return Done(told["case_id"], told["status"], tuple(TaskRef(*item) for item in told["next"]))


def _answer(done: Done) -> dict[str, Any]:
    refs = [[ref.id, ref.name, ref.mine] for ref in done.next_tasks]
    return {"case_id": done.case_id, "status": done.status, "next": refs}


def _require_workable(actor: Actor, row: sa.Row[Any], version: int | None) -> None:
    if not access.may_see_task(actor, row):
        raise NotFound
    require_open(row)
    require_worker(actor, row)
    if version is not None and version != row.version:
        raise ChangedMeanwhile


def _uploaded(
    waymark: Waymark, connection: sa.Connection, actor: Actor, held: Locked, task_id: str, now: datetime
) -> Pending:
    """Asks the database nothing until an answer names a file."""
    return Pending(
        waymark,
        connection,
        actor,
        Target(task_id=task_id),
        lambda row: attachments.file_key(held.keys(connection, waymark.master_key, now), row),
    )


def _validated(
    connection: sa.Connection,
    held: Locked,
    row: sa.Row[Any],
    answers: Mapping[str, Any],
    files: Pending,
    now: datetime,
) -> tuple[dict[str, Any], Form | None]:
    if row.form_id is None:
        return {}, None
    form = held.form(row.form_id)
    options = Offered(connection, held.row.employer_id, held.row.provider_id)
    env = Environment(now=now, calendar=Calendar.from_dict(held.row.calendar))
    guard = guards(connection, held.row.employer_id)
    return form.validate(answers, row.facts, options, env, files, guard), form


def _advanced(
    batch: db.Batch,
    connection: sa.Connection,
    waymark: Waymark,
    held: Locked,
    row: sa.Row[Any],
    form: Form | None,
    cleaned: dict[str, Any],
    files: Pending,
    actor: Actor,
    now: datetime,
) -> tuple[Done, Step]:
    facts = form.routing(cleaned) if form else {}
    parties = naming.named(connection, held.row, held.definition, form, cleaned)
    step = engine.advance(held.definition, held.row.state, Complete(row.id, facts), now)
    commitments, more = _recorded(batch, connection, waymark, held, row, form, cleaned, files, actor, now)
    told = Told(
        "complete",
        {
            "task": row.id,
            "element": row.element_id,
            "name": row.name,
            "role": row.role,
            "process": row.process,
            "rules": row.rules,
            "facts": facts,
            "form": row.form_id,
            **flagged(form, cleaned),
            "commitments": commitments,
            "parties": dict(parties.joined),
            "late": bool(row.due_at and now > row.due_at),
        },
        completed=row.id,
        more=more,
        changed=parties,
        parties=parties.now,
    )
    still_open = {one.id for one in step.tasks} & set(held.row.open["tasks"])
    if still_open and (parties.joined or parties.left):
        hand_over(connection, Change(held, parties), still_open)
    write_onwards(batch, connection, held, step, told, actor, now)
    refs = next_tasks(actor, step, parties.now, held.row.employer_id, held.row.provider_id)
    return Done(held.id, step.status, refs), step


def _recorded(
    batch: db.Batch,
    connection: sa.Connection,
    waymark: Waymark,
    held: Locked,
    row: sa.Row[Any],
    form: Form | None,
    cleaned: dict[str, Any],
    files: Pending,
    actor: Actor,
    now: datetime,
) -> tuple[dict[str, str], list[Entry]]:
    """Write the sealed answers and the consents among them; the commitments and entries for the history."""
    if form is None:
        return {}, []
    subject_id, sha = held.row.subject_id, held.row.definition_sha
    keys = held.keys(connection, waymark.master_key, now)
    sealed, submitted = submission_row(keys, row.id, subject_id, sha, form, cleaned, actor, now)
    batch.insert(records.submission, [submitted])
    files.send(batch, form, cleaned, submitted["id"], keys)
    contacts.from_form(batch, connection, keys, form, cleaned, actor, now)
    if row.drafted is not None:
        batch.delete(records.draft, [{"task_id": row.id}])
    step = {"process": row.process, "element": row.element_id}
    text = Wording(form.id, form_sha(held.bundle, form.id), str(cleaned.get("text_version", "")))
    said = consents(form, cleaned)
    case = (held.id, subject_id)
    entries = record_consents(batch, step, case, text, said, submitted["id"], actor, now)
    return sealed.commitments, entries
