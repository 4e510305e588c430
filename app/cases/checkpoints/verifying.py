"""Checking all histories and looks: by themselves, against what cases remember, and against the log outside of the
database (XX-3). Reads row by row; people may go on working meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa

from app import db
from app.cases.checkpoints.memory import remembered
from app.cases.looks import proof
from app.cases.looks.tables import REGISTER, look
from app.cases.tables import case
from app.cases.waymark import Waymark
from app.errors import WaymarkError
from app.history import Fault, Head, as_written, history_event, verify
from app.history.checkpoints import CASE, LOOK, Log, LogFault, PublicKey, known_key
from app.history.checkpoints.checking import Chains, Checked, check
from app.history.checkpoints.index import Index
from app.settings import Settings


@dataclass(frozen=True)
class LogState:
    """The log outside of the database. `checkpoints`, `size`: how many, and entries that they vouch for; `newest`: when
    the last was made; `key`: fingerprint; `uncovered`: entries written since, which no checkpoint vouches for yet."""

    checkpoints: int
    size: int
    newest: datetime | None
    key: str
    uncovered: int
    faults: tuple[LogFault, ...]


@dataclass(frozen=True)
class Verified:
    """`cases`, `entries`, `looks`: how many were checked. `faults`, `look_faults`: the first fault of each case whose
    history, or looks, do not hold; `references`: of these, by case id. `log`: None when this machine has none, and the
    chains alone were checked."""

    cases: int
    faults: tuple[Fault, ...]
    entries: int
    looks: int
    look_faults: tuple[Fault, ...]
    log: LogState | None
    references: Mapping[str, str]

    @property
    def whole(self) -> bool:
        return not (self.faults or self.look_faults or (self.log is not None and self.log.faults))

    @property
    def told(self) -> list[str]:
        """All faults in words, one a line."""
        cases = [f"case {self.named(one.case_id)}, entry {one.seq}: {one.what}" for one in self.faults]
        looks = [f"looks at {self.named(one.case_id)}, entry {one.seq}: {one.what}" for one in self.look_faults]
        return [*cases, *looks, *(self._log_line(one) for one in (self.log.faults if self.log is not None else ()))]

    def named(self, case_id: str) -> str:
        """Reference and id; the id alone of a case that is not there."""
        reference = self.references.get(case_id)
        return f"{reference} ({case_id})" if reference else case_id

    def _log_line(self, fault: LogFault) -> str:
        leaf = fault.leaf
        which = "looks at " if leaf is not None and leaf.chain == LOOK else "case "
        entry = f": {which}{self.named(leaf.case_id)}, entry {leaf.seq}" if leaf is not None else ""
        return f"the log: {fault.what}{entry}"


def verify_history(
    waymark: Waymark, *, orgs: Sequence[str] = (), key: PublicKey | None = None, given: Iterable[str] = ()
) -> Verified:
    """Check all cases and looks, as they stood at one moment. `orgs`: only what these providers look after; `key`: the
    one that is trusted, instead of that in the settings; `given`: checkpoints that somebody took away earlier."""
    with _log(waymark, key, tuple(given)) as (index, checked, used), db.snapshot(waymark.engine) as connection:
        others = _others(connection, orgs)
        cases = _Counted(_histories(connection, orgs))
        heads = {case_id: head for case_id, head in _heads(connection) if case_id not in others}
        faults = tuple(
            sorted(verify(cases, heads, _witness(index, checked, CASE, others)), key=lambda one: one.case_id)
        )
        looks = _Counted(proof.rows(connection, _not_others(look.c.case_id, orgs)))
        ends = {chain: head for chain, head in proof.heads(connection).items() if chain not in others}
        look_faults = tuple(proof.verify_looks(looks, ends, _witness(index, checked, LOOK, others)))
        state = _state(connection, checked, used) if checked is not None else None
        named = {one.case_id for one in (*faults, *look_faults)}
        named |= {one.leaf.case_id for one in (state.faults if state else ()) if one.leaf is not None}
        references = _references(connection, named)
    return Verified(len(heads), faults, cases.number, looks.number, look_faults, state, references)


def verify_looks(waymark: Waymark) -> tuple[int, tuple[Fault, ...]]:
    """How many looks there are, and the first fault of each chain."""
    found = verify_history(waymark)
    return found.looks, found.look_faults


def _references(connection: sa.Connection, wanted: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    ids = sorted(wanted)
    for at in range(0, len(ids), 500):
        rows = connection.execute(sa.select(case.c.id, case.c.reference).where(case.c.id.in_(ids[at : at + 500])))
        found.update((row.id, row.reference) for row in rows)
    return found


class _Counted:
    """Rows, counted while they pass."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._rows = rows
        self.number = 0

    def __iter__(self) -> Iterator[Any]:
        for row in self._rows:
            self.number += 1
            yield row


