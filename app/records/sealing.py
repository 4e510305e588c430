"""Answers as they are stored, and the commitments that history keeps of them.

What is stored is a container: `WMR1`, the length of a heading (4 bytes, big-endian), the heading, and the parts. The
heading says, in plain, which fields lie in which part; the history names the same fields beside their commitments. Each
part holds the answers of one class with the salts of their commitments, sealed with the case's data key of that class.
What 0.2.0 stored is one part for all, sealed with the person's key.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from app.records.keys import CaseKeys, RecordUnreadable, class_of, decrypt, encrypt

Answers = Mapping[str, Any]
#: what a container begins with
MAGIC = b"WMR1"
_LENGTH = 4


@dataclass(frozen=True, slots=True)
class Sealed:
    """`blob` goes to the database, `commitments` (field key to hex digest) to the history."""

    blob: bytes
    commitments: dict[str, str]


@dataclass(frozen=True, slots=True)
class Opened:
    """`answers` that can still be read, `salts` of their commitments. `erased`: field to the class that is gone."""

    answers: dict[str, Any]
    salts: dict[str, bytes]
    erased: dict[str, str] = field(default_factory=dict)


def seal(keys: CaseKeys, answers: Answers, classes: Mapping[str, str], bound_to: str) -> Sealed:
    """Encrypt `answers`, each top-level field with the others of its class, and commit to each.

    The salts lie inside the sealed part. Erasing the data key of a class therefore erases the salts of its answers, and
    their commitments tell nothing any more, while the chain over them still holds. `classes`: field to class; a field
    that is not in it counts as clinical. Raises `RecordUnreadable` when the class was erased.
    """
    salts = {name: os.urandom(32) for name in sorted(answers)}
    return Sealed(
        _container(keys, answers, salts, classes, bound_to),
        {name: committed(salts[name], value) for name, value in sorted(answers.items())},
    )


def _container(
    keys: CaseKeys, answers: Answers, salts: Mapping[str, bytes], classes: Mapping[str, str], bound_to: str
) -> bytes:
    fields: dict[str, list[str]] = {}
    for name in sorted(answers):
        fields.setdefault(class_of(classes, name), []).append(name)
    heading, parts = [], []
    for cls, names in sorted(fields.items()):
        plain = {
            "answers": {name: answers[name] for name in names},
            "salts": {name: salts[name].hex() for name in names},
        }
        part = encrypt(keys.data_key(cls), orjson.dumps(plain), f"{bound_to}/{cls}".encode())
        heading.append([cls, len(part), names])
        parts.append(part)
    head = orjson.dumps(heading)
    return b"".join((MAGIC, len(head).to_bytes(_LENGTH, "big"), head, *parts))


def unseal(keys: CaseKeys, blob: bytes, bound_to: str) -> Opened:
    """What can still be read of it. Raises `RecordUnreadable` when it is not what was stored there."""
    if is_whole(blob):
        return _whole(keys, blob, bound_to)
    found = Opened({}, {})
    for cls, names, part in _parts(blob):
        if not keys.readable(cls):
            found.erased.update(dict.fromkeys(names, cls))
            continue
        plain = orjson.loads(decrypt(keys.data_key(cls), part, f"{bound_to}/{cls}".encode()))
        found.answers.update(plain["answers"])
        found.salts.update({name: bytes.fromhex(salt) for name, salt in plain["salts"].items()})
    return found


def is_whole(blob: bytes) -> bool:
    """Was it sealed as a whole, as 0.2.0 did?"""
    return not blob.startswith(MAGIC)


def _parts(blob: bytes) -> Iterator[tuple[str, list[str], bytes]]:
    start = len(MAGIC) + _LENGTH
    at = start + int.from_bytes(blob[len(MAGIC) : start], "big")
    try:
        heading = orjson.loads(blob[start:at])
    except orjson.JSONDecodeError:
        raise RecordUnreadable from None
    for cls, length, names in heading:
        yield cls, names, blob[at : at + length]
        at += length


def _whole(keys: CaseKeys, blob: bytes, bound_to: str) -> Opened:
    if keys.person is None:
        return Opened({}, {}, {"": ""})
    plain = orjson.loads(keys.person.decrypt(blob, bound_to.encode()))
    secret = bytes.fromhex(plain["secret"])
    return Opened(plain["answers"], {name: hmac.digest(secret, name.encode(), "sha256") for name in plain["answers"]})


def resealed(keys: CaseKeys, blob: bytes, classes: Mapping[str, str], bound_to: str) -> bytes:
    """What 0.2.0 sealed as a whole, in parts by class, with the salts that the history's commitments were made with."""
    found = _whole(keys, blob, bound_to)
    return _container(keys, found.answers, found.salts, classes, bound_to)


def committed(salt: bytes, value: Any) -> str:
    """SHA-256 over the field's own salt and its canonical value; proves a value without showing the others."""
    return hashlib.sha256(salt + orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()
