"""Asking a provider: discovery, keys, tokens. Every request has a time limit, and no redirect is followed."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
import requests
from authlib.integrations.requests_client import OAuth2Session
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from app.identity.outside.errors import NoAnswer, NotProven
from app.identity.outside.issuers import Issuer, is_safe

#: seconds to connect, and for each part of an answer
TIMEOUT = (3.05, 5)
#: what a provider says of itself is asked again after so long
FRESH = timedelta(hours=1)
#: keys that are not known are asked for at most this often: a forged token must not make us ask at every try
KEYS_EVERY = timedelta(minutes=1)
LARGEST = 512 * 1024
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint")


@dataclass
class Provider:
    """One issuer, and what it said of itself. `now` in its methods is real time."""

    issuer: Issuer
    _metadata: Mapping[str, Any] = field(default_factory=dict)
    _metadata_at: datetime | None = None
    _keys: KeySet | None = None
    _keys_at: datetime | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def metadata(self, now: datetime) -> Mapping[str, Any]:
        """OpenID Connect Discovery 1.0. Raises `NoAnswer`, `NotProven` when it is about another issuer."""
        with self._lock:
            if self._metadata_at is None or now - self._metadata_at >= FRESH:
                self._metadata = self._discovered()
                self._metadata_at = now
        return self._metadata

    def _discovered(self) -> Mapping[str, Any]:
        found: dict[str, Any] = _json(self.issuer.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if found.get("issuer") != self.issuer.issuer:
            raise NotProven
        if not all(is_safe(found[name]) for name in _ENDPOINTS if name in found):
            raise NotProven
        if not all(name in found for name in _ENDPOINTS[:3]):
            raise NoAnswer
        return found

    def keys(self, now: datetime, *, anew: bool = False) -> KeySet:
        """The keys that sign its tokens. `anew`: one was not among them; perhaps they have changed."""
        address = self.metadata(now)["jwks_uri"]
        with self._lock:
            old = self._keys_at is None or now - self._keys_at >= (KEYS_EVERY if anew else FRESH)
            if self._keys is None or old:
                try:
                    self._keys = KeySet.import_key_set(_json(address))
                except (JoseError, ValueError, KeyError, TypeError) as error:
                    raise NotProven from error
                self._keys_at = now
            return self._keys

    def client(self, redirect_uri: str, now: datetime) -> OAuth2Session:
        """Authlib's client: authorization code with PKCE (RFC 7636)."""
        ways = self.metadata(now).get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        way = "client_secret_basic" if "client_secret_basic" in ways else "client_secret_post"
        made = OAuth2Session(
            self.issuer.client_id,
            self.issuer.client_secret or None,
            token_endpoint_auth_method=way if self.issuer.client_secret else "none",
            scope=" ".join(self.issuer.scopes),
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            default_timeout=TIMEOUT,
            # the access token is used at once or never
            leeway=0,
        )
        made.max_redirects = 0
        # nothing of the machine's .netrc goes to a provider
        made.trust_env = False
        return made


@dataclass
class Providers:
    """Those that have been asked since the server began, by id."""

    known: dict[str, Provider] = field(default_factory=dict)

    def of(self, issuer: Issuer) -> Provider:
        found = self.known.get(issuer.id)
        if found is None or found.issuer != issuer:
            found = self.known[issuer.id] = Provider(issuer)
        return found


def _json(address: str) -> Any:
    """Raises `NoAnswer`."""
    try:
        with requests.get(address, timeout=TIMEOUT, allow_redirects=False, stream=True) as answer:
            data = answer.raw.read(LARGEST + 1, decode_content=True)
            value = orjson.loads(data) if answer.status_code == 200 and len(data) <= LARGEST else None
    except (requests.RequestException, OSError, orjson.JSONDecodeError) as error:
        raise NoAnswer from error
    if not isinstance(value, dict):
        raise NoAnswer
    return value
