"""Logging in by an organisation's own login: there, back, and out."""

from __future__ import annotations

import base64
import binascii
import logging
from urllib.parse import urlencode

from flask import make_response, redirect, request, url_for
from werkzeug.wrappers import Response as Reply

from app import db
from app.errors import NotFound
from app.identity import outside as logins
from app.identity import sessions
from app.identity.outside.errors import Forgotten, SomebodyElse
from app.identity.outside.flow import PATIENCE
from app.identity.sealing import Sealer
from app.web import login
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.security import COOKIE, cookie_name, current_session, held, own_token, safe_next

log = logging.getLogger("waymark.identity")

#: what the browser keeps, sealed, while the person is at their organisation's login
WAY = "waymark_way"


def _issuer(issuer_id: str) -> logins.Issuer:
    found = doors().issuers.get(issuer_id)
    if found is None:
        raise NotFound
    return found


def _address(endpoint: str, issuer_id: str) -> str:
    """Ours, as the provider knows it: never from the request's headers."""
    return doors().w.settings.base_url.rstrip("/") + url_for(endpoint, issuer_id=issuer_id)


def _sealer() -> Sealer:
    return Sealer(doors().w.settings.secret_key, "outside login")


@bp.get("/login/with/<issuer_id>")
def outside(issuer_id: str) -> Reply:
    """To the organisation's login. A link and no form: the policy of our pages lets no form lead elsewhere."""
    provider = doors().providers.of(_issuer(issuer_id))
    mine, target = current_session(), safe_next(request.args.get("next"))
    again = mine.actor.person_id if mine and request.args.get("again") else ""
    try:
        back = _address("web.outside_back", issuer_id)
        address, flow = logins.begin(provider, back, target, doors().real_now, again)
    except logins.OutsideLoginFailed as error:
        return _failed(error, issuer_id, target)
    response = redirect(address, 303)
    _keep(response, base64.urlsafe_b64encode(flow.sealed(_sealer())).decode())
    return response


def _keep(response: Reply, value: str) -> None:
    seconds = int(PATIENCE.total_seconds()) if value else 0
    secure = doors().w.settings.secure_cookies
    response.set_cookie(
        cookie_name(WAY), value, max_age=seconds, httponly=True, samesite="Lax", secure=secure, path="/"
    )


@bp.get("/login/with/<issuer_id>/back")
def outside_back(issuer_id: str) -> Reply:
    """Where the organisation's login sends people back to. What the browser kept is worth nothing afterwards."""
    issuer = _issuer(issuer_id)
    target = "/"
    try:
        flow = _kept(issuer_id)
        target = safe_next(flow.next)
        response = _come_in(issuer, flow, target)
    except logins.OutsideLoginFailed as error:
        response = _failed(error, issuer_id, target)
    _keep(response, "")
    return response


def _kept(issuer_id: str) -> logins.Flow:
    try:
        sealed = base64.urlsafe_b64decode(held(WAY) or "")
    except (binascii.Error, ValueError) as error:
        raise Forgotten from error
    return logins.Flow.opened(_sealer(), sealed, issuer_id, doors().real_now)


def _come_in(issuer: logins.Issuer, flow: logins.Flow, target: str) -> Reply:
    now, back = doors().real_now, _address("web.outside_back", issuer.id)
    claims = logins.finish(doors().providers.of(issuer), back, flow, request.args, now)
    with db.transaction(doors().w.engine) as conn:
        arrived = logins.arrive(conn, issuer, claims, now)
        if flow.again:
            _prove(flow, arrived)
            sessions.proved(conn, own_token(), now)
            return redirect(target, 303)
        required, old = doors().second_step_required, held(COOKIE)
        entered = sessions.enter(
            conn, arrived.person_id, now, old, required=required, issuer=issuer.id, second=arrived.second
        )
    return login.entered(entered, target)


def _prove(flow: logins.Flow, arrived: logins.Arrived) -> None:
    mine = current_session()
    if mine is None or {mine.actor.person_id, flow.again} != {arrived.person_id}:
        raise SomebodyElse


def _failed(error: logins.OutsideLoginFailed, issuer_id: str, target: str) -> Reply:
    """The login page, with our own sentence. What the provider said is shown and logged nowhere."""
    log.warning("outside login failed", extra={"login": issuer_id, "error": type(error).__name__})
    return make_response(login.show({f"with-{issuer_id}": error.detail}, target, status=error.status))


@bp.get("/login/with/<issuer_id>/out")
def outside_end(issuer_id: str) -> Reply:
    """To the organisation's own logout (OpenID Connect RP-Initiated Logout 1.0), where it has one."""
    issuer = _issuer(issuer_id)
    try:
        end = doors().providers.of(issuer).metadata(doors().real_now).get("end_session_endpoint")
    except logins.OutsideLoginFailed:
        end = None
    if not end:
        return redirect(url_for("web.login"), 303)
    back = doors().w.settings.base_url.rstrip("/") + url_for("web.login")
    query = urlencode({"client_id": issuer.client_id, "post_logout_redirect_uri": back})
    return redirect(f"{end}{'&' if '?' in end else '?'}{query}", 303)
