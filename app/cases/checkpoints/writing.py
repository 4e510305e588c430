"""Writing what happened since the last checkpoint to the log outside of the database (XX-3).

What is new is found by the ends of the chains, which cases and looks remember anyway: whoever completes a task pays
nothing for it. The same pass sees whether what the log has as a chain's end still stands there.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import sqlalchemy as sa

from app import db
from app.cases.checkpoints.memory import last_number, remember
from app.cases.checkpoints.sources import SOURCES, Source
from app.cases.waymark import Waymark
from app.clock import SystemClock
from app.errors import WaymarkError
from app.history.checkpoints import Key, Leaf, Log, LogBusy, kept_key
from app.history.checkpoints.index import Index
from app.identity import clock
from app.settings import Settings

log = logging.getLogger("waymark.checkpoints")


class NoCheckpoints(WaymarkError):
    """Checkpoints are switched off on this machine (WAYMARK_CHECKPOINTS=off)."""


@dataclass(frozen=True)
class Doubt:
    """An entry that is in the log and not, or not so, in the database: seen in passing, `verify` tells all."""

    chain: str
    case_id: str
    seq: int


@dataclass(frozen=True)
class Written:
    """A checkpoint. `size`: entries in the log; `new`: those that it added; `root`: hex."""

    number: int
    at: datetime
    size: int
    new: int
    root: str
    doubts: tuple[Doubt, ...]


def log_of(settings: Settings) -> Log:
    """This machine's log. Raises `NoCheckpoints`."""
    if settings.checkpoints is None:
        raise NoCheckpoints
    return Log(settings.checkpoints, settings.var)


def signing_key(settings: Settings) -> Key:
    """Made at first use, under a name that says whose log it is. Raises `BadKey`."""
    return kept_key(settings.checkpoint_key, f"{urlsplit(settings.base_url).netloc or 'waymark'}/history")


def write_when_due(waymark: Waymark) -> Written | None:
    """A checkpoint, if the newest is as old as the settings allow; None when it is not, or somebody else is at it.

    By the database's clock, in a demo moved on by hand. Raises what `write_checkpoint` does."""
    settings = waymark.settings
    if settings.checkpoints is None:
        return None
    newest = Log(settings.checkpoints).newest()
    with db.reading(waymark.engine) as connection:
        now = clock.read(connection, SystemClock(), demo=settings.demo).now
    # a clock that went back is another clock: then it is due as well
    if newest is not None and abs(now - newest.at) < timedelta(minutes=settings.checkpoint_minutes):
        return None
    try:
        return write_checkpoint(waymark, now)
    except LogBusy:
        return None


def write_checkpoint(waymark: Waymark, now: datetime) -> Written:
    """Add all entries that are not in the log yet, as they stand at one moment, and sign its size and root.

    Raises `NoCheckpoints`, `LogBusy`, `LogAltered`, `NoLog`, `BadKey`; then nothing was added."""
    checkpoints = log_of(waymark.settings)
    key = signing_key(waymark.settings)
    doubts: list[Doubt] = []
    with checkpoints.held(), checkpoints.index() as index:
        before = index.last().size
        with db.snapshot(waymark.engine) as connection:
            if (known := last_number(connection, key.public)) > index.last().number:
                raise checkpoints.lost(known)
            taken = checkpoints.append(index, _new(connection, index, doubts), key, now)
        remember(waymark.engine, checkpoints, index, key.public)
    for one in doubts:
        log.error("entry altered", extra={"case": one.case_id, "chain": one.chain, "entry": one.seq})
    log.info("checkpoint", extra={"number": taken.number, "size": taken.size, "new": taken.size - before})
    return Written(taken.number, now, taken.size, taken.size - before, taken.root.hex(), tuple(doubts))


def _new(connection: sa.Connection, index: Index, doubts: list[Doubt]) -> Iterator[Leaf]:
    for source in SOURCES:
        yield from _new_of(connection, index, source, doubts)


def _new_of(connection: sa.Connection, index: Index, source: Source, doubts: list[Doubt]) -> Iterator[Leaf]:
    """Entries behind the end that the log knows. That end is read along, to be compared."""
    wanted, known = [], {}
    for case_id, head in source.heads(connection):
        last = index.head(source.chain, case_id)
        if head.seq > last.seq:
            wanted.append((case_id, max(1, last.seq), head.seq))
            known[case_id] = last
        elif head != last:
            doubts.append(Doubt(source.chain, case_id, min(head.seq + 1, last.seq)))
    for case_id, seq, digest in source.since(connection, wanted):
        if seq > known[case_id].seq:
            yield Leaf(source.chain, case_id, seq, digest)
        elif digest != known[case_id].hash:
            doubts.append(Doubt(source.chain, case_id, seq))
