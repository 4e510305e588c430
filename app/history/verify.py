"""Checking that nobody altered a case's history (XX-3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import sqlalchemy as sa

from app.history.chain import GENESIS, Head, link
from app.history.tables import history_event


@dataclass(frozen=True, slots=True)
class Fault:
    """The first place where a case's history does not hold. `seq` 0: the case as a whole."""

    case_id: str
    seq: int
    what: str


def verify_case(case_id: str, rows: Iterable[Any], head: Head | None) -> Fault | None:
    """Check one case's rows, in order of `seq`, against the head that the case itself remembers."""
    last = Head()
    for row in rows:
        fault = _check(case_id, last, row)
        if fault:
            return fault
        last = Head(row.seq, row.hash)
    return _end(case_id, last, head)


def _end(case_id: str, last: Head, head: Head | None) -> Fault | None:
    """Does the history end where the case says that it does?"""
    if head is None:
        return Fault(case_id, 0, "history of a case that does not exist")
    if last.seq < head.seq:
        return Fault(case_id, last.seq + 1, f"entries are missing: the case knows {head.seq}, {last.seq} are here")
    if last.seq > head.seq:
        return Fault(case_id, head.seq + 1, "an entry that the case does not know of")
    if last.hash != head.hash:
        return Fault(case_id, head.seq, "the last entry is not the one that the case remembers")
    return None


def _check(case_id: str, last: Head, row: Any) -> Fault | None:
    if row.seq != last.seq + 1:
        return Fault(case_id, last.seq + 1, "an entry is missing")
    if link(last.hash, row.body.encode()) != row.hash:
        return Fault(case_id, row.seq, "the entry does not match its hash")
    if _told(row.body) != (row.case_id, row.seq, row.kind, row.actor_id, row.at):
        return Fault(case_id, row.seq, "the entry's columns do not match its content")
    return None


def _told(text: str) -> tuple[Any, ...] | None:
    """What an entry says of itself; None when somebody put there what is no entry."""
    try:
        body = orjson.loads(text)
        at = datetime.fromisoformat(body["at"]).astimezone(UTC)
        return body["case"], body["seq"], body["kind"], body["actor"], at
    except (ValueError, TypeError, KeyError):
        return None


def verify(connection: sa.Connection, heads: Mapping[str, Head]) -> Iterator[Fault]:
    """Check every case; `heads` maps case id to the head that the case remembers. Yields one fault a case."""
    seen: set[str] = set()
    events = history_event
    query = sa.select(events).order_by(events.c.case_id, events.c.seq).execution_options(yield_per=500)
    case_id = ""
    rows: list[Any] = []
    for row in connection.execute(query):
        if row.case_id != case_id:
            yield from _faults(case_id, rows, heads)
            case_id, rows = row.case_id, []
            seen.add(case_id)
        rows.append(row)
    yield from _faults(case_id, rows, heads)
    for missing in sorted(heads.keys() - seen):
        if heads[missing].hash != GENESIS:
            yield Fault(missing, 1, "the whole history is missing")


def _faults(case_id: str, rows: list[Any], heads: Mapping[str, Head]) -> Iterator[Fault]:
    if rows:
        fault = verify_case(case_id, rows, heads.get(case_id))
        if fault:
            yield fault
