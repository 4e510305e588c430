"""Ending a case before its time, or a part of it: the employee's word (XX-A2), or a decision with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app import db, definitions, engine
from app.cases import access, ledger
from app.cases.consenting import GONE, OPEN, REFERRAL, change_row, keep_reason, record_withdrawal
from app.cases.entries import CAUSE
from app.cases.locking import Locked, lock
from app.cases.messages.delivering import at_once
from app.cases.standing import standing
from app.cases.step import Told, write_onwards
from app.cases.waymark import Waymark
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
        held = _own(connection, actor, case_id)
        entry = ledger.newest(connection, case_id, REFERRAL)
        step = _take_back(connection, waymark, held, REFERRAL, entry, reason, actor, now)
    at_once(waymark, case_id, step, now)


def withdraw(
    waymark: Waymark, actor: Actor, case_id: str, consent_id: str, now: datetime, reason: str = "", channel: str = "web"
) -> None:
    """The employee takes back one consent of the ledger. It takes effect at once: the case hears it by the message that
    is named for the scope and does as its diagram says, or the row of a list is shared no more.

    A second time changes nothing. Raises `NotFound` (not the employee's), `CaseEnded`, `NotWaiting` (it cannot be taken
    back any more), `InvalidAnswers` (reason too long).
    """
    _require_length(reason)
    with db.transaction(waymark.engine) as connection:
        held = _own(connection, actor, case_id)
        entry = _entry(connection, held, consent_id)
        if entry.next_decision == "withdrawn":
            return
        if entry.decision != "given" or entry.next_id is not None:
            raise NotWaiting(GONE)
        if entry.item:
            change_row(connection, waymark, held, entry, "withdrawn", reason, actor, now)
            return
        step = _take_back(connection, waymark, held, entry.scope, entry, reason, actor, now, channel)
    at_once(waymark, case_id, step, now)


def share_again(waymark: Waymark, actor: Actor, case_id: str, consent_id: str, now: datetime) -> None:
    """The employee says yes to a row of a list to which they had said no, or which they had taken back (XX-A6).

    A second time changes nothing. Raises `NotFound` (not the employee's), `NotWaiting` (nothing to share).
    """
    with db.transaction(waymark.engine) as connection:
        held = _own(connection, actor, case_id)
        entry = _entry(connection, held, consent_id)
        if entry.next_decision == "given":
            return
        if not entry.item or entry.decision == "given" or entry.next_id is not None:
            raise NotWaiting(GONE)
        change_row(connection, waymark, held, entry, "given", "", actor, now)


def _own(connection: sa.Connection, actor: Actor, case_id: str) -> Locked:
    """The case, locked, if it is about the actor: whoever comes second sees what the first one did."""
    held = lock(connection, case_id)
    if held.row.subject_id != actor.person_id:
        raise NotFound
    return held


def _entry(connection: sa.Connection, held: Locked, consent_id: str) -> sa.Row[Any]:
    found = ledger.entry(connection, held.row.subject_id, consent_id)
    if found.case_id != held.id:
        raise NotFound
    return found


def _take_back(
    connection: sa.Connection,
    waymark: Waymark,
    held: Locked,
    scope: str,
    entry: sa.Row[Any] | None,
    reason: str,
    actor: Actor,
    now: datetime,
    channel: str = "web",
) -> Step:
    """Tell the case, and write the ledger with it. `entry`: what is taken back; None in a case from before the ledger
    had any."""
    held.require_running()
    message = definitions.withdrawn(scope)
    current = ledger.newest(connection, held.id, scope)
    if message not in held.row.messages or (entry is not None and current is not None and current.id != entry.id):
        raise NotWaiting("There is no consent to withdraw at this point of the case." if scope == REFERRAL else GONE)
    batch = db.Batch()
    entries = record_withdrawal(batch, held, scope, entry, channel, actor, now)
    name, about = ("withdraw_consent", {}) if scope == REFERRAL else ("withdraw", _of(entry))
    told = {"message": message, **about}
    return _end(batch, connection, waymark, held, Message(message), name, told, reason, entries, actor, now)


def _of(entry: sa.Row[Any] | None) -> dict[str, Any]:
    """What the history says of a withdrawal, besides who and when: its scope, and who may know of it."""
    if entry is None:
        return {}
    return {"scope": entry.scope, **({"class": entry.data_class} if entry.data_class not in OPEN else {})}


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
        if not access.may_cancel(roles, held.row):
            raise NotAllowed("Only whoever leads this case, HR or the occupational health office can end it.")
        held.require_running()
        told = {"cause": CAUSE}
        _end(db.Batch(), connection, waymark, held, Cancel(CAUSE), "cancel", told, reason, [], actor, now)


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
    about: Mapping[str, Any],
    reason: str,
    more: list[Entry],
    actor: Actor,
    now: datetime,
) -> Step:
    step = engine.advance(held.definition, held.row.state, command, now)
    commitments = keep_reason(batch, connection, waymark, held, reason, actor, now)
    rules = {"withdraw_consent": ["XX-A2"]}.get(name, [])
    told = Told(name, {"rules": rules, **about, "commitments": commitments}, more=more, parties=held.parties)
    write_onwards(batch, connection, held, step, told, actor, now)
    batch.run(connection)
    return step
