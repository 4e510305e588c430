"""The table of person keys: read, made on first use, erased."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.records.keys import CaseKeys, PersonKey, RecordUnreadable, decrypt
from app.records.masters import Masters
from app.records.tables import person_key

#: both columns, by names that fit beside those of a case
KEY_COLUMNS = (person_key.c.wrapped.label("wrapped"), person_key.c.older.label("older_keys"))


def person_key_for(connection: sa.Connection, masters: Masters, person_id: str, now: datetime) -> PersonKey:
    """The person's key, made on first use. Two at once are settled by the primary key.

    The row is held until the transaction ends, so that nobody erases the person while something is sealed for them.
    """
    try:
        return _read(connection, masters, person_id, _HELD)
    except RecordUnreadable:
        pass
    key = os.urandom(32)
    row = {
        "person_id": person_id,
        "wrapped": masters.wrap(key, person_id),
        "key_id": masters.newest,
        "older": {},
        "created_at": now,
    }
    with connection.begin_nested() as attempt:
        try:
            connection.execute(person_key.insert(), row)
        except sa.exc.IntegrityError:
            attempt.rollback()
            return _read(connection, masters, person_id, _HELD)
    return PersonKey(person_id, key)


def read_person_key(connection: sa.Connection, masters: Masters, person_id: str) -> PersonKey:
    """The person's key; `RecordUnreadable` when it was erased or never made."""
    return _read(connection, masters, person_id, _READ)


_READ = sa.select(*KEY_COLUMNS).where(person_key.c.person_id == sa.bindparam("person"))
_HELD = _READ.with_for_update(read=True, key_share=True)


def _read(connection: sa.Connection, masters: Masters, person_id: str, query: sa.Select[Any]) -> PersonKey:
    row = connection.execute(query, {"person": person_id}).first()
    if row is None:
        raise RecordUnreadable
    return open_key(masters, person_id, row.wrapped, row.older_keys)


def open_key(masters: Masters, person_id: str, wrapped: bytes, older: Mapping[str, str] | None) -> PersonKey:
    """The person's key from its wrapped form, as the database holds it."""
    key = masters.unwrap(wrapped, person_id)
    return PersonKey(
        person_id, key, {name: open_older(key, person_id, name, held) for name, held in (older or {}).items()}
    )


def open_older(key: bytes, person_id: str, name: str, held: str) -> bytes:
    return decrypt(key, bytes.fromhex(held), f"{person_id}/{name}".encode())


def read_case_keys(connection: sa.Connection, masters: Masters, row: Any) -> CaseKeys:
    """What opens a case, to read it. `row`: `id`, `subject_id` and `data_keys` of the case."""
    try:
        person = read_person_key(connection, masters, row.subject_id)
    except RecordUnreadable:
        return CaseKeys(row.id, None, {})
    return CaseKeys(row.id, person, row.data_keys)
