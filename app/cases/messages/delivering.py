"""Delivering messages between cases, each in one transaction: the case is locked, then the message, then both move on.

One existing case a transaction, always locked before the message: who takes a message is locked to take it, the sender
is locked to hear that nobody did. See docs/decisions/0010.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app import db, engine
from app.cases import incidents
from app.cases.locking import Locked, lock_if_free, with_definition
from app.cases.messages import enclosures, failing, finding, settling
from app.cases.messages.finding import Errand
from app.cases.messages.letters import close, origin, payload
from app.cases.messages.writing import sent
from app.cases.step import Told, write_onwards
from app.cases.waymark import Waymark
from app.clock import SystemClock
from app.engine import Message, Step
from app.history import Entry
from app.identity import SYSTEM_ACTOR, clock

log = logging.getLogger("waymark.messages")

#: messages delivered at once after a person's command; what is left is the worker's
AT_ONCE = 10


def deliver(
    waymark: Waymark, now: datetime | None = None, limit: int = 50, senders: frozenset[str] | None = None
) -> int:
    """Deliver what somebody waits for, and settle what nobody does, until nothing is left or `limit` were served.
    Returns how many were.

    `now` None: the database's clock, moved by the demo's offset. `senders`: only messages of these cases, and what
    their receivers send in turn. Any number of workers may call this at once: what another holds is passed over.
    """
    if now is None:
        with db.reading(waymark.engine) as connection:
            now = clock.read(connection, SystemClock(), demo=waymark.settings.demo).now
    served = 0
    while served < limit:
        with db.reading(waymark.engine) as connection:
            todo = finding.errands(connection, now, senders)
        done = [errand for errand in todo[: limit - served] if _serve(waymark, errand, now)]
        served += len(done)
        senders = senders and senders | {errand.case_id for errand in done}
        if not done:
            break
    return served


def at_once(waymark: Waymark, case_id: str, step: Step, now: datetime) -> None:
    """After the commit of a command that sent messages: deliver them without waiting for the worker's next tick. What
    fails here the worker does; the command itself is done."""
    if not sent(step):
        return
    try:
        deliver(waymark, now, AT_ONCE, frozenset({case_id}))
    except Exception as error:
        log.warning("delivery is left to the worker", extra={"case": case_id, "error": type(error).__name__})


def _serve(waymark: Waymark, errand: Errand, now: datetime) -> bool:
    """Was it done? Not if somebody else holds the case or the message, or if it failed."""
    row = None
    try:
        with db.transaction(waymark.engine) as connection:
            row = lock_if_free(connection, errand.case_id)
            letter = finding.claim(connection, errand, now) if row is not None else None
            if row is None or letter is None:
                return False
            held = with_definition(connection, row)
            if errand.kind == "deliver":
                _hand_over(connection, waymark, held, letter, now)
            else:
                settling.settle(connection, waymark, held, letter, now)
    except Exception as error:
        if row is None or incidents.cut_off(error):
            raise
        failing.failed(waymark, errand, error, now)
        return False
    return True


def _hand_over(connection: sa.Connection, waymark: Waymark, held: Locked, letter: sa.Row[Any], now: datetime) -> None:
    """The receiving case goes on with what the message brings."""
    command = Message(letter.name, payload(letter), letter.key)
    step = engine.advance(held.definition, held.row.state, command, now)
    batch = db.Batch()
    brought = _brought(batch, connection, waymark, held, letter, now) if letter.encloses else []
    told = Told("message", origin(letter), more=brought, parties=held.parties)
    write_onwards(batch, connection, held, step, told, SYSTEM_ACTOR, now)
    close(batch, letter, "delivered", now, held.id, letter.taken_at, letter.taken_by)
    batch.run(connection)


def _brought(
    batch: db.Batch, connection: sa.Connection, waymark: Waymark, held: Locked, letter: sa.Row[Any], now: datetime
) -> list[Entry]:
    element = engine.describe(held.definition).element(letter.taken_at, letter.taken_by)
    name = element.label if element is not None else letter.name
    keys = held.keys(connection, waymark.master_key, now)
    receiver = enclosures.Receiver(held.id, held.row.subject_id, letter.taken_at, letter.taken_by, name, keys)
    return enclosures.receive(batch, connection, waymark, letter, receiver, now)
