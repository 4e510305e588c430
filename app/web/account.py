"""The own account: password, second step, and where one is logged in."""

from __future__ import annotations

from flask import Response, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from app.identity import account as accounts
from app.identity import tokens
from app.identity.errors import TooManyTries, WeakPassword, WrongCode, WrongPassword
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.login import patience
from app.web.second import EMPTY, scan, sentence
from app.web.security import COOKIE, own_token, recently_proven, session, set_cookie

SAVED = {
    "password": "Your password has been changed. Every other login of yours has ended.",
    "on": "The second step is on. Every other login of yours has ended.",
    "off": "The second step is off. Every other login of yours has ended.",
    "sessions": "You are logged out everywhere else.",
    "token": "The token has been revoked.",
}
DIFFERENT = "The two new passwords are not the same"
MISSING = {
    "old": "Enter the password that you have now",
    "new": "Enter a new password",
    "repeated": "Enter the new password once more",
}


def overview() -> accounts.Overview:
    return accounts.overview(doors().w.engine, session(), own_token(), required=doors().second_step_required)


@bp.get("/account")
def account() -> str:
    from app import db

    with db.reading(doors().w.engine) as conn:
        held = tokens.of_person(conn, session().actor.person_id, doors().real_now)
    issuers = {one.id: one.label for one in doors().issuers.values()}
    saved = SAVED.get(request.args.get("done", ""))
    return render_template("account.html", account=overview(), tokens=held, issuers=issuers, saved=saved)


@bp.route("/account/password", methods=["GET", "POST"])
def account_password() -> Reply:
    if request.method != "POST":
        return _password({})
    old, new = request.form.get("old", ""), request.form.get("new", "")
    errors = {name: words for name, words in MISSING.items() if not request.form.get(name)}
    if not errors and new != request.form.get("repeated"):
        errors = {"repeated": DIFFERENT}
    if errors:
        return _password(errors, 422)
    try:
        token = accounts.change_password(doors().w.engine, session(), own_token(), old, new, doors().real_now)
    except WrongPassword:
        return _password({"old": MISSING["old"]}, 422)
    except TooManyTries as error:
        return _password({"old": "There were too many wrong tries" + patience(error.seconds)}, 422)
    except WeakPassword as error:
        return _password({"new": error.detail}, 422)
    return _done("password", token)


def _password(errors: dict[str, str], status: int = 200) -> Response:
    page = render_template("account_password.html", errors=errors, account=overview())
    return make_response(page, status)


def _done(what: str, token: str | None = None) -> Reply:
    response = redirect(url_for("web.account", done=what), 303)
    if token:
        set_cookie(response, COOKIE, token)
    return response


@bp.post("/account/sessions/end")
def end_sessions() -> Reply:
    person_id = session().actor.person_id
    accounts.end_other_sessions(doors().w.engine, person_id, own_token(), doors().real_now)
    return _done("sessions")


@bp.route("/account/second-step", methods=["GET", "POST"])
@recently_proven
def account_second_step() -> Reply:
    """Setting it up, or setting it up anew on another phone; the one before is good until the new one is confirmed."""
    mine = session()
    if request.method != "POST":
        return _second_step({})
    if "begin" in request.form:
        accounts.begin_second_step(doors().w.engine, doors().sealer, mine.actor.person_id)
        return redirect(url_for("web.account_second_step"), 303)
    if "leave" in request.form:
        accounts.leave_second_step(doors().w.engine, mine.actor.person_id)
        return redirect(url_for("web.account"), 303)
    typed = request.form.get("code", "")
    if not typed.strip():
        return _second_step({"code": EMPTY}, 422)
    try:
        now = doors().real_now
        token, codes = accounts.confirm_second_step(doors().w.engine, doors().sealer, mine, typed, now)
    except (WrongCode, TooManyTries) as error:
        return _second_step({"code": sentence(error)}, 422)
    response = _codes(codes, token)
    set_cookie(response, COOKIE, token)
    return response


def _codes(codes: list[str], token: str | None = None) -> Response:
    """The codes, this once. `token`: of the new session, to which this page belongs."""
    if token:
        g.session = doors().session(token)
    return make_response(render_template("recovery_codes.html", codes=codes, onwards=url_for("web.account")))


def _second_step(errors: dict[str, str], status: int = 200) -> Response:
    found = overview()
    secret = accounts.pending_secret(doors().w.engine, doors().sealer, session().actor.person_id)
    page = render_template(
        "account_second_step.html",
        errors=errors,
        account=found,
        scan=scan(secret, found.username) if secret else None,
    )
    return make_response(page, status)


@bp.post("/account/second-step/off")
@recently_proven
def second_step_off() -> Reply:
    required = doors().second_step_required
    token = accounts.switch_off_second_step(doors().w.engine, session(), doors().real_now, required=required)
    return _done("off", token)


@bp.post("/account/second-step/codes")
@recently_proven
def new_recovery_codes() -> Reply:
    codes = accounts.new_recovery_codes(doors().w.engine, session().actor.person_id, doors().real_now)
    return _codes(codes) if codes else redirect(url_for("web.account_second_step"), 303)
