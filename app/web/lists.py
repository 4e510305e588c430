"""The lists as files for a spreadsheet: what the page shows, with the same search, and nothing more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from flask import Response

from app.cases.export.sheets import sheet
from app.cases.views import TaskRow
from app.web import cases, inbox, words
from app.web.blueprint import bp, reader_zone
from app.web.doors import doors
from app.web.security import session

CASES = ("Reference", "Employee", "Process", "Status", "Since")
TASKS = ("Task", "Employee", "Process", "Reference", "Due", "Done", "Note")


@bp.get("/cases.csv")
def cases_csv() -> Response:
    found = doors().queries.all_cases(doors().w, session().actor, cases.asked_for())
    rows = [(one.reference, one.subject, one.process_name, one.status_words, _when(one.opened_at)) for one in found]
    return _file("cases.csv", CASES, rows)


@bp.get("/inbox.csv")
def inbox_csv() -> Response:
    mine, scope = session(), inbox.asked_scope()
    found = doors().queries.all_tasks(doors().w, mine.actor, scope, now=mine.now, wanted=inbox.asked_for())
    return _file("inbox.csv", TASKS, [_task(one) for one in found])


def _task(one: TaskRow) -> Sequence[str]:
    note = "Clock stopped" if one.paused_since else "Overdue" if one.overdue and not one.done_at else ""
    done = _when(one.done_at) if one.done_at else ""
    due = _when(one.due_at) if one.due_at and not one.done_at else ""
    return one.name, one.subject, one.process_name, one.reference, due, done, note


def _when(at: datetime) -> str:
    """As spreadsheets read it, by the reader's clocks: 2026-03-03 09:41"""
    return f"{words.local(at, reader_zone()):%Y-%m-%d %H:%M}"


def _file(name: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Response:
    response = Response(sheet(head, rows), content_type="text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
