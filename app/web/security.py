"""Who is logged in, the tokens that forms carry, and the headers of every answer."""

from __future__ import annotations

import base64
import hmac
import ipaddress
import re
import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import Response, current_app, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, RequestRedirect
from werkzeug.wrappers import Response as Reply

from app import signed
from app.errors import BadRequest, NotAllowed, NotFound, NotLoggedIn, WaymarkError
from app.identity import Session
from app.identity.actor import Half
from app.identity.sealing import Sealer, SecretUnreadable
from app.web.doors import doors

COOKIE = "waymark"
#: a random value from before the login, to which the login form's token is bound
VISITOR = "waymark_visitor"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
#: for the modeller and the tables alone: their libraries place what they draw by `style` attributes
DRAWING_POLICY = f"{POLICY}; style-src-attr 'unsafe-inline'"
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
#: words that somebody looks for: their name in an address, and how many characters are read
SEARCH, LONGEST_SEARCH = "q", 100
#: how sealed words begin
SEALED = "~"
#: a path of this site: a second slash, or what browsers take for one, would make it a host
_LOCAL = re.compile(r"/(?![/\\])")

#: how long ago somebody may have given their password or a code before something grave
PROOF = timedelta(minutes=10)
#: pages of people who are not to be known: no session is looked up, no cookie set, no token carried (NW-13)
NAMELESS = frozenset({"web.feedback"})
#: posts of people who are not logged in, each with a token bound to the visitor or to the half of a login
FOR_VISITORS = frozenset({"web.login", "web.login_code", "web.login_set_up", "web.reset"})

#: pages to which no login leads
NEVER_NEXT = frozenset({"web.login", "web.login_code", "web.login_set_up", "web.logout", "web.reset"}) | frozenset(
    {"web.login_again", "web.outside", "web.outside_back", "web.outside_end"}
)

P = ParamSpec("P")
R = TypeVar("R")


class StaleForm(BadRequest):
    """This page was open for too long, or from before you logged in. Load it again and send it once more."""


class ProofWanted(WaymarkError):
    """Show once more that it is you, before something that cannot be taken back."""

    status = 401


def current_session() -> Session | None:
    """The session of this request, looked up once; never on a page of people who are not to be known."""
    if request.endpoint in NAMELESS:
        return None
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


def current_half() -> Half | None:
    """The login of this request that waits for its second step, looked up once. It opens nothing but that step."""
    if "half" not in g:
        g.half = None if current_session() else doors().half(held(COOKIE))
    found: Half | None = g.half
    return found


def recently_proven(view: Callable[P, R]) -> Callable[P, R]:
    """The view is for people who gave their password or a code in the last ten minutes; others are asked to.

    Put it below the route. A post that comes too late is kept, and sent by the person once more after the proof:
    decorate the page with the form too, so that this is rare.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not proven(session()):
            raise ProofWanted
        return view(*args, **kwargs)

    return guarded


def proven(mine: Session) -> bool:
    return mine.proven_at is not None and mine.real_now is not None and mine.real_now - mine.proven_at <= PROOF


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
    found = current_session() or current_half()
    return found.csrf if found else _visitor_token(_visitor())


def _visitor() -> str:
    if "visitor" not in g:
        g.visitor = held(VISITOR) or secrets.token_urlsafe(24)
    found: str = g.visitor
    return found


def _visitor_token(visitor: str) -> str:
    return signed.mark(doors().w.settings.secret_key, "login form", visitor)


def client_mark() -> str:
    """A mark of the address that this request comes from: tries are counted by it, and the address is kept nowhere."""
    return signed.mark(doors().w.settings.secret_key, "address", client_address())[:32]


def client_address() -> str:
    """The address, or for IPv6 its network of 64 bits, which one customer has for themselves."""
    given = request.remote_addr or ""
    try:
        found = ipaddress.ip_address(given)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


def refuse_control_characters() -> None:
    """No address of ours has any, and a database refuses a NUL with an error of its own. Raises `NotFound`.

    What somebody looks for may come from another page, with blanks that are none: it is cleaned (`searched`).
    """
    values = [value for name, value in request.args.items(multi=True) if name != SEARCH]
    if not all(value.isprintable() for value in (request.path, *values)):
        raise NotFound


def searched() -> str:
    """The words that the address looks for, on one line."""
    given = request.args.get(SEARCH, "")
    return one_line(_opened(given) if given.startswith(SEALED) else given)


def one_line(text: str) -> str:
    """What somebody looks for, without line breaks and what cannot be printed."""
    return " ".join("".join(one if one.isprintable() else " " for one in text[:LONGEST_SEARCH]).split())


def sealed_words(text: str) -> str:
    """What an address carries instead of a name that somebody looks for: only they can open it."""
    sealed = Sealer(doors().w.settings.secret_key, "search").seal(text.encode(), session().actor.person_id)
    return SEALED + base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def _opened(given: str) -> str:
    """The words in a sealed address; none for somebody else, or when it was tampered with."""
    body = given.removeprefix(SEALED)
    try:
        sealed = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        key = doors().w.settings.secret_key
        return Sealer(key, "search").unseal(sealed, session().actor.person_id).decode()
    except (SecretUnreadable, ValueError):
        return ""


def check_post() -> None:
    """Refuse a post that no page of ours made. Raises `StaleForm` (origin or token), `NotLoggedIn`."""
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    if not _same_origin():
        raise StaleForm
    if request.endpoint in NAMELESS:
        return
    if current_session() is None and not _for_visitors():
        raise NotLoggedIn
    if not hmac.compare_digest(request.form.get("_csrf", "").encode(), csrf_token().encode()):
        raise StaleForm


def _for_visitors() -> bool:
    return request.endpoint in FOR_VISITORS or (request.endpoint == "web.logout" and current_half() is not None)


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
    _hand_over_new_cookie(response)
    return response


def cookie_name(name: str) -> str:
    """Over TLS with the prefix by which a browser takes the cookie from this host alone, and only over TLS."""
    return f"__Host-{name}" if doors().w.settings.secure_cookies else name


def held(name: str) -> str | None:
    """What the visitor's cookie of ours holds."""
    return request.cookies.get(cookie_name(name))


def _hand_over_new_cookie(response: Response) -> None:
    """The session has a new value; unless the view has set or deleted the cookie itself."""
    found: Session | None = g.get("session")
    own = any(one.startswith(f"{cookie_name(COOKIE)}=") for one in response.headers.getlist("Set-Cookie"))
    if found is not None and found.renewed and not own:
        set_cookie(response, COOKIE, found.renewed)


def own_token() -> str:
    """The value of this session's cookie, the new one if it has just changed."""
    return session().renewed or held(COOKIE) or ""


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
    return _own_page(target, "GET") or "/"


def safe_action(target: str | None) -> str:
    """Where to send a form once more that was kept: a page of ours that takes posts, else nothing."""
    return _own_page(target, "POST")


def _own_page(target: str | None, method: str) -> str:
    if not target or len(target) > LONGEST_NEXT or not target.isprintable() or not _LOCAL.match(target):
        return ""
    adapter: MapAdapter = current_app.url_map.bind("localhost")
    try:
        endpoint, _ = adapter.match(urlsplit(target).path, method=method)
    except (HTTPException, RequestRedirect, ValueError):
        return ""
    return target if endpoint.startswith("web.") and endpoint not in NEVER_NEXT else ""
