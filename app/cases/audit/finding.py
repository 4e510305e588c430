"""Finding cases in the auditors' room. That somebody looked, and for what, stands in the register of looks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app import db
from app.cases.audit.heads import head_of
from app.cases.audit.sight import note_search, require_auditor
from app.cases.audit.views import FoundCase, FoundPage, Sought
from app.cases.tables import case
from app.cases.waymark import Waymark
from app.errors import NotFound
from app.identity import Actor
from app.identity.tables import organisation

#: cases on a page, and pages that can be turned
PAGE, LAST_PAGE = 25, 1000


def find_cases(waymark: Waymark, actor: Actor, wanted: Sought, page: int, now: datetime) -> FoundPage:
    """A page of the cases that fit. Raises `NotFound` to everybody but an auditor of a provider."""
    if not 1 <= page <= LAST_PAGE:
        raise NotFound
    with db.reading(waymark.engine) as connection:
        orgs = require_auditor(connection, actor)
        rows = connection.execute(_query(orgs).limit(PAGE + 1).offset((page - 1) * PAGE)).all()
        found = [FoundCase(head_of(row, row.employer), 0) for row in rows[:PAGE]]
    note_search(waymark, actor, {"page": page}, now)
    return FoundPage(found, page, len(rows) > PAGE, [], [])


def _query(orgs: list[str]) -> sa.Select[Any]:
    return (
        sa.select(case, organisation.c.name.label("employer"))
        .join(organisation, organisation.c.id == case.c.employer_id)
        .where(case.c.provider_id.in_(orgs))
        .order_by(case.c.opened_at.desc(), case.c.id)
    )
