"""Keys: master, person, data. Each wraps the next (AES-256-GCM, NIST SP 800-38D).

    master key (settings, or a key service)          one or several, the newest wraps
      └ person key (table person_key)                one a person whom answers are about
          └ data key (cases.data_keys)               one a case and class: public, employer, restricted, clinical
              └ what was entered, drafts, attachments

To erase a class of a case is to take its data key out of the case's row; to erase a person is to delete the row in
`person_key`. Either leaves bytes that nobody can read, with the master key or without.

Whatever seals something new about a case asks for the data key of its class:

    keys = held.keys(connection, waymark.master_key, now)        # under the case's lock; or
    keys = records.read_case_keys(connection, waymark.master_key, case_row)   # to read
    sealed = encrypt(keys.data_key("clinical"), plain, f"attachment/{id}".encode())

`data_key` raises `RecordUnreadable` when the class was erased; `keys.readable(cls)` asks first.

A wrapped key names the key that wraps it: `WMK1`, one byte length of the name, the name, then what the cipher gave.
The name of a key of ours is its fingerprint. Wrapped keys of 0.2.0 and before have no name: 12 bytes nonce, ciphertext.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.errors import WaymarkError

NONCE = 12
_MAGIC = b"WMK1"
#: every class has a key of its own, most open first
CLASSES = ("public", "employer", "restricted", "clinical")
#: what is of no known class is kept like the best protected
MOST_PROTECTED = CLASSES[-1]


class RecordUnreadable(WaymarkError):
    """These answers can no longer be read: their key is gone or is not the right one."""

    status = 410


class StaleKey(RuntimeError):
    """A data key is wrapped by another person key than the one at hand: both were read while it was changed."""


def encrypt(key: bytes, plain: bytes, bound_to: bytes) -> bytes:
    """Nonce and ciphertext; `bound_to` must be the same when it is decrypted."""
    nonce = os.urandom(NONCE)
    return nonce + _cipher(key).encrypt(nonce, plain, bound_to)


def decrypt(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    """The plain bytes; `RecordUnreadable` when the key or what it is bound to differs."""
    try:
        return _cipher(key).decrypt(sealed[:NONCE], sealed[NONCE:], bound_to)
    except (InvalidTag, ValueError):
        raise RecordUnreadable from None


@lru_cache(maxsize=256)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def fingerprint(key: bytes) -> str:
    """A name for a key of 256 random bits, which tells nothing about it."""
    return hashlib.sha256(b"waymark key\0" + key).hexdigest()[:16]


def named(key_id: str, wrapped: bytes) -> bytes:
    """A wrapped key that says by which key. `key_id`: at most 255 bytes."""
    name = key_id.encode()
    return _MAGIC + bytes([len(name)]) + name + wrapped


def name_of(wrapped: bytes) -> tuple[str, bytes]:
    """(key id, what the cipher gave); the id is "" for what 0.2.0 and before have written."""
    if not wrapped.startswith(_MAGIC):
        return "", wrapped
    end = len(_MAGIC) + 1 + wrapped[len(_MAGIC)]
    return wrapped[len(_MAGIC) + 1 : end].decode(), wrapped[end:]


def wrap(key: bytes, inner: bytes, bound_to: bytes) -> bytes:
    """A key under a key of ours, named by its fingerprint."""
    return named(fingerprint(key), encrypt(key, inner, bound_to))


@dataclass(frozen=True)
class PersonKey:
    """`older`: keys that this one replaced and under which something still lies, by fingerprint; see `rotating`."""

    person_id: str
    key: bytes = field(repr=False)
    older: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    def unwrap(self, wrapped: bytes, bound_to: bytes) -> bytes:
        """A data key. Raises `StaleKey`, `RecordUnreadable`."""
        key_id, body = name_of(wrapped)
        if key_id == fingerprint(self.key):
            return decrypt(self.key, body, bound_to)
        if key_id not in self.older:
            raise StaleKey(self.person_id)
        return decrypt(self.older[key_id], body, bound_to)

    def decrypt(self, sealed: bytes, bound_to: bytes) -> bytes:
        """What 0.2.0 sealed as a whole, with the key that the person had then. Raises `RecordUnreadable`."""
        for key in (self.key, *self.older.values()):
            try:
                return decrypt(key, sealed, bound_to)
            except RecordUnreadable:
                continue
        raise RecordUnreadable


def new_data_keys(person: PersonKey, case_id: str) -> dict[str, str]:
    """A data key for every class of a case, wrapped, as the column `data_keys` holds them."""
    return {cls: wrap(person.key, os.urandom(32), _place(case_id, cls)).hex() for cls in CLASSES}


def rewrapped(person: PersonKey, case_id: str, data_keys: Mapping[str, str]) -> dict[str, str]:
    """The same data keys under the person's newest key."""
    found = CaseKeys(case_id, person, data_keys)
    return {cls: wrap(person.key, found.data_key(cls), _place(case_id, cls)).hex() for cls in data_keys}


def _place(case_id: str, cls: str) -> bytes:
    return f"{case_id}/{cls}".encode()


@dataclass(frozen=True)
class CaseKeys:
    """What opens one case. `person`: None when the person was erased. `wrapped`: class to wrapped data key in hex; a
    class that was erased is not in it."""

    case_id: str
    person: PersonKey | None
    wrapped: Mapping[str, str]
    _opened: dict[str, bytes] = field(default_factory=dict, repr=False, compare=False)

    def readable(self, cls: str) -> bool:
        return self.person is not None and cls in self.wrapped

    def data_key(self, cls: str) -> bytes:
        """32 bytes. Raises `RecordUnreadable` when the class, or the person, was erased."""
        if self.person is None or cls not in self.wrapped:
            raise RecordUnreadable
        if cls not in self._opened:
            self._opened[cls] = self.person.unwrap(bytes.fromhex(self.wrapped[cls]), _place(self.case_id, cls))
        return self._opened[cls]

    @property
    def stale(self) -> bool:
        """Was the person's key changed between the reading of the one and the other?"""
        if self.person is None:
            return False
        known = {fingerprint(self.person.key), *self.person.older}
        return any(name_of(bytes.fromhex(one))[0] not in known for one in self.wrapped.values())


def class_of(classes: Mapping[str, Any], name: str) -> str:
    """The class under which an answer is kept."""
    found = classes.get(name, MOST_PROTECTED)
    return found if found in CLASSES else MOST_PROTECTED
