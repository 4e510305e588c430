"""The list of cases that a person may look into; found by reference, name, process, and whether they go on."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app import db
from app.cases.queries.reach import called, reachable
from app.cases.subject import NOBODY_NAME
from app.cases.tables import case
from app.cases.views import CaseFilter, CasePage, CaseRow
from app.cases.waymark import Waymark
from app.errors import NotFound
from app.identity import Actor
from app.identity.tables import person

STATUS_WORDS = {"running": "Under way", "completed": "Ended", "cancelled": "Ended early"}
#: cases on a page, pages that can be turned, and rows that a file has at most
PAGE, LAST_PAGE, ALL = 25, 1000, 5000


def cases(waymark: Waymark, actor: Actor, wanted: CaseFilter | None = None, page: int = 1) -> CasePage:
    """A page of cases, the newest first. Raises `NotFound` for a page that no list has."""
    if not 1 <= page <= LAST_PAGE:
        raise NotFound
    with db.reading(waymark.engine) as connection:
        rows = connection.execute(_query(actor, wanted).limit(PAGE + 1).offset((page - 1) * PAGE)).all()
        processes = connection.execute(_processes(actor)).all()
    return CasePage([_row(one) for one in rows[:PAGE]], page, len(rows) > PAGE, [(one[0], one[1]) for one in processes])


def all_cases(waymark: Waymark, actor: Actor, wanted: CaseFilter | None = None) -> list[CaseRow]:
    """The whole list at once, for a file; no more than `ALL` rows."""
    with db.reading(waymark.engine) as connection:
        return [_row(one) for one in connection.execute(_query(actor, wanted).limit(ALL))]


def _query(actor: Actor, wanted: CaseFilter | None) -> sa.Select[Any]:
    columns = (case.c.id, case.c.reference, case.c.process_name, case.c.status, case.c.opened_at)
    query = (
        sa.select(*columns, sa.func.coalesce(person.c.name, NOBODY_NAME).label("subject"))
        .outerjoin(person, person.c.id == case.c.subject_id)
        .where(reachable(actor))
        .order_by(case.c.opened_at.desc(), case.c.id)
    )
    if wanted is None:
        return query
    if wanted.text:
        query = query.where(called(wanted.text))
    if wanted.process:
        query = query.where(case.c.process_key == wanted.process)
    if wanted.going:
        query = query.where((case.c.status == "running") == (wanted.going == "yes"))
    return query


def _processes(actor: Actor) -> sa.Select[Any]:
    """Process key and name, of those that this person has cases of."""
    name = sa.func.max(case.c.process_name)
    return sa.select(case.c.process_key, name).where(reachable(actor)).group_by(case.c.process_key).order_by(name)


def _row(row: sa.Row[Any]) -> CaseRow:
    return CaseRow(row.id, row.reference, row.process_name, row.subject, STATUS_WORDS[row.status], row.opened_at)
