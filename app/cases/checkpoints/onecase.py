"""One case, checked while an auditor looks: its chain, its looks, and what signed checkpoints vouch for."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app import db
from app.cases.audit.heads import head
from app.cases.audit.sight import auditing
from app.cases.audit.views import Head
from app.cases.checkpoints.writing import log_of
from app.cases.looks import proof
from app.cases.looks.tables import look
from app.cases.tables import case
from app.cases.waymark import Waymark
from app.errors import NotFound, WaymarkError
from app.history import Fault, as_written, history_event, verify_case
from app.history import Head as End
from app.history.checkpoints import CASE, LOOK, Checkpoint, Proof, Vouching, known_key, proof_for
from app.identity import Actor
from app.settings import Settings


@dataclass(frozen=True)
class CaseProof:
    """`entries`, `looks`: how many there are; `covered`: entries that the checkpoint vouches for; `fault`,
    `look_fault`: the first; `checkpoint`: the newest, None when there is none here; `key`: its key's fingerprint;
    `problem`: why the log could not be used, in words; `proof`: of the newest entry that is in it."""

    head: Head
    entries: int
    looks: int
    covered: int
    fault: Fault | None
    look_fault: Fault | None
    checkpoint: Checkpoint | None
    key: str
    problem: str
    proof: Proof | None
    logging: bool


def case_proof(waymark: Waymark, actor: Actor, case_id: str, now: datetime) -> CaseProof:
    """Checks the case now. `NotFound` to everybody but an auditor of its provider."""
    with auditing(waymark, actor, case_id, now, "verify") as (connection, sight):
        shown = head(connection, sight)
    settings = waymark.settings
    with ExitStack() as stack:
        # first the log: what it has must be in the database, not the other way round
        vouching, problem = _vouching(settings, stack)
        snapshot = stack.enter_context(db.snapshot(waymark.engine))
        try:
            return _checked(snapshot, settings, shown, vouching, problem)
        except WaymarkError as error:
            return _checked(snapshot, settings, shown, None, error.detail)


def newest_proof(waymark: Waymark, actor: Actor, case_id: str, now: datetime) -> tuple[str, Proof]:
    """The case's reference, and the proof of its newest entry in the log. `NotFound` also where there is none."""
    with auditing(waymark, actor, case_id, now, "verify") as (_connection, sight):
        found = _proof(waymark.settings, case_id)
        if found is None:
            raise NotFound
        return str(sight.row.reference), found


def _proof(settings: Settings, case_id: str) -> Proof | None:
    return None if settings.checkpoints is None else proof_for(settings.checkpoints, case_id, cache=settings.var)


def _vouching(settings: Settings, stack: ExitStack) -> tuple[Vouching | None, str]:
    """The log, as far as its newest checkpoint is signed as it should be; or why it cannot be used."""
    if settings.checkpoints is None:
        return None, ""
    try:
        log = log_of(settings)
        if log.newest() is None:
            return None, ""
        index = stack.enter_context(log.index())
        return Vouching.of(log, index, known_key(settings.checkpoint_key)), ""
    except WaymarkError as error:
        return None, error.detail


def _checked(
    connection: sa.Connection, settings: Settings, shown: Head, vouching: Vouching | None, problem: str
) -> CaseProof:
    case_id = shown.case_id
    row = connection.execute(sa.select(case.c.history_seq, case.c.history_hash).where(case.c.id == case_id)).one()
    events = history_event
    rows = connection.execute(as_written(events).where(events.c.case_id == case_id).order_by(events.c.seq))
    witness = vouching.chain(CASE) if vouching is not None else None
    fault = verify_case(case_id, rows, End(row.history_seq, row.history_hash), witness)
    looks, look_fault = _looks(connection, case_id, vouching)
    return CaseProof(
        shown,
        row.history_seq,
        looks,
        sum(1 for _ in witness.entries(case_id)) if witness is not None else 0,
        fault,
        look_fault,
        vouching.said if vouching is not None else None,
        vouching.key.fingerprint if vouching is not None else "",
        problem,
        _proof(settings, case_id) if vouching is not None else None,
        settings.checkpoints is not None,
    )


def _looks(connection: sa.Connection, case_id: str, vouching: Vouching | None) -> tuple[int, Fault | None]:
    rows = list(proof.rows(connection, look.c.case_id == case_id))
    witness = vouching.chain(LOOK, only=case_id) if vouching is not None else None
    found = proof.verify_looks(rows, proof.heads(connection, case_id), witness)
    return len(rows), found[0] if found else None
