"""Passwords as argon2id hashes (RFC 9106), with the memory and passes that OWASP gives as its minimum."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.identity.errors import WeakPassword

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
MIN_LENGTH, MAX_LENGTH = 12, 200


def normal(password: str) -> str:
    """NFKC, so that the same keys on another keyboard or system give the same password (NIST SP 800-63B)."""
    return unicodedata.normalize("NFKC", password)


def hash_password(password: str) -> str:
    """Raises `WeakPassword`."""
    if not MIN_LENGTH <= len(normal(password)) <= MAX_LENGTH:
        raise WeakPassword
    return _HASHER.hash(normal(password))


@lru_cache(maxsize=1)
def nobodys_hash() -> str:
    """A hash that no password meets, so that an unknown name costs the same time as a known one."""
    return _HASHER.hash("nobody has this password")


def matches(password_hash: str | None, password: str) -> bool:
    """Always costs one hash, whether there is somebody to compare with or not."""
    instead = nobodys_hash()
    try:
        # One character over the limit is kept: a longer text must not match by its beginning.
        _HASHER.verify(password_hash or instead, normal(password[: MAX_LENGTH + 1]))
    except (VerificationError, InvalidHashError):
        return False
    # an empty hash is an account without a password: nothing matches it, not even nobody's password
    return bool(password_hash)


def outdated(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(password_hash)
