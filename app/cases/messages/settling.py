"""A message that nobody waits for: the sender's element says what becomes of it. The sender's case is locked."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from app import db, engine
from app.cases.locking import Locked
from app.cases.messages import opening
from app.cases.messages.finding import told_here
from app.cases.messages.letters import close
from app.cases.step import Told, actor_id, write_onwards
from app.cases.subject import about_nobody
from app.cases.tables import case, incident
from app.cases.waymark import Waymark
from app.engine import Message
from app.history import Entry, extend, history_event
from app.identity import SYSTEM_ACTOR

NOBODY = "Nobody waits for the message “{name}” that was sent here."
TOO_LATE = "Nobody took the message “{name}” that was sent here, for as long as it was to wait."
NO_PROCESS = "The message “{name}” was to start the process “{starts}”, which no message of this name starts."
OF_NOBODY = (
    "The message “{name}” was to start the process “{starts}”. One of the two cases would be about an employee and the "
    "other about nobody, and nothing may tie them together."
)


def settle(connection: sa.Connection, waymark: Waymark, held: Locked, letter: sa.Row[Any], now: datetime) -> None:
    """Start the process that the element names; else tell the sender's case; else tell an administrator."""
    if letter.starts is None:
        late = letter.unmatched != "tell" and letter.keep_until is not None
        _tell(connection, held, letter, TOO_LATE if late else NOBODY, now)
        return
    found = opening.find(connection, letter)
    if found is None:
        _tell(connection, held, letter, NO_PROCESS, now)
    elif found.outline.beginning.about_nobody != about_nobody(letter.subject_id):
        _tell(connection, held, letter, OF_NOBODY, now)
    else:
        _start(connection, waymark, held, letter, found, now)


def _start(
    connection: sa.Connection,
    waymark: Waymark,
    held: Locked,
    letter: sa.Row[Any],
    found: opening.ByMessage,
    now: datetime,
) -> None:
    """A new case, known to nobody yet, and a line in the history of the one that is locked."""
    batch = db.Batch()
    begun = opening.write(batch, connection, waymark, held, letter, found, now)
    said = {"message": letter.id, "case": begun.case_id, "reference": begun.reference, "started": found.deployed.key}
    _note(batch, held, "message.started", letter, said, now)
    close(batch, letter, "started", now, begun.case_id, found.deployed.key, found.element)
    batch.run(connection)


def _tell(connection: sa.Connection, held: Locked, letter: sa.Row[Any], why: str, now: datetime) -> None:
    """By the message that the element names, if the sender's case waits for it; else by an incident at the element."""
    words = why.format(name=letter.name, starts=letter.starts)
    batch = db.Batch()
    if letter.told and told_here(connection, letter) is not None:
        step = engine.advance(held.definition, held.row.state, Message(letter.told, {}, letter.key), now)
        said = {**_at(held, letter), "message": letter.id, "told": letter.told, "key": letter.key, "why": words}
        told = Told("tell", said, parties=held.parties)
        write_onwards(batch, connection, held, step, told, SYSTEM_ACTOR, now)
        close(batch, letter, "told", now)
    else:
        _note(batch, held, "message.given_up", letter, {"message": letter.id, "why": words}, now)
        batch.insert(incident, [incident_row(held.id, letter, _label(held, letter), words, now)])
        close(batch, letter, "given_up", now)
    batch.run(connection)


def incident_row(case_id: str, letter: sa.Row[Any], label: str, detail: str, now: datetime) -> dict[str, Any]:
    """For an administrator, who can have it tried again."""
    return {
        "id": str(uuid4()),
        "case_id": case_id,
        "message_id": letter.id,
        "process": letter.process,
        "element_id": letter.element_id,
        "element_name": label,
        "detail": detail,
        "state": "parked",
        "attempts": letter.attempts + 1,
        "opened_at": now,
    }


def _note(batch: db.Batch, held: Locked, kind: str, letter: sa.Row[Any], said: dict[str, Any], now: datetime) -> None:
    """A line in the history of a case that otherwise stays as it is."""
    head, rows = extend(held.head, held.id, actor_id(SYSTEM_ACTOR), now, [Entry(kind, {**_at(held, letter), **said})])
    batch.insert(history_event, rows)
    batch.update(case, ["id"], [{"id": held.id, "history_seq": head.seq, "history_hash": head.hash}], strict=True)


def _at(held: Locked, letter: sa.Row[Any]) -> dict[str, str]:
    return {"process": letter.process, "element": letter.element_id, "name": _label(held, letter)}


def _label(held: Locked, letter: sa.Row[Any]) -> str:
    element = engine.describe(held.definition).element(letter.process, letter.element_id)
    return element.label if element is not None else letter.name
