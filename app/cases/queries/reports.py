"""How far the report of each of one's cases has come, and what became of corrections (XX-A7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app import db, privacy
from app.cases import ledger
from app.cases.about import Correction, ReportState
from app.cases.queries.answers import Read, readable
from app.cases.queries.names import Names
from app.cases.queries.own import case_row, own_sights
from app.cases.queries.sight import Sight
from app.cases.tables import task
from app.cases.waymark import Waymark
from app.identity import Actor

#: forms of a report: as written, as the employee answers it, and the answer to a correction
REPORT, WORD, ANSWER = "report", "report-employee", "report-correction"
#: facts that the diagrams set when it was shown to the employee, and released
SHOWN, RELEASED = "shown_at", "released_at"


def reports(waymark: Waymark, actor: Actor) -> list[ReportState]:
    """The state of the report in each of the actor's cases, the newest case first."""
    with db.reading(waymark.engine) as connection:
        return [_state(waymark, connection, sight) for sight in own_sights(connection, actor)]


def _state(waymark: Waymark, connection: sa.Connection, sight: Sight) -> ReportState:
    case, facts = case_row(connection, sight), sight.row.facts
    if privacy.is_set(facts.get(RELEASED)):
        return ReportState(case, "released", datetime.fromisoformat(str(facts[RELEASED])))
    said = ledger.newest(connection, sight.row.id, "release")
    if (said is not None and said.decision in {"refused", "withdrawn"}) or sight.row.status != "running":
        written = next(readable(waymark, connection, sight, {REPORT}), None)
        kept = said.at if said is not None and said.decision != "given" else sight.row.ended_at
        return ReportState(case, "withheld", kept) if written else ReportState(case, "none")
    open_task = _open(connection, sight)
    if open_task is not None:
        return ReportState(case, "shown", task_id=open_task)
    if said is not None:
        return ReportState(case, "checked")
    written = next(readable(waymark, connection, sight, {REPORT}), None)
    return ReportState(case, "draft" if written else "none")


def _open(connection: sa.Connection, sight: Sight) -> str | None:
    """The open task in which the employee reads the report first."""
    query = sa.select(task.c.id).where(task.c.case_id == sight.row.id, task.c.form_id == WORD, task.c.state == "open")
    return connection.execute(query.where(task.c.assignee_id == sight.row.subject_id)).scalar()


def corrections(waymark: Waymark, actor: Actor) -> list[Correction]:
    """What the actor asked to be corrected, the newest first, each with the answer that followed it."""
    with db.reading(waymark.engine) as connection:
        names = Names(connection)
        found = (_corrections(waymark, connection, sight, names) for sight in own_sights(connection, actor))
        return [one for of_case in found for one in of_case]


def _corrections(
    waymark: Waymark, connection: sa.Connection, sight: Sight, names: Mapping[str, str]
) -> Iterator[Correction]:
    case = case_row(connection, sight)
    answer: Read | None = None
    for read in readable(waymark, connection, sight, {WORD, ANSWER}):
        if read.form.id == ANSWER:
            answer = read
        elif read.answers.get("employee_word") == "correct":
            request = str(read.answers.get("correction", ""))
            yield Correction(case, read.at, request, **_answer(answer, names))
            answer = None


def _answer(answer: Read | None, names: Mapping[str, str]) -> dict[str, Any]:
    if answer is None:
        return {}
    return {
        "outcome": str(answer.answers.get("correction", "")),
        "reply": str(answer.answers.get("reply", "")),
        "answered_at": answer.at,
        "answered_by": names.get(answer.actor_id, "Waymark"),
    }
