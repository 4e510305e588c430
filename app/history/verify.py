"""Checking that nobody altered a case's history (XX-3): against itself, against what the case remembers, and against a
log outside of the database, which knows what stood there when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Protocol

import orjson
import sqlalchemy as sa

from app.history.chain import GENESIS, Head, link

#: digits of a hash that people are shown
SHOWN = 16


@dataclass(frozen=True, slots=True)
class Fault:
    """The first place where a case's history does not hold. `seq` 0: the case as a whole."""

    case_id: str
    seq: int
    what: str


@dataclass(frozen=True, slots=True)
class Logged:
    """An entry as the log has it. `number`: of the leaf in the log, counted from 0."""

    seq: int
    hash: str
    number: int


class Witness(Protocol):
    """A log outside of the database, asked of chains of one kind."""

    def entries(self, case_id: str) -> Iterator[Logged]:
        """What it has of a chain, in order of `seq`."""

    def cases(self) -> Iterator[str]:
        """The chains of which it has anything."""

    def when(self, number: int) -> str:
        """In words, when a leaf was first signed."""


def verify_case(case_id: str, rows: Iterable[Any], head: Head | None, witness: Witness | None = None) -> Fault | None:
    """Check one case's rows, in order of `seq`, against the head that the case itself remembers, and against the log.

    `rows` are read one by one and not kept."""
    last, against = Head(), _Against(case_id, witness)
    for row in rows:
        try:
            fault = against.before(row.seq) or _check(case_id, last, row, against)
        except (TypeError, ValueError, AttributeError):
            # SQLite keeps whatever its owner puts into a column
            fault = Fault(case_id, last.seq + 1, "what stands here is no entry")
        if fault:
            return fault
        last = Head(row.seq, row.hash)
    gone, end = against.rest(), _end(case_id, last, head)
    return end if gone is None or (end is not None and end.seq < gone.seq) else gone


def _end(case_id: str, last: Head, head: Head | None) -> Fault | None:
    """Does the history end where the case says that it does?"""
    if head is None:
        return Fault(case_id, 0, "history of a case that does not exist") if last.seq else None
    if last.seq < head.seq:
        what = f"entries are missing: the case knows {head.seq}, {last.seq} are here"
        return Fault(case_id, last.seq + 1, what if last.seq else "the whole history is missing")
    if last.seq > head.seq:
        return Fault(case_id, head.seq + 1, "an entry that the case does not know of")
    if last.hash != head.hash:
        return Fault(case_id, head.seq, "the last entry is not the one that the case remembers")
    return None


def _check(case_id: str, last: Head, row: Any, against: _Against) -> Fault | None:
    if row.seq != last.seq + 1:
        return Fault(case_id, last.seq + 1, "an entry is missing")
    follows = link(last.hash, row.body.encode()) == row.hash
    fault = against.at(row, follows=follows)
    if fault:
        return fault
    if not follows:
        return Fault(case_id, row.seq, "the entry does not match its hash")
    if _told(row.body) != (row.case_id, row.seq, row.kind, row.actor_id, _moment(row.at)):
        return Fault(case_id, row.seq, "the entry's columns do not match its content")
    return None


def as_written(table: sa.Table) -> sa.Select[Any]:
    """All columns of a table of entries; on SQLite the moment as the text that stands there, for it may be none."""
    return sa.select(*(sa.type_coerce(one, _Text).label("at") if one.name == "at" else one for one in table.c))


class _Text(sa.TypeDecorator[Any]):
    """What the driver gives."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        return dialect.type_descriptor(sa.String() if dialect.name == "sqlite" else sa.DateTime(timezone=True))


def _moment(value: datetime | str) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(UTC)


def _told(text: str) -> tuple[Any, ...] | None:
    """What an entry says of itself; None when somebody put there what is no entry."""
    try:
        body = orjson.loads(text)
        at = datetime.fromisoformat(body["at"]).astimezone(UTC)
        return body["case"], body["seq"], body["kind"], body["actor"], at
    except (ValueError, TypeError, KeyError):
        return None


class _Against:
    """One chain in the log, read beside its rows."""

    def __init__(self, case_id: str, witness: Witness | None) -> None:
        self._case_id = case_id
        self._witness = witness
        self._entries = witness.entries(case_id) if witness is not None else iter(())
        self._next = next(self._entries, None)

    def before(self, seq: int) -> Fault | None:
        """Does the log know an entry before this one that the database has not?"""
        return self._gone("this entry is missing") if self._next is not None and self._next.seq < seq else None

    def at(self, row: Any, *, follows: bool) -> Fault | None:
        """Is it the entry that the log knows? `follows`: whether it is chained to the one before."""
        while (logged := self._next) is not None and logged.seq == row.seq:
            if logged.hash != row.hash:
                what = "this entry and those behind it were rewritten" if follows else "another entry stands here"
                return self._gone(what, f", now it is {row.hash[:SHOWN]}…")
            self._next = next(self._entries, None)
        return None

    def rest(self) -> Fault | None:
        """Does the log know entries behind the last?"""
        if self._next is None:
            return None
        first, last = self._next, self._next.seq
        for last in (one.seq for one in self._entries):  # noqa: B007 -- the last one is asked for
            pass
        if last == first.seq:
            return self._gone("this entry is missing")
        return self._gone(f"entries {first.seq} to {last} are missing" if first.seq > 1 else "all entries are missing")

    def _gone(self, what: str, now: str = "") -> Fault:
        assert self._next is not None  # noqa: S101 -- asked by the callers
        assert self._witness is not None  # noqa: S101 -- as above
        when = self._witness.when(self._next.number)
        said = f"at the checkpoint of {when} the hash of entry {self._next.seq} was {self._next.hash[:SHOWN]}…{now}"
        return Fault(self._case_id, self._next.seq, f"{what}; {said}")


def verify(rows: Iterable[Any], heads: Mapping[str, Head], witness: Witness | None = None) -> Iterator[Fault]:
    """Check every chain; `rows` are those of all chains in order of case and number, `heads` maps case id to the head
    that is remembered. Yields one fault a chain; keeps no rows."""
    seen: set[str] = set()
    for case_id, its in groupby(rows, key=lambda row: row.case_id):
        seen.add(case_id)
        fault = verify_case(case_id, its, heads.get(case_id), witness)
        if fault:
            yield fault
    logged = set(witness.cases()) if witness is not None else set()
    known = {case_id for case_id, head in heads.items() if head.hash != GENESIS or head.seq}
    for case_id in sorted((known | logged) - seen):
        fault = verify_case(case_id, (), heads.get(case_id), witness)
        if fault:
            yield fault
