"""Who is logged in, the tokens that forms carry, and the headers of every answer."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import Response, current_app, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, RequestRedirect
from werkzeug.wrappers import Response as Reply

from app.errors import BadRequest, NotAllowed, NotFound, NotLoggedIn
from app.identity import Session
from app.web.doors import doors

COOKIE = "waymark"
#: a random value from before the login, to which the login form's token is bound
VISITOR = "waymark_visitor"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
HSTS = "max-age=31536000; includeSubDomains"

#: characters
LONGEST_NEXT = 500
#: a path of this site: a second slash, or what browsers take for one, would make it a host
_LOCAL = re.compile(r"/(?![/\\])")

P = ParamSpec("P")
R = TypeVar("R")


class StaleForm(BadRequest):
    """This page was open for too long, or from before you logged in. Load it again and send it once more."""


def current_session() -> Session | None:
    """The session of this request, looked up once."""
    if "session" not in g:
        g.session = doors().session(held(COOKIE))
    found: Session | None = g.session
    return found


def session() -> Session:
    """The session of this request. Raises `NotLoggedIn`."""
    found = current_session()
    if found is None:
        raise NotLoggedIn
    return found


def requires(membership: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """The view is for people with this membership only."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if not session().actor.has(membership):
                raise NotAllowed
            return view(*args, **kwargs)

        return guarded

    return decorate


def csrf_token() -> str:
    """What the form in a page carries as `_csrf`: the session's, else one bound to the visitor's cookie."""
    found = current_session()
    return found.csrf if found else _visitor_token(_visitor())


def _visitor() -> str:
    if "visitor" not in g:
        g.visitor = held(VISITOR) or secrets.token_urlsafe(24)
    found: str = g.visitor
    return found


def _visitor_token(visitor: str) -> str:
    key = doors().w.settings.secret_key
    return hmac.new(key, b"login form\0" + visitor.encode(), hashlib.sha256).hexdigest()


def refuse_control_characters() -> None:
    """No address of ours has any, and a database refuses a NUL with an error of its own. Raises `NotFound`."""
    if not all(value.isprintable() for value in (request.path, *request.args.values())):
        raise NotFound


def check_post() -> None:
    """Refuse a post that no page of ours made. Raises `StaleForm` (origin or token), `NotLoggedIn`."""
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    if not _same_origin():
        raise StaleForm
    if current_session() is None and request.endpoint != "web.login":
        raise NotLoggedIn
    if not hmac.compare_digest(request.form.get("_csrf", "").encode(), csrf_token().encode()):
        raise StaleForm


def _same_origin() -> bool:
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("Origin")
    # "null" is what a browser sends for a page of ours, too: referrer-policy no-referrer hides it
    return origin in {None, "null"} or urlsplit(origin or "").netloc == request.host


def add_headers(response: Response) -> Response:
    """Headers of every answer; pages are never kept by a browser or a proxy."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if doors().w.settings.secure_cookies:
        response.headers["Strict-Transport-Security"] = HSTS
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    if "visitor" in g and held(VISITOR) is None:
        set_cookie(response, VISITOR, g.visitor)
    return response


def cookie_name(name: str) -> str:
    """Over TLS with the prefix by which a browser takes the cookie from this host alone, and only over TLS."""
    return f"__Host-{name}" if doors().w.settings.secure_cookies else name


def held(name: str) -> str | None:
    """What the visitor's cookie of ours holds."""
    return request.cookies.get(cookie_name(name))


def set_cookie(response: Reply, name: str, value: str) -> None:
    secure = doors().w.settings.secure_cookies
    response.set_cookie(cookie_name(name), value, httponly=True, samesite="Lax", secure=secure, path="/")


def drop_cookie(response: Reply, name: str) -> None:
    """With the same flags: a browser lets nobody else take back a cookie with that prefix."""
    secure = doors().w.settings.secure_cookies
    response.delete_cookie(cookie_name(name), httponly=True, samesite="Lax", secure=secure, path="/")


def safe_next(target: str | None) -> str:
    """Where to go after the login: a page of ours that can be read, else the inbox.

    Control characters are refused first: a browser drops tabs and line breaks, and "/<tab>/host" is then a host.
    """
    if not target or len(target) > LONGEST_NEXT or not target.isprintable() or not _LOCAL.match(target):
        return "/"
    adapter: MapAdapter = current_app.url_map.bind("localhost")
    try:
        endpoint, _ = adapter.match(urlsplit(target).path, method="GET")
    except (HTTPException, RequestRedirect, ValueError):
        return "/"
    return target if endpoint.startswith("web.") and endpoint != "web.login" else "/"
