"""A provider that lies: it signs what it is told, or does not sign at all."""

from __future__ import annotations

import base64
import hmac
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
from joserfc import jwt
from joserfc.jwk import RSAKey

_KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
_OTHER = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})


@dataclass
class Hostile:
    """`claims` and `header` change what an honest token would say; `signed_by` who signs it."""

    issuer: str = ""
    nonce: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    #: "ours", "other" (a key that is not ours), "public" (the public key as a shared secret), "none" (no signature)
    signed_by: str = "ours"
    metadata: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] | None = None
    status: int = 200
    #: what was sent to the token endpoint
    asked: list[dict[str, list[str]]] = field(default_factory=list)

    def begun(self, address: str) -> dict[str, str]:
        """Read what the browser was sent here with; state and nonce."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.nonce = query["nonce"]
        return query

    def token(self) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": "amir", "aud": "waymark", "iat": now, "exp": now + 60, "nonce": self.nonce}
        claims |= {"email": "amir.shah@northfield.example", "email_verified": True, "groups": ["managers"]}
        claims = {name: value for name, value in (claims | self.claims).items() if value is not None}
        header = {"alg": "RS256", "kid": "one"} | self.header
        if self.signed_by == "none":
            return ".".join([_part({"alg": "none"}), _part(claims), ""])
        if self.signed_by == "public":
            signed = f"{_part({'alg': 'HS256', 'kid': 'one'})}.{_part(claims)}"
            return f"{signed}.{_text(hmac.digest(_KEY.as_pem(private=False), signed.encode(), 'sha256'))}"
        return jwt.encode(header, claims, _OTHER if self.signed_by == "other" else _KEY, algorithms=["RS256", "PS256"])

    def document(self) -> dict[str, Any]:
        paths = {"authorization_endpoint": "/auth", "token_endpoint": "/token", "jwks_uri": "/keys"}
        paths["userinfo_endpoint"] = "/me"
        return {"issuer": self.issuer} | {name: self.issuer + path for name, path in paths.items()} | self.metadata


def _part(value: dict[str, Any]) -> str:
    return _text(orjson.dumps(value))


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@contextmanager
def hostile() -> Iterator[Hostile]:
    found = Hostile()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers = {
                "/.well-known/openid-configuration": found.document(),
                "/keys": {"keys": [_KEY.as_dict(private=False)]},
                "/me": found.userinfo,
            }
            self._answer(answers.get(urlsplit(self.path).path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            found.asked.append(parse_qs(body))
            self._answer({"access_token": "x", "token_type": "Bearer", "expires_in": 60, "id_token": found.token()})

        def _answer(self, value: Any) -> None:
            data = orjson.dumps(value)
            self.send_response(found.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()
