"""Clocks with the property `deadline`, from the history: when each was due, and whether it rang. Pure.

A clock that is taken away leaves no entry, so one that was set, never rang and runs no more was taken away in time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

import orjson

from app.cases.deadlines.views import Outcome

#: entries that are read
KINDS = ("engine.timer_set", "engine.timer_fired", "engine.timer_resumed")


@dataclass(frozen=True, slots=True)
class Clock:
    """One turn of a clock: when it was due, and what became of it."""

    case_id: str
    process: str
    element: str
    due: datetime
    outcome: Outcome


@dataclass(slots=True)
class _Set:
    process: str
    element: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Running:
    """A row of the timer table. `paused`: it stands still, so it is not over, whatever its date."""

    element: str
    paused: bool


#: of one case, by the id of the clock
Rows = Mapping[str, Running]


def clocks(rows: Iterable[Any], running: Mapping[str, Rows], now: datetime) -> Iterator[Clock]:
    """From rows (case_id, kind, body) in the order of case and number. `running`: of each case, its timer rows. A clock
    that runs and is not due yet is in no count."""
    for case_id, entries in groupby(rows, key=attrgetter("case_id")):
        yield from _of_case(case_id, entries, running.get(case_id, {}), now)


def _of_case(case_id: str, entries: Iterable[Any], running: Rows, now: datetime) -> Iterator[Clock]:
    armed: dict[tuple[str, str], _Set] = {}
    for row in entries:
        data = orjson.loads(row.body)["data"]
        at, told = (str(data["task"]), str(data["element"])), data["data"]
        rang = row.kind == "engine.timer_fired"
        if rang:
            armed.pop(at, None)
            yield Clock(case_id, data["process"], data["element"], datetime.fromisoformat(told["due"]), "late")
        due = told.get("next") if rang else told.get("due")
        if due:
            armed[at] = _Set(data["process"], data["element"], datetime.fromisoformat(due))
    yield from _left(case_id, armed, running, now)


def _left(case_id: str, armed: Mapping[tuple[str, str], _Set], running: Rows, now: datetime) -> Iterator[Clock]:
    """What did not ring: it runs on, or was taken away in time."""
    # one that shares its token with others, at an event-based gateway, has an id of its own
    tokens = {token for token, _ in armed}
    others = {one.element: one for clock, one in running.items() if clock not in tokens}
    for (token, element), one in armed.items():
        still = running.get(token) or others.get(element)
        if still is None:
            yield Clock(case_id, one.process, one.element, one.due, "met")
        elif not still.paused and one.due < now:
            yield Clock(case_id, one.process, one.element, one.due, "overdue")
