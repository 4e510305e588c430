"""Sealing secrets of logins (AES-256-GCM, NIST SP 800-38D).

What lasts for minutes is sealed with a key for its purpose, made of a key of the server (HKDF, RFC 5869). What stays in
a table is sealed with a key of its own, which the master keys wrap: they may change, or be a key service's.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.errors import WaymarkError

_NONCE, _KEY = 12, 32
#: bytes that say how long the wrapped key is
_LENGTH = 2


class SecretUnreadable(WaymarkError):
    """This cannot be checked: the server's key is not the one that sealed it. Ask your administrator."""


class Sealing(Protocol):
    """Seals, and opens what it has sealed. `bound_to`, a person's id, must be the same when it is opened."""

    def seal(self, plain: bytes, bound_to: str) -> bytes: ...

    def unseal(self, sealed: bytes, bound_to: str) -> bytes:
        """Raises `SecretUnreadable`."""


class Wrapping(Protocol):
    """What wraps keys of 32 bytes: the master keys of `app.records`, a sister that this package does not import."""

    def wrap(self, key: bytes, bound_to: str) -> bytes: ...

    def unwrap(self, wrapped: bytes, bound_to: str) -> bytes: ...


@dataclass(frozen=True)
class Sealer:
    """`key`: 32 bytes. Another purpose is another key, so neither opens the other."""

    key: bytes = field(repr=False)
    purpose: str

    def seal(self, plain: bytes, bound_to: str) -> bytes:
        """Nonce and ciphertext; `bound_to`, a person's id, must be the same when it is opened."""
        nonce = os.urandom(_NONCE)
        return nonce + _cipher(self.key, self.purpose).encrypt(nonce, plain, bound_to.encode())

    def unseal(self, sealed: bytes, bound_to: str) -> bytes:
        """Raises `SecretUnreadable`."""
        try:
            return _cipher(self.key, self.purpose).decrypt(sealed[:_NONCE], sealed[_NONCE:], bound_to.encode())
        except InvalidTag:
            raise SecretUnreadable from None


@lru_cache(maxsize=4)
def _cipher(key: bytes, purpose: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=f"waymark {purpose}".encode()).derive(key))


@dataclass(frozen=True)
class Enveloped:
    """Length of the wrapped key, the wrapped key, then nonce and ciphertext under that key."""

    masters: Wrapping = field(repr=False)
    purpose: str = "second step"

    def seal(self, plain: bytes, bound_to: str) -> bytes:
        key, nonce, place = os.urandom(_KEY), os.urandom(_NONCE), self._place(bound_to)
        return _joined(self.masters.wrap(key, place), nonce + AESGCM(key).encrypt(nonce, plain, place.encode()))

    def unseal(self, sealed: bytes, bound_to: str) -> bytes:
        """Raises `SecretUnreadable`."""
        wrapped, body = parts(sealed)
        place = self._place(bound_to)
        try:
            key = self.masters.unwrap(wrapped, place)
            return AESGCM(key).decrypt(body[:_NONCE], body[_NONCE:], place.encode())
        except (InvalidTag, WaymarkError):
            raise SecretUnreadable from None

    def rewrapped(self, sealed: bytes, bound_to: str) -> bytes:
        """The same with its key under the master that wraps now. Raises what the master keys raise."""
        wrapped, body = parts(sealed)
        place = self._place(bound_to)
        return _joined(self.masters.wrap(self.masters.unwrap(wrapped, place), place), body)

    def _place(self, bound_to: str) -> str:
        """Not what a person's key is bound to: neither can be put in the other's place."""
        return f"{self.purpose}/{bound_to}"


def parts(sealed: bytes) -> tuple[bytes, bytes]:
    """The wrapped key, and what lies under it."""
    end = _LENGTH + int.from_bytes(sealed[:_LENGTH])
    return sealed[_LENGTH:end], sealed[end:]


def _joined(wrapped: bytes, body: bytes) -> bytes:
    return len(wrapped).to_bytes(_LENGTH) + wrapped + body
