"""A case that a message starts: about the same person, or about nobody as its sender is, in the same place, and nothing
of the sender's but what the message brings. Consent is not carried over (XX-A2): the new process asks for its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa

from app import db, definitions, engine, records
from app.cases.assignment import all_new
from app.cases.locking import Locked
from app.cases.messages import enclosures
from app.cases.messages.letters import origin, payload
from app.cases.newcase import Place, carried, fixed_columns, new_reference, outline_of, start_rules
from app.cases.step import Told
from app.cases.step import write as write_step
from app.cases.subject import Subject, about_nobody, nobody
from app.cases.tables import case
from app.cases.waymark import Waymark
from app.engine import Outline, Start
from app.history import Entry, Head
from app.identity import SYSTEM_ACTOR, calendar_of


@dataclass(frozen=True)
class ByMessage:
    """A deployed process and the start event that takes the message."""

    deployed: definitions.Deployed
    outline: Outline
    element: str


def find(connection: sa.Connection, letter: sa.Row[Any]) -> ByMessage | None:
    """The process that the message is to start, if it is deployed and a message of this name starts it."""
    deployed = definitions.current(connection, letter.starts)
    if deployed is None:
        return None
    outline = outline_of(deployed)
    starts = (one for one in outline.processes[0].elements if one.kind == "startEvent" and one.scope == outline.key)
    element = next((one.id for one in starts if one.refers_to == letter.name), None)
    return None if element is None else ByMessage(deployed, outline, element)


def write(
    batch: db.Batch,
    connection: sa.Connection,
    waymark: Waymark,
    held: Locked,
    letter: sa.Row[Any],
    found: ByMessage,
    now: datetime,
) -> Subject:
    """The first step and its rows: the case at once, the rest into the batch. The case's id follows from the
    message's, so that no message starts two."""
    row, deployed = held.row, found.deployed
    place = Place(row.employer_id, row.provider_id, row)
    calendar = calendar_of(connection, row.employer_id)
    case_id = str(uuid5(NAMESPACE_URL, f"{letter.id}/case"))
    parties = carried({**_before(connection, row), **held.parties}, found.outline)
    facts = {"follow_up": False, **place.given}
    begin = Start(case_id, facts, calendar.as_dict(), payload(letter))
    step = engine.advance(engine.load(deployed.bundle), None, begin, now)
    about = nobody(case_id) if about_nobody(row.subject_id) else row.subject_id
    subject = Subject(case_id, new_reference(now), row.employer_id, row.provider_id, deployed.sha256, about)
    brought, data_keys = _brought(batch, connection, waymark, letter, found, subject, now)
    told = Told(
        "start",
        {
            **origin(letter),
            "process": deployed.key,
            "facts": facts,
            "calendar": calendar.as_dict(),
            "form": None,
            "commitments": {},
            "parties": parties,
            "previous": held.id,
            "rules": start_rules(found.outline),
        },
        more=brought,
        changed=all_new(parties),
        parties=parties,
    )
    values = write_step(batch, connection, subject, {}, Head(), step, told, SYSTEM_ACTOR, now)
    connection.execute(case.insert(), {**fixed_columns(deployed, place, calendar, subject, now), **data_keys, **values})
    return subject


def _brought(
    batch: db.Batch,
    connection: sa.Connection,
    waymark: Waymark,
    letter: sa.Row[Any],
    found: ByMessage,
    subject: Subject,
    now: datetime,
) -> tuple[list[Entry], dict[str, Any]]:
    """What goes along with the message, and the new case's keys, which are otherwise made when they are needed."""
    if not letter.encloses:
        return [], {}
    person = records.person_key_for(connection, waymark.master_key, subject.subject_id, now)
    keys = records.CaseKeys(subject.case_id, person, records.new_data_keys(person, subject.case_id))
    key = found.deployed.key
    element = found.outline.element(key, found.element)
    name = element.label if element is not None else letter.name
    receiver = enclosures.Receiver(subject.case_id, subject.subject_id, key, found.element, name, keys)
    entries = enclosures.receive(batch, connection, waymark, letter, receiver, now)
    return entries, {"data_keys": dict(keys.wrapped)}


def _before(connection: sa.Connection, row: sa.Row[Any]) -> Mapping[str, list[str]]:
    """Parties of the case that the sender followed: who has no part in the sender may have one in what it starts. A
    manager whom recovery support is kept from is welcomed into what follows the return (JE-10, NW-1)."""
    if row.previous_case_id is None:
        return {}
    query = sa.select(case.c.parties).where(case.c.id == row.previous_case_id)
    return dict(connection.execute(query).scalar() or {})
