"""Ending a case before its time: the employee's word (XX-A2), or a decision with a reason."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app import db, engine, records
from app.cases import access
from app.cases.answers import record_consent, submission_row
from app.cases.locking import Locked, lock
from app.cases.messages.delivering import at_once
from app.cases.standing import standing
from app.cases.step import Told, write_onwards
from app.cases.waymark import Waymark
from app.definitions import WITHDRAWN
from app.engine import Cancel, Command, Message, Step
from app.errors import InvalidAnswers, NotAllowed, NotFound, NotWaiting
from app.history import Entry
from app.identity import Actor

#: longest reason, in characters
REASON_LENGTH = 2000


def withdraw_consent(waymark: Waymark, actor: Actor, case_id: str, now: datetime, reason: str = "") -> None:
    """The employee takes back their consent: the case stops, its open tasks close, and the diagram tells who hears.

    Raises `NotFound` (not the employee's case), `CaseEnded`, `NotWaiting` (nothing to withdraw yet).
    """
    _require_length(reason)
    with db.transaction(waymark.engine) as connection:
        held = lock(connection, case_id)
        if held.row.subject_id != actor.person_id:
            raise NotFound
        held.require_running()
        if WITHDRAWN not in held.row.messages:
            raise NotWaiting("There is no consent to withdraw at this point of the case.")
        text = (WITHDRAWN, held.row.definition_sha)
        said = ("referral", "withdrawn", "web")
        batch = db.Batch()
        ledger = record_consent(batch, {}, held.id, actor.person_id, text, said, actor, now)
        told = Message(WITHDRAWN)
        step = _end(batch, connection, waymark, held, told, "withdraw_consent", reason, [ledger], actor, now)
    at_once(waymark, case_id, step, now)


def cancel(waymark: Waymark, actor: Actor, case_id: str, reason: str, now: datetime) -> None:
    """End a case with a reason, which is kept like an answer: sealed, and not in the history.

    Raises `NotFound`, `NotAllowed`, `CaseEnded`, `InvalidAnswers` (no reason).
    """
    if not reason.strip():
        raise InvalidAnswers({"reason": "Enter the reason for ending this case"})
    _require_length(reason)
    with db.transaction(waymark.engine) as connection:
        held = lock(connection, case_id)
        roles = standing(connection, actor, held.row).roles
        if not roles:
            raise NotFound
        if not roles & access.MAY_CANCEL:
            raise NotAllowed("Only the referring manager, HR or the occupational health office can end a case.")
        held.require_running()
        _end(db.Batch(), connection, waymark, held, Cancel("ended by a person"), "cancel", reason, [], actor, now)


def _require_length(reason: str) -> None:
    if len(reason) > REASON_LENGTH:
        raise InvalidAnswers({"reason": f"Reason must be {REASON_LENGTH:,} characters or fewer"})


def _end(
    batch: db.Batch,
    connection: sa.Connection,
    waymark: Waymark,
    held: Locked,
    command: Command,
    name: str,
    reason: str,
    more: list[Entry],
    actor: Actor,
    now: datetime,
) -> Step:
    step = engine.advance(held.definition, held.row.state, command, now)
    commitments = {}
    if reason.strip():
        keys = held.keys(connection, waymark.master_key, now)
        sealed, row = submission_row(
            keys, None, held.row.subject_id, held.row.definition_sha, None, {"reason": reason}, actor, now
        )
        batch.insert(records.submission, [row])
        commitments = sealed.commitments
    told = Told(
        name,
        {"rules": ["XX-A2"] if name == "withdraw_consent" else [], "commitments": commitments},
        more=more,
        parties=held.parties,
    )
    write_onwards(batch, connection, held, step, told, actor, now)
    batch.run(connection)
    return step
