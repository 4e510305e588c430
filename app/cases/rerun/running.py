"""A case run again from the database."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from app import definitions, engine
from app.cases.queries.sight import Sight
from app.cases.rerun import recorded
from app.cases.rerun.fold import End, run_again
from app.cases.rerun.recorded import Entry
from app.cases.rerun.views import Rerun
from app.cases.tables import case
from app.engine import Definition
from app.errors import NotFound
from app.history import history_event

#: entries read at once
CHUNK = 500
_CASE = (case.c.id, case.c.history_seq, case.c.definition_sha, case.c.state, case.c.status)


def rerun(connection: sa.Connection, of: Sight | str) -> Rerun:
    """Run a case again, as far as its history reached at this moment; `of`: somebody's sight of it, or its id. Writes
    nothing. Raises `NotFound`."""
    case_id = of if isinstance(of, str) else str(of.row.id)
    row = connection.execute(sa.select(*_CASE).where(case.c.id == case_id)).first()
    if row is None:
        raise NotFound

    def known(sha: str) -> Definition:
        return engine.load(definitions.get(connection, sha))

    end = End(row.history_seq, row.definition_sha, row.state, row.status)
    return run_again(case_id, _entries(connection, case_id, row.history_seq), known, end)


def case_ids(connection: sa.Connection, called: str | None) -> list[tuple[str, str]]:
    """(id, reference) of the case that is called so, by reference or id; None: of every case. Raises `NotFound`."""
    query = sa.select(case.c.id, case.c.reference).order_by(case.c.reference)
    if called is not None:
        query = query.where(sa.or_(case.c.id == called, case.c.reference == called.strip().upper()))
    found = [(row.id, row.reference) for row in connection.execute(query)]
    if called is not None and not found:
        raise NotFound(f"There is no case {called}.")
    return found


def _entries(connection: sa.Connection, case_id: str, last: int) -> Iterator[Entry]:
    """In order, a chunk at a time. People go on working meanwhile: what is added behind `last` is not read."""
    table, after = history_event.c, 0
    query = sa.select(table.seq, table.body).where(table.case_id == case_id, table.seq <= last).order_by(table.seq)
    while rows := connection.execute(query.where(table.seq > after).limit(CHUNK)).all():
        for row in rows:
            yield recorded.read(row.seq, row.body)
        after = rows[-1].seq
