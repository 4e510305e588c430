"""Sealing secrets of logins: AES-256-GCM with a key for each purpose, made of a key of the server (HKDF, RFC 5869)."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.errors import WaymarkError

_NONCE = 12


class SecretUnreadable(WaymarkError):
    """This cannot be checked: the server's key is not the one that sealed it. Ask your administrator."""


@dataclass(frozen=True)
class Sealer:
    """`key`: 32 bytes. Answers are sealed with other keys (`app.records`), so neither opens the other."""

    key: bytes = field(repr=False)
    purpose: str = "second step"

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
