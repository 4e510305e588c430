"""What the tables and the history know of deadlines: due dates from the task rows, clocks from their entries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.cases.deadlines.clocks import KINDS, Rows, Running, clocks
from app.cases.deadlines.views import Kind, Outcome, Where
from app.cases.tables import case, task, timer
from app.engine import Element, Key
from app.history import history_event


@dataclass(frozen=True)
class Span:
    """Deadlines that were due from `since` to before `until`, in cases that these providers look after."""

    orgs: Sequence[str]
    since: datetime
    until: datetime

    @property
    def alive(self) -> sa.ColumnElement[bool]:
        """Cases in which such a deadline can be."""
        ended = sa.or_(case.c.ended_at.is_(None), case.c.ended_at >= self.since)
        return sa.and_(case.c.provider_id.in_(self.orgs), case.c.opened_at < self.until, ended)


Counts = dict[Where, Counter[Outcome]]
#: what is drawn, by the version's digest
Elements = Mapping[str, Mapping[Key, Element]]


def versions(connection: sa.Connection, span: Span) -> list[str]:
    """Digests of the versions that the cases run on in which such a deadline can be."""
    query = sa.select(case.c.definition_sha).where(span.alive).distinct()
    return sorted(connection.execute(query).scalars())


def dates(connection: sa.Connection, span: Span, now: datetime) -> Counts:
    """Due dates of user tasks. A clock that stood still has moved its date; a step that was done while it stood still
    was in time, by the date that it would have had."""
    found: Counts = defaultdict(Counter)
    for row in connection.execute(_DATES, _asked(span, now)):
        found[_where(row, row.process, row.element_id, "date")][row.outcome] += row.number
    for one in connection.execute(_STOOD_STILL, {"orgs": list(span.orgs)}):
        if span.since <= datetime.fromisoformat(one.paused["due"]) < span.until:
            found[_where(one, one.process, one.element_id, "date")]["met"] += 1
    return found


def _asked(span: Span, now: datetime) -> dict[str, Any]:
    return {"orgs": list(span.orgs), "since": span.since, "until": span.until, "now": now}


def _where(row: Any, process: str, element: str, kind: Kind) -> Where:
    return Where(row.process_key, row.definition_version, row.definition_sha, process, element, kind)


_NOW = sa.bindparam("now", type_=task.c.due_at.type)
_OUTCOME = sa.case(
    (sa.and_(task.c.state == "done", task.c.closed_at <= task.c.due_at), "met"),
    (task.c.state == "done", "late"),
    # what the clock takes away at its date was not done in time
    (sa.and_(task.c.state == "cancelled", task.c.closed_at < task.c.due_at), "dropped"),
    (task.c.state == "cancelled", "late"),
    (task.c.due_at < _NOW, "overdue"),
    else_=None,
).label("outcome")
_VERSION = (case.c.process_key, case.c.definition_version, case.c.definition_sha)
_OF = (*_VERSION, task.c.process, task.c.element_id)
_THEIRS = case.c.provider_id.in_(sa.bindparam("orgs", expanding=True))
_DATED = (
    sa.select(*_OF, _OUTCOME)
    .select_from(task.join(case, case.c.id == task.c.case_id))
    .where(
        _THEIRS,
        task.c.due_at >= sa.bindparam("since", type_=task.c.due_at.type),
        task.c.due_at < sa.bindparam("until", type_=task.c.due_at.type),
    )
    .subquery()
)
_DATES = sa.select(*_DATED.c, sa.func.count().label("number")).where(_DATED.c.outcome.isnot(None)).group_by(*_DATED.c)
_STOOD_STILL = (
    sa.select(*_OF, task.c.paused)
    .select_from(task.join(case, case.c.id == task.c.case_id))
    .where(_THEIRS, task.c.state == "done", task.c.due_at.is_(None), task.c.paused.isnot(None))
)


def rung(connection: sa.Connection, span: Span, elements: Elements, now: datetime) -> Counts:
    """Clocks of the steps that have the property `deadline`."""
    of_case = {row.id: row for row in connection.execute(sa.select(case.c.id, *_VERSION).where(span.alive))}
    found: Counts = defaultdict(Counter)
    for one in clocks(_entries(connection, span), _running(connection, span, of_case), now):
        row = of_case[one.case_id]
        drawn = elements.get(row.definition_sha, {}).get((one.process, one.element))
        kind = _KINDS.get(drawn.properties.get("deadline", "")) if drawn is not None else None
        if kind is not None and span.since <= one.due < span.until:
            found[_where(row, one.process, one.element, kind)][one.outcome] += 1
    return found


_KINDS: Mapping[str, Kind] = {"escalate": "escalate", "warn": "warn", "remind": "remind"}


def _entries(connection: sa.Connection, span: Span) -> Iterator[Any]:
    event = history_event.c
    query = (
        sa.select(event.case_id, event.kind, event.body)
        .join(case, case.c.id == event.case_id)
        .where(span.alive, event.kind.in_(KINDS))
        .order_by(event.case_id, event.seq)
    )
    yield from connection.execute(query)


def _running(connection: sa.Connection, span: Span, known: Collection[str]) -> Mapping[str, Rows]:
    query = sa.select(timer.c.case_id, timer.c.id, timer.c.element_id, timer.c.paused)
    found: dict[str, dict[str, Running]] = defaultdict(dict)
    for row in connection.execute(query.join(case, case.c.id == timer.c.case_id).where(span.alive)):
        if row.case_id in known:
            found[row.case_id][row.id] = Running(row.element_id, row.paused is not None)
    return found
