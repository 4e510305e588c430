"""Master keys: one or several from the settings, or a key service. The newest wraps; all unwrap.

A key service (KMS, HSM) is `WAYMARK_KMS = "package.module:factory"`; `factory()` gives a `KeyService`. Keys from the
settings may stand beside it: what they have wrapped stays readable, and `waymark keys rotate` moves it to the service.
"""

from __future__ import annotations

import importlib
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import Protocol

from app.errors import WaymarkError
from app.records.keys import RecordUnreadable, decrypt, encrypt, fingerprint, name_of, named

#: seconds that a key from a key service is kept in memory, and how many
KEPT_SECONDS, KEPT = 300.0, 512


class NoMasterKey(WaymarkError):
    """There is no master key. Set WAYMARK_MASTER_KEY, WAYMARK_MASTER_KEY_FILE or WAYMARK_KMS."""

    status = 503


class WrongMasterKey(RecordUnreadable):
    """These answers cannot be opened at the moment: the master key that they need is not set. Nothing is lost; please
    tell an administrator."""

    status = 503


class KeyService(Protocol):
    """What a key service has to do. `context` must be the same when a key is unwrapped."""

    @property
    def key_id(self) -> str:
        """Name of the key that wraps now: at most 200 characters."""

    def wrap(self, plain: bytes, context: bytes) -> bytes:
        """A key of 32 bytes, wrapped under `key_id`."""

    def unwrap(self, key_id: str, wrapped: bytes, context: bytes) -> bytes:
        """The key again; any error when it cannot be."""


class Masters:
    """The master keys at hand. `keys`: 32 bytes each, newest first."""

    def __init__(self, keys: Sequence[bytes], service: KeyService | None = None) -> None:
        if not keys and service is None:
            raise NoMasterKey
        self._keys = {fingerprint(key): key for key in keys}
        self._service = service
        self._kept: OrderedDict[bytes, tuple[float, bytes]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def newest(self) -> str:
        """Name of the key that wraps now."""
        return self._service.key_id if self._service else next(iter(self._keys))

    @property
    def ids(self) -> tuple[str, ...]:
        """Names of all keys that are set, the one that wraps first."""
        return tuple(dict.fromkeys((self.newest, *self._keys)))

    def wrap(self, key: bytes, bound_to: str) -> bytes:
        """A person's key, wrapped and named."""
        context, newest = bound_to.encode(), self.newest
        if self._service is not None:
            return named(newest, self._service.wrap(key, context))
        return named(newest, encrypt(self._keys[newest], key, context))

    def unwrap(self, wrapped: bytes, bound_to: str) -> bytes:
        """The person's key. Raises `WrongMasterKey` when the key that wraps it is not here."""
        key_id, body = name_of(wrapped)
        context = bound_to.encode()
        if key_id in self._keys:
            return decrypt(self._keys[key_id], body, context)
        if key_id:
            return self._asked(key_id, wrapped, body, context)
        return self._unnamed(body, context)

    def _unnamed(self, body: bytes, context: bytes) -> bytes:
        """What 0.2.0 wrapped does not say by which key."""
        for key in self._keys.values():
            try:
                return decrypt(key, body, context)
            except RecordUnreadable:
                continue
        raise WrongMasterKey

    def _asked(self, key_id: str, wrapped: bytes, body: bytes, context: bytes) -> bytes:
        """By the service, which is asked once in a while and not for every request."""
        if self._service is None:
            raise WrongMasterKey
        at, place = time.monotonic(), wrapped + b"/" + context
        with self._lock:
            known = self._kept.get(place)
            if known is not None and at - known[0] < KEPT_SECONDS:
                return known[1]
        key = self._service.unwrap(key_id, body, context)
        with self._lock:
            self._kept[place] = (at, key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return key


def load(keys: Sequence[bytes], service: str = "") -> Masters:
    """`service`: "package.module:factory", or "". Raises `NoMasterKey`."""
    if not service:
        return Masters(keys)
    module, _, factory = service.partition(":")
    return Masters(keys, getattr(importlib.import_module(module), factory)())
