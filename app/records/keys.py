"""Keys: a master key from the settings wraps one key per person (AES-256-GCM, NIST SP 800-38D)."""

from __future__ import annotations

import os
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.errors import WaymarkError
from app.records.tables import person_key

NONCE = 12


class RecordUnreadable(WaymarkError):
    """These answers can no longer be read: their key is gone or is not the right one."""

    status = 410


def encrypt(key: bytes, plain: bytes, bound_to: bytes) -> bytes:
    """Nonce and ciphertext; `bound_to` must be the same when it is decrypted."""
    nonce = os.urandom(NONCE)
    return nonce + _cipher(key).encrypt(nonce, plain, bound_to)


def decrypt(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    """The plain bytes; `RecordUnreadable` when the key or what it is bound to differs."""
    try:
        return _cipher(key).decrypt(sealed[:NONCE], sealed[NONCE:], bound_to)
    except InvalidTag:
        raise RecordUnreadable from None


@lru_cache(maxsize=1024)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def person_key_for(connection: sa.Connection, master: bytes, person_id: str, now: datetime) -> bytes:
    """The person's key, made on first use. Two at once are settled by the primary key."""
    try:
        return read_person_key(connection, master, person_id)
    except RecordUnreadable:
        pass
    key = os.urandom(32)
    row = {"person_id": person_id, "wrapped": encrypt(master, key, person_id.encode()), "created_at": now}
    with connection.begin_nested() as attempt:
        try:
            connection.execute(person_key.insert(), row)
        except sa.exc.IntegrityError:
            attempt.rollback()
            return read_person_key(connection, master, person_id)
    return key


def read_person_key(connection: sa.Connection, master: bytes, person_id: str) -> bytes:
    """The person's key; `RecordUnreadable` when it was erased or never made."""
    wrapped = connection.execute(sa.select(person_key.c.wrapped).where(person_key.c.person_id == person_id)).scalar()
    if wrapped is None:
        raise RecordUnreadable
    return unwrap(master, person_id, wrapped)


def unwrap(master: bytes, person_id: str, wrapped: bytes) -> bytes:
    """The person's key from its wrapped form, as the database holds it."""
    return decrypt(master, wrapped, person_id.encode())
