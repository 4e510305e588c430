"""Somebody outside of Waymark whom a case has to reach, such as the treating physician (JE-0, XX-A9): a name and an
address, sealed like an answer of the class restricted. No login, no rights.

That somebody is treated at all is health data, and the chained history is read by the employer's side too: contacts
stand in rows of their own, with who kept them and until when, and not in the chain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from app import db, records
from app.cases import access
from app.cases.keyring import read_case_keys
from app.cases.locking import Locked, lock
from app.cases.standing import Standing, standing
from app.cases.step import actor_id
from app.cases.subject import about_nobody
from app.cases.tables import contact
from app.cases.waymark import Waymark
from app.errors import Conflict, InvalidAnswers, NotAllowed, NotFound
from app.forms import Form
from app.identity import Actor

PHYSICIAN = "treating_physician"
#: what the keys of the case seal it under
CLASSES = {"name": "restricted", "address": "restricted"}
#: longest name and address, in characters
NAME, ADDRESS = 200, 1000


class MayNotKeepContacts(NotAllowed):
    """Only the employee and occupational health keep the treating physician's address."""


class NobodysContact(Conflict):
    """This case is about nobody, so nobody’s physician is kept in it."""


@dataclass(frozen=True)
class Contact:
    id: str
    role: str
    name: str
    address: str
    since: datetime
    added_by: str


def may_keep(how: Standing) -> bool:
    return bool(access.MAY_JOIN[PHYSICIAN] & how.acting)


def keep_contact(waymark: Waymark, actor: Actor, case_id: str, name: str, address: str, now: datetime) -> str:
    """Keep the treating physician's name and address; the id. Raises `NotFound`, `CaseEnded`, `MayNotKeepContacts`,
    `InvalidAnswers` (name, address)."""
    _require(name, address)
    with db.transaction(waymark.engine) as connection:
        held = _held(connection, actor, case_id)
        held.require_running()
        if about_nobody(held.row.subject_id):
            raise NobodysContact
        keys = held.keys(connection, waymark.master_key, now)
        row = _row(keys, PHYSICIAN, " ".join(name.split()), address.strip(), actor, now)
        connection.execute(contact.insert(), row)
        return str(row["id"])


def from_form(
    batch: db.Batch,
    connection: sa.Connection,
    keys: records.CaseKeys,
    form: Form,
    cleaned: Mapping[str, Any],
    actor: Actor,
    now: datetime,
) -> None:
    """Keep whom a form names (property `contact`), unless they are kept by that name already. Forms that name nobody
    cost nothing."""
    for role, said in form.contacts(cleaned).items():
        name = " ".join(said.get("name", "").split())
        if name and name not in _names(connection, keys, role):
            batch.insert(contact, [_row(keys, role, name, said.get("address", "").strip(), actor, now)])


def _names(connection: sa.Connection, keys: records.CaseKeys, role: str) -> set[str]:
    query = sa.select(contact).where(
        contact.c.case_id == keys.case_id, contact.c.role == role, contact.c.until.is_(None)
    )
    opened = (records.unseal(keys, one.sealed, one.id).answers for one in connection.execute(query))
    return {words["name"] for words in opened if "name" in words}


def _row(keys: records.CaseKeys, role: str, name: str, address: str, actor: Actor, now: datetime) -> dict[str, Any]:
    identity = str(uuid4())
    return {
        "id": identity,
        "case_id": keys.case_id,
        "role": role,
        "sealed": records.seal(keys, {"name": name, "address": address}, CLASSES, identity).blob,
        "since": now,
        "added_by": actor_id(actor),
    }


def drop_contact(waymark: Waymark, actor: Actor, case_id: str, contact_id: str, now: datetime) -> None:
    """Keep a contact no longer; what was kept stays on record. Raises `NotFound`, `MayNotKeepContacts`."""
    with db.transaction(waymark.engine) as connection:
        _held(connection, actor, case_id)
        over = contact.update().where(
            contact.c.id == contact_id, contact.c.case_id == case_id, contact.c.until.is_(None)
        )
        if not connection.execute(over.values(until=now, ended_by=actor_id(actor))).rowcount:
            raise NotFound


def kept(waymark: Waymark, connection: sa.Connection, row: Any) -> Iterator[Contact]:
    """The contacts of the case in `row`, for somebody who may see the class restricted; none after erasure."""
    query = sa.select(contact).where(contact.c.case_id == row.id, contact.c.until.is_(None)).order_by(contact.c.since)
    rows = connection.execute(query).all()
    keys = read_case_keys(connection, waymark.master_key, row) if rows else None
    for one in rows:
        words = records.unseal(keys, one.sealed, one.id).answers if keys else {}
        if "name" in words:
            yield Contact(one.id, one.role, words["name"], words["address"], one.since, one.added_by)


def _held(connection: sa.Connection, actor: Actor, case_id: str) -> Locked:
    held = lock(connection, case_id)
    how = standing(connection, actor, held.row)
    if not how.roles:
        raise NotFound
    if not may_keep(how):
        raise MayNotKeepContacts
    return held


def _require(name: str, address: str) -> None:
    problems = {}
    if not name.strip():
        problems["name"] = "Enter the physician’s name"
    for path, text, longest in (("name", name, NAME), ("address", address, ADDRESS)):
        if len(text) > longest:
            problems[path] = f"{path.capitalize()} must be {longest:,} characters or fewer"
    if problems:
        raise InvalidAnswers(problems)
