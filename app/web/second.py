"""The second step of a login: a code, or at the first login setting it up. Nothing else opens before."""

from __future__ import annotations

from collections.abc import Sequence

import segno
from flask import Response, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from app.identity import account, proving, totp
from app.identity.actor import Half
from app.identity.errors import TooManyTries, WrongCode
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.security import COOKIE, current_half, current_session, held, safe_next, set_cookie

WRONG = "This code does not fit, or was used before. Enter the one that the app shows now"
EMPTY = "Enter the 6 digits that the app shows"
PLACES = {"code": "web.login_code", "enrol": "web.login_set_up"}


def wanted(waits: str, token: str, target: str) -> Reply:
    """After the password: to the page of the second step, with what somebody had typed when their login ran out."""
    if not _carried():
        return redirect(url_for(PLACES[waits], next=target), 303)
    # the page is made in the answer to the password: its token is that of the new cookie
    g.session, g.half = None, doors().half(token)
    return _ask({}, target) if waits == "code" else _set_up({}, target)


def _carried() -> Sequence[tuple[str, str]]:
    from app.web.login import kept_entries

    return tuple(kept_entries().items(multi=True))


def _half(waits: str) -> Half | None:
    found = current_half()
    return found if found and found.waits == waits else None


def _gone() -> Reply:
    """No login waits for this step, or none does any more."""
    from app.web import login

    target = safe_next(request.values.get("next"))
    if request.method != "POST" or current_session():
        return redirect(target if current_session() else url_for("web.login", next=target), 303)
    notice = "That took too long, so the login has begun anew."
    return login.show({}, target, status=401, notice=notice, kept=_carried())


@bp.route("/login/code", methods=["GET", "POST"])
def login_code() -> Reply:
    half = _half("code")
    if half is None:
        return _gone()
    target = safe_next(request.values.get("next"))
    if request.method != "POST":
        return _ask({}, target)
    typed = request.form.get("code", "")
    if not typed.strip():
        return _ask({"code": EMPTY}, target, 422)
    old = held(COOKIE) or ""
    try:
        token = proving.finish(doors().w.engine, doors().sealer, half, old, typed, doors().real_now)
    except (WrongCode, TooManyTries) as error:
        return _ask({"code": sentence(error)}, target, 422)
    return _enter(target, token)


def sentence(error: WrongCode | TooManyTries) -> str:
    """What is said beside the field."""
    from app.web.login import patience

    return "There were too many wrong tries" + patience(error.seconds) if isinstance(error, TooManyTries) else WRONG


def _enter(target: str, token: str) -> Reply:
    from app.web import login

    response = login.onwards(target, token)
    set_cookie(response, COOKIE, token)
    return response


def _ask(errors: dict[str, str], target: str, status: int = 200) -> Response:
    page = render_template("login_code.html", errors=errors, next=target, kept=_carried())
    return make_response(page, status)


@bp.route("/login/set-up", methods=["GET", "POST"])
def login_set_up() -> Reply:
    half = _half("enrol")
    if half is None:
        return _gone()
    target = safe_next(request.values.get("next"))
    if request.method != "POST":
        return _set_up({}, target)
    if "begin" in request.form:
        account.begin_second_step(doors().w.engine, doors().sealer, half.person_id)
        return _set_up({}, target) if _carried() else redirect(url_for("web.login_set_up", next=target), 303)
    return _confirm(half, target)


def _confirm(half: Half, target: str) -> Reply:
    old, typed = held(COOKIE) or "", request.form.get("code", "")
    if not typed.strip():
        return _set_up({"code": EMPTY}, target, 422)
    try:
        token, codes = proving.enrol(doors().w.engine, doors().sealer, half, old, typed, doors().real_now)
    except (WrongCode, TooManyTries) as error:
        return _set_up({"code": sentence(error)}, target, 422)
    # the page that shows the codes belongs to the new login
    g.session, g.half = doors().session(token), None
    response = make_response(render_template("recovery_codes.html", codes=codes, onwards=target))
    set_cookie(response, COOKIE, token)
    return response


def _set_up(errors: dict[str, str], target: str, status: int = 200) -> Response:
    half = current_half()
    secret = account.pending_secret(doors().w.engine, doors().sealer, half.person_id) if half else None
    page = render_template(
        "login_set_up.html",
        errors=errors,
        next=target,
        kept=_carried(),
        scan=scan(secret, half.username) if secret and half else None,
    )
    return make_response(page, status)


def scan(secret: str, username: str) -> dict[str, str]:
    """`image`: the QR code as a data address; nothing is loaded for it. `key`: the same, to be typed."""
    code = segno.make(totp.uri(secret, username), error="m", micro=False)
    return {"image": code.png_data_uri(scale=5, border=4), "key": totp.grouped(secret)}
