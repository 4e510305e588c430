"""Which tasks of a list a conflict of interest keeps somebody from, and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from app import definitions, engine
from app.cases.parties import conflict
from app.identity import Actor


def barred(connection: sa.Connection, actor: Actor, rows: Iterable[sa.Row[Any]]) -> dict[str, str]:
    """Task id to a sentence. `rows`: of `inbox.ROW`. The database is asked only about tasks that say who may not."""
    found = {}
    for row in rows:
        error = conflict.conflicts(connection, _work(connection, row), {actor.person_id}).get(actor.person_id)
        if error is not None:
            found[row.id] = error.detail
    return found


def _work(connection: sa.Connection, row: sa.Row[Any]) -> conflict.Work:
    definition = engine.load(definitions.get(connection, row.definition_sha))
    apart = conflict.apart(definition).get((row.process, row.element_id))
    return conflict.Work(row.case_id, row.subject_id, row.parties, row.role, apart)
