"""Keeping what came of running a case again, and counting it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app import db
from app.cases.entries import release
from app.cases.rerun.tables import rerun as table
from app.cases.rerun.views import Outcome, Rerun
from app.cases.tables import case
from app.cases.waymark import Waymark

log = logging.getLogger("waymark.rerun")
OUTCOMES: tuple[Outcome, ...] = ("met", "differs", "cannot")


@dataclass(frozen=True)
class Kept:
    """The last run of a case. `seq`: the first entry that differs or cannot be run; `behind`: entries added since."""

    at: datetime
    outcome: Outcome
    steps: int
    seq: int | None
    why: str
    release: str
    behind: int = 0


def keep(waymark: Waymark, result: Rerun, entries: int, now: datetime) -> None:
    """Write it down, and tell the log of a case that does not come out as it was recorded: ids alone."""
    seq, why = _where(result)
    if result.outcome != "met":
        level = logging.ERROR if result.outcome == "differs" else logging.WARNING
        log.log(level, "run again", extra={"case": result.case_id, "outcome": result.outcome, "entry": seq})
    row = {
        "case_id": result.case_id,
        "history_seq": entries,
        "at": now,
        "outcome": result.outcome,
        "steps": result.steps,
        "entry": seq,
        "why": why,
        "release": release(),
    }
    batch = db.Batch()
    batch.upsert(table, [row])
    with db.transaction(waymark.engine) as connection:
        batch.run(connection)


def _where(result: Rerun) -> tuple[int | None, str]:
    if result.difference is not None:
        return result.difference.seq, ""
    return (result.unable.seq, result.unable.why) if result.unable is not None else (None, "")


def last(connection: sa.Connection, case_id: str, entries: int) -> Kept | None:
    """The last run of a case whose history has `entries` now."""
    row = connection.execute(sa.select(table).where(table.c.case_id == case_id)).first()
    if row is None:
        return None
    behind = max(0, entries - row.history_seq)
    return Kept(row.at, row.outcome, row.steps, row.entry, row.why, row.release, behind)


@dataclass(frozen=True)
class Fault:
    """A case that does not come out as it was recorded, or cannot be run to the end."""

    case_id: str
    reference: str
    process: str
    outcome: Outcome
    seq: int
    at: datetime


def of_providers(
    connection: sa.Connection, orgs: Sequence[str], page: int, size: int
) -> tuple[dict[str, int], list[Fault]]:
    """Of the cases that these providers look after: how many came out how, and a page of those that did not, with one
    more to tell that there are more."""
    theirs = table.join(case, case.c.id == table.c.case_id)
    mine = case.c.provider_id.in_(orgs)
    number = sa.select(table.c.outcome, sa.func.count()).select_from(theirs).where(mine).group_by(table.c.outcome)
    numbers = dict.fromkeys(OUTCOMES, 0) | {row[0]: row[1] for row in connection.execute(number)}
    query = (
        sa.select(case.c.id, case.c.reference, case.c.process_name, table.c.outcome, table.c.entry, table.c.at)
        .select_from(theirs)
        .where(mine, table.c.outcome != "met")
        .order_by(table.c.outcome.desc(), case.c.reference)
    )
    rows = connection.execute(query.limit(size + 1).offset((page - 1) * size))
    return numbers, [Fault(row.id, row.reference, row.process_name, row.outcome, row.entry, row.at) for row in rows]


def counts(connection: sa.Connection) -> dict[str, int]:
    """How many cases came out how, the last time."""
    rows = connection.execute(sa.select(table.c.outcome, sa.func.count()).group_by(table.c.outcome)).all()
    return dict.fromkeys(OUTCOMES, 0) | {row[0]: row[1] for row in rows}
