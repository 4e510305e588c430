"""The table of person keys: read, made on first use, erased."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.records.keys import CaseKeys, PersonKey, RecordUnreadable, decrypt, encrypt
from app.records.masters import Masters
from app.records.tables import person_key

#: both columns, by names that fit beside those of a case
KEY_COLUMNS = (person_key.c.wrapped.label("wrapped"), person_key.c.older.label("older_keys"))


def person_key_for(connection: sa.Connection, masters: Masters, person_id: str, now: datetime) -> PersonKey:
    """The person's key, made on first use. Two at once are settled by the primary key.

    The row is held until the transaction ends, so that nobody erases the person while something is sealed for them.
    """
    found = _read(connection, masters, person_id, _HELD)
    if found is not None:
        return found
    key = os.urandom(32)
    row = {
        "person_id": person_id,
        "wrapped": masters.wrap(key, person_id),
        "key_id": masters.newest,
        "older": {},
        "created_at": now,
    }
    try:
        with connection.begin_nested():
            connection.execute(person_key.insert(), row)
    except sa.exc.IntegrityError:
        return read_person_key(connection, masters, person_id)
    return PersonKey(person_id, key)


def read_person_key(connection: sa.Connection, masters: Masters, person_id: str) -> PersonKey:
    """The person's key. Raises `RecordUnreadable` when it was erased or never made, `WrongMasterKey`."""
    found = _read(connection, masters, person_id, _READ)
    if found is None:
        raise RecordUnreadable
    return found


_READ = sa.select(*KEY_COLUMNS).where(person_key.c.person_id == sa.bindparam("person"))
_HELD = _READ.with_for_update(read=True, key_share=True)


def _read(connection: sa.Connection, masters: Masters, person_id: str, query: sa.Select[Any]) -> PersonKey | None:
    row = connection.execute(query, {"person": person_id}).first()
    return None if row is None else open_key(masters, person_id, row.wrapped, row.older_keys)


def open_key(masters: Masters, person_id: str, wrapped: bytes, older: Mapping[str, str] | None) -> PersonKey:
    """The person's key from its wrapped form, as the database holds it."""
    key = masters.unwrap(wrapped, person_id)
    return PersonKey(
        person_id, key, {name: open_older(key, person_id, name, held) for name, held in (older or {}).items()}
    )


def open_older(key: bytes, person_id: str, name: str, held: str) -> bytes:
    return decrypt(key, bytes.fromhex(held), f"{person_id}/{name}".encode())


def wrap_older(key: bytes, person_id: str, name: str, older: bytes) -> str:
    """A key that `key` replaced, in hex, as the column `older` holds it."""
    return encrypt(key, older, f"{person_id}/{name}".encode()).hex()


def read_case_keys(connection: sa.Connection, masters: Masters, row: Any) -> CaseKeys:
    """What opens a case, to read it. `row`: `id`, `subject_id` and `data_keys` of the case. Raises `WrongMasterKey`:
    what cannot be opened for want of a setting must not look erased."""
    person = _read(connection, masters, row.subject_id, _READ)
    return CaseKeys(row.id, person, row.data_keys if person else {})
