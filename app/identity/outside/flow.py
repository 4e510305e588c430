"""The way there and back: authorization code with PKCE, state and nonce (OpenID Connect Core 1.0, section 3.1)."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError

from app.identity.outside.errors import Cancelled, Forgotten, NoAnswer, NotProven
from app.identity.outside.provider import Provider
from app.identity.sealing import Sealer, SecretUnreadable

#: how long somebody may take over there
PATIENCE = timedelta(minutes=10)
#: seconds by which two clocks may differ
LEEWAY = 30
ALGORITHMS = ("RS256", "ES256")
#: how long ago somebody may have logged in over there who was asked to do so once more
JUST_NOW = timedelta(minutes=5)


@dataclass(frozen=True)
class Flow:
    """What the browser keeps, sealed, until it comes back. `again`: who is to show once more that it is them."""

    issuer: str
    state: str
    nonce: str
    verifier: str
    until: int
    next: str
    again: str = ""

    def sealed(self, sealer: Sealer) -> bytes:
        return sealer.seal(orjson.dumps(asdict(self)), self.issuer)

    @classmethod
    def opened(cls, sealer: Sealer, sealed: bytes, issuer: str, now: datetime) -> Flow:
        """Raises `Forgotten`: too late, of another issuer, or not made by us."""
        try:
            found = cls(**orjson.loads(sealer.unseal(sealed, issuer)))
        except (SecretUnreadable, ValueError, TypeError) as error:
            raise Forgotten from error
        if now.timestamp() >= found.until:
            raise Forgotten
        return found


def begin(provider: Provider, redirect_uri: str, target: str, now: datetime, again: str = "") -> tuple[str, Flow]:
    """The provider's address to go to, and what to keep meanwhile. Raises `NoAnswer`, `NotProven`."""
    metadata = provider.metadata(now)
    flow = Flow(
        provider.issuer.id,
        secrets.token_urlsafe(32),
        secrets.token_urlsafe(32),
        secrets.token_urlsafe(48),
        int((now + PATIENCE).timestamp()),
        target,
        again,
    )
    more = {"prompt": "login", "max_age": 0} if again else {}
    address, _ = provider.client(redirect_uri, now).create_authorization_url(
        metadata["authorization_endpoint"], state=flow.state, nonce=flow.nonce, code_verifier=flow.verifier, **more
    )
    return address, flow


def finish(provider: Provider, redirect_uri: str, flow: Flow, sent: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """The claims about who came back. Raises a kind of `OutsideLoginFailed`."""
    if not hmac.compare_digest(sent.get("state", "").encode(), flow.state.encode()):
        raise Forgotten
    _check_sender(provider, sent, now)
    if "error" in sent or not sent.get("code"):
        raise Cancelled
    client = provider.client(redirect_uri, now)
    try:
        token = client.fetch_token(
            provider.metadata(now)["token_endpoint"],
            grant_type="authorization_code",
            code=sent["code"],
            code_verifier=flow.verifier,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        raise NoAnswer from error
    except (AuthlibBaseError, ValueError) as error:
        raise NotProven from error
    claims = _claims(provider, token, flow, now)
    if flow.again and not _just_now(claims, now):
        raise NotProven
    return _told_more(provider, client, claims, now)


def _check_sender(provider: Provider, sent: Mapping[str, str], now: datetime) -> None:
    """RFC 9207: an answer of another provider is refused before its code goes anywhere."""
    expected = provider.metadata(now).get("authorization_response_iss_parameter_supported") is True
    if sent.get("iss", "" if expected else provider.issuer.issuer) != provider.issuer.issuer:
        raise NotProven


def _claims(provider: Provider, token: Mapping[str, Any], flow: Flow, now: datetime) -> dict[str, Any]:
    """The ID token's, checked: signature, algorithm, issuer, audience, time, nonce. Raises `NotProven`."""
    try:
        decoded = _decoded(provider, token["id_token"], now)
        checked = CodeIDToken(
            decoded.claims,
            decoded.header,
            {
                "iss": {"essential": True, "value": provider.issuer.issuer},
                "aud": {"essential": True, "value": provider.issuer.client_id},
            },
            {"nonce": flow.nonce, "client_id": provider.issuer.client_id, "access_token": token.get("access_token")},
        )
        checked.validate(now=int(now.timestamp()), leeway=LEEWAY)
    except (JoseError, AuthlibBaseError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise NotProven from error
    return dict(checked)


def _decoded(provider: Provider, id_token: str, now: datetime) -> jwt.Token:
    try:
        return jwt.decode(id_token, provider.keys(now), algorithms=ALGORITHMS)
    except InvalidKeyIdError:
        return jwt.decode(id_token, provider.keys(now, anew=True), algorithms=ALGORITHMS)


def _just_now(claims: Mapping[str, Any], now: datetime) -> bool:
    at = claims.get("auth_time")
    return isinstance(at, int) and now - datetime.fromtimestamp(at, UTC) <= JUST_NOW


def _told_more(provider: Provider, client: OAuth2Session, claims: dict[str, Any], now: datetime) -> dict[str, Any]:
    """With what the provider tells only when asked (section 5.3), where the token does not say all that we need."""
    address, issuer = provider.metadata(now).get("userinfo_endpoint"), provider.issuer
    wanted = {issuer.email_claim} | ({issuer.groups_claim} if issuer.groups else set())
    if wanted <= claims.keys() or not address:
        return claims
    try:
        answer = client.get(address, allow_redirects=False)
        more = answer.json() if answer.status_code == 200 else None
    except (requests.RequestException, AuthlibBaseError, ValueError) as error:
        raise NoAnswer from error
    if not isinstance(more, dict) or more.get("sub") != claims["sub"]:
        raise NotProven
    return {**more, **claims}
