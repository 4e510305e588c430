"""Answers as they are stored, and the commitments that history keeps of them."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from app.records.keys import decrypt, encrypt

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sealed:
    """`blob` goes to the database, `commitments` (field key to hex digest) to the history."""

    blob: bytes
    commitments: dict[str, str]


def seal(key: bytes, answers: Answers, bound_to: str) -> Sealed:
    """Encrypt `answers` and commit to each top-level field.

    The salt of a field is derived from a secret that lies inside the encrypted blob. Erasing the person's key
    therefore erases the salts, and the commitments tell nothing any more, while the chain over them still holds.
    """
    secret = os.urandom(32)
    plain = orjson.dumps({"answers": answers, "secret": secret.hex()})
    return Sealed(
        encrypt(key, plain, bound_to.encode()),
        {field: commitment(secret, field, value) for field, value in sorted(answers.items())},
    )


def unseal(key: bytes, blob: bytes, bound_to: str) -> tuple[dict[str, Any], bytes]:
    """The answers and the secret of their salts."""
    plain = orjson.loads(decrypt(key, blob, bound_to.encode()))
    return plain["answers"], bytes.fromhex(plain["secret"])


def commitment(secret: bytes, field: str, value: Any) -> str:
    """SHA-256 over the field's own salt and its canonical value; proves a value without showing the others."""
    salt = hmac.digest(secret, field.encode(), "sha256")
    return hashlib.sha256(salt + orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()
