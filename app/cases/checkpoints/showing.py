"""What auditors see of checks and checkpoints: plain values for the pages. Each reading is a look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app import db
from app.cases.audit.sight import note_room, require_auditor
from app.cases.checkpoints.checks import SYSTEM, last_check
from app.cases.checkpoints.tables import checkpoint
from app.cases.queries.names import Names
from app.cases.tables import case
from app.cases.waymark import Waymark
from app.history.checkpoints import BadNote, said_in
from app.identity import Actor

#: checkpoints that the page shows
SHOWN = 24


@dataclass(frozen=True)
class FaultView:
    """`of`: "case", "looks" or "log"; `case_id`: empty where there is no case to go to; `name`: its reference, or its
    id when it is gone; `entry`: 0 for the whole."""

    of: str
    case_id: str
    name: str
    entry: int
    what: str


@dataclass(frozen=True)
class CheckView:
    """`log`: what the check said of the log outside of the database; None when it had none to read."""

    at: datetime
    who: str
    cases: int
    entries: int
    looks: int
    log: LogView | None
    faults: list[FaultView]


@dataclass(frozen=True)
class LogView:
    checkpoints: int
    size: int
    newest: datetime | None
    uncovered: int


@dataclass(frozen=True)
class CheckpointView:
    """`root`: the first digits of it, as hex; `new`: entries that it added, None for the oldest that is shown."""

    number: int
    at: datetime
    size: int
    root: str
    new: int | None


@dataclass(frozen=True)
class ProofPage:
    """`check`: the newest of all that the auditor looks after; `key`: fingerprint, "" before the first checkpoint;
    `late`: since when the next one is overdue; `total`: number of checkpoints; `logging`: whether this machine has the
    log."""

    check: CheckView | None
    checkpoints: list[CheckpointView]
    total: int
    key: str
    late: datetime | None
    logging: bool


def history_checks(waymark: Waymark, actor: Actor, now: datetime) -> ProofPage:
    """The last check, and the checkpoints. `NotFound` for all but a provider's auditors."""
    with db.reading(waymark.engine) as connection:
        orgs = require_auditor(connection, actor)
        shown, total, key = _checkpoints(connection)
        found = ProofPage(
            _check(connection, orgs),
            shown,
            total,
            key,
            late_since(shown[0].at if shown else None, waymark.settings.checkpoint_minutes, now),
            waymark.settings.checkpoints is not None,
        )
    note_room(waymark, actor, "verify", now)
    return found


def late_since(newest: datetime | None, minutes: int, now: datetime) -> datetime | None:
    """When the next checkpoint should have been there, if that is as long ago again."""
    if newest is None or now - newest < 2 * timedelta(minutes=minutes):
        return None
    return newest + timedelta(minutes=minutes)


def _checkpoints(connection: sa.Connection) -> tuple[list[CheckpointView], int, str]:
    """The newest checkpoints of the log that was written last, how many it has, and the fingerprint of its key."""
    rows = checkpoint.c
    newest = connection.execute(sa.select(rows.log, rows.number).order_by(rows.at.desc(), rows.number.desc())).first()
    if newest is None:
        return [], 0, ""
    query = sa.select(checkpoint).where(rows.log == newest.log).order_by(rows.number.desc()).limit(SHOWN + 1)
    found = connection.execute(query).all()
    before = [one.size for one in found[1:]] + [0 if found[-1].number == 1 else None]
    shown = [
        CheckpointView(
            one.number, one.at, one.size, _root(one.note), one.size - earlier if earlier is not None else None
        )
        for one, earlier in zip(found, before, strict=True)
    ]
    digits = newest.log[:32]
    return shown[:SHOWN], newest.number, " ".join(digits[at : at + 4] for at in range(0, 32, 4))


def _root(note: str) -> str:
    try:
        return said_in(note).root.hex()[:16]
    except BadNote:
        return ""


def _check(connection: sa.Connection, orgs: Sequence[str]) -> CheckView | None:
    """The newest that looked at all that these look after."""
    row = last_check(connection, lambda one: not one.orgs or set(orgs) <= set(one.orgs))
    if row is None:
        return None
    told, names = row.told, Names(connection)
    who = "Waymark, at night" if row.actor_id == SYSTEM else names.get(row.actor_id, "Somebody who is gone")
    state = told["log"]
    log = None
    if state is not None:
        newest = datetime.fromisoformat(state["newest"]) if state["newest"] else None
        log = LogView(state["checkpoints"], state["size"], newest, state["uncovered"])
    faults = _faults(connection, told["faults"], orgs)
    return CheckView(row.at, who, told["cases"], told["entries"], told["looks"], log, faults)


def _faults(connection: sa.Connection, told: Sequence[Any], orgs: Sequence[str]) -> list[FaultView]:
    """Of cases of others nothing is told; one that is gone is nobody's, and everybody is told."""
    ids = sorted({one["case"] for one in told if one["case"]})
    query = sa.select(case.c.id, case.c.reference, case.c.provider_id).where(case.c.id.in_(ids))
    there = {row.id: row for row in connection.execute(query)}
    found = []
    for one in told:
        row = there.get(one["case"])
        if row is None:
            found.append(FaultView(one["of"], "", one["case"], one["entry"], one["what"]))
        elif row.provider_id in orgs:
            found.append(FaultView(one["of"], row.id, row.reference, one["entry"], one["what"]))
    return found