def _heads(connection: sa.Connection) -> Iterator[tuple[str, Head]]:
    for row in connection.execute(sa.select(case.c.id, case.c.history_seq, case.c.history_hash)):
        yield row.id, Head(row.history_seq, row.history_hash)


def _histories(connection: sa.Connection, orgs: Sequence[str]) -> Iterable[Any]:
    events = history_event
    query = as_written(events).where(_not_others(events.c.case_id, orgs)).order_by(events.c.case_id, events.c.seq)
    return connection.execute(query.execution_options(yield_per=500))


def _not_others(case_id: sa.ColumnElement[str], orgs: Sequence[str]) -> sa.ColumnElement[bool]:
    """Nor does a history without a case belong to others: it is looked at."""
    if not orgs:
        return sa.true()
    return sa.and_(case_id.not_in(sa.select(case.c.id).where(case.c.provider_id.not_in(orgs))), case_id != REGISTER)


def _others(connection: sa.Connection, orgs: Sequence[str]) -> frozenset[str]:
    """Chains that are not looked at."""
    if not orgs:
        return frozenset()
    found = connection.execute(sa.select(case.c.id).where(case.c.provider_id.not_in(orgs))).scalars()
    return frozenset((*found, REGISTER))


def _witness(index: Index, checked: Checked | None, chain: str, others: frozenset[str]) -> Chains | None:
    return Chains(index, chain, checked.size, others) if checked is not None else None


@contextmanager
def _log(
    waymark: Waymark, key: PublicKey | None, given: tuple[str, ...]
) -> Iterator[tuple[Index, Checked | None, PublicKey | None]]:
    """The log, read and checked into an index of its own: the one that is kept is not trusted."""
    with TemporaryDirectory(prefix="waymark-verify-") as aside:
        index = Index(Path(aside) / "index.db", keep=False)
        try:
            with index:
                yield index, *_checked(waymark, key, given, index)
        finally:
            index.close()


def _checked(
    waymark: Waymark, key: PublicKey | None, given: tuple[str, ...], index: Index
) -> tuple[Checked | None, PublicKey | None]:
    settings = waymark.settings
    if settings.checkpoints is None:
        return None, None
    try:
        key = key or _key(settings)
        if key is None:
            return Checked(), None
        # remembered first: what is written meanwhile is in the folder before it is in the database
        with db.reading(waymark.engine) as connection:
            known = remembered(connection, key)
        kept = Log(settings.checkpoints, settings.var).kept()
        try:
            return check(settings.checkpoints, key, index, known, given, kept), key
        finally:
            if kept is not None:
                kept.close()
    except WaymarkError as error:
        return Checked(faults=[LogFault(0, error.detail)]), key


def _key(settings: Settings) -> PublicKey | None:
    """None where there is neither a key nor a log yet."""
    assert settings.checkpoints is not None  # noqa: S101 -- asked before
    if not settings.checkpoint_key.exists() and Log(settings.checkpoints).newest() is None:
        return None
    return known_key(settings.checkpoint_key)


def _state(connection: sa.Connection, checked: Checked, key: PublicKey | None) -> LogState:
    rows = [sa.select(sa.func.count()).select_from(table).scalar_subquery() for table in (history_event, look)]
    cases, looks = connection.execute(sa.select(*rows)).one()
    newest = checked.newest.at if checked.newest is not None else None
    uncovered = max(0, cases + looks - checked.size)
    shown = key.fingerprint if key is not None else ""
    return LogState(checked.number, checked.size, newest, shown, uncovered, tuple(checked.faults))
