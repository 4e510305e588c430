"""What is about the person who asks: their cases, and where each stands."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from app import db
from app.cases.queries.caselist import STATUS_WORDS
from app.cases.queries.names import Names
from app.cases.queries.sight import Sight, see
from app.cases.tables import case
from app.cases.views import CaseRow
from app.cases.waymark import Waymark
from app.identity import Actor


def own_sights(connection: sa.Connection, actor: Actor) -> Iterator[Sight]:
    """Each case that is about the actor, as they see it, the newest first."""
    for case_id in about(connection, actor.person_id):
        yield see(connection, actor, case_id)


def about(connection: sa.Connection, person_id: str) -> list[str]:
    """Ids of the cases that are about somebody, the newest first."""
    query = sa.select(case.c.id).where(case.c.subject_id == person_id)
    return list(connection.execute(query.order_by(case.c.opened_at.desc(), case.c.id)).scalars())


def own_cases(waymark: Waymark, actor: Actor) -> list[CaseRow]:
    """The cases that are about the actor, the newest first."""
    with db.reading(waymark.engine) as connection:
        return [case_row(connection, sight) for sight in own_sights(connection, actor)]


def case_row(connection: sa.Connection, sight: Sight) -> CaseRow:
    row = sight.row
    name = Names(connection)[row.subject_id]
    return CaseRow(row.id, row.reference, row.process_name, name, STATUS_WORDS[row.status], row.opened_at)
