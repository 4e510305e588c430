"""Logging in and out."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as Reply

from app.web import words
from app.web.blueprint import bp
from app.web.doors import DemoPerson, doors
from app.web.security import COOKIE, VISITOR, current_session, safe_next, set_cookie

WRONG = "Enter the username and the password that belong together"


@bp.get("/")
def home() -> Reply:
    return redirect("/inbox", 303)


@bp.route("/login", methods=["GET", "POST"])
def login() -> Reply:
    if request.method == "GET":
        if current_session():
            return redirect(safe_next(request.args.get("next")), 303)
        return show({}, safe_next(request.args.get("next")))
    return _try()


def _try() -> Reply:
    username, password = _entered()
    target = safe_next(request.form.get("next"))
    errors = _missing(username, password)
    if errors:
        return show(errors, target, username, 422)
    result = doors().sign_in(username, password, request.cookies.get(COOKIE))
    if result.token is None:
        wait = (
            f". Wait {words.count(result.wait_seconds, 'second')} before you try again" if result.wait_seconds else ""
        )
        return show({"username": WRONG + wait}, target, username, 422)
    response = redirect(target, 303)
    set_cookie(response, COOKIE, result.token)
    response.delete_cookie(VISITOR)
    return response


def _entered() -> tuple[str, str]:
    """Username and password; a demo's buttons name a person and need no typing."""
    chosen = request.form.get("as", "")
    if chosen and doors().demo:
        return chosen, doors().demo_password
    return request.form.get("username", "").strip(), request.form.get("password", "")


def _missing(username: str, password: str) -> dict[str, str]:
    errors = {} if username else {"username": "Enter your username"}
    return errors if password else errors | {"password": "Enter your password"}


def show(
    errors: dict[str, str],
    target: str,
    username: str = "",
    status: int = 200,
    notice: str = "",
    kept: Sequence[tuple[str, str]] = (),
) -> Response:
    """The login page. `kept`: what somebody had typed into a form when the login ran out."""
    people: Sequence[DemoPerson] = doors().demo_people() if doors().demo else ()
    page = render_template(
        "login.html",
        errors=errors,
        summary=[{"text": text, "href": f"#{name}"} for name, text in errors.items()],
        next=target,
        username=username,
        people=people,
        demo_password=doors().demo_password,
        notice=notice,
        kept=kept,
    )
    return make_response(page, status)


@bp.post("/logout")
def logout() -> Reply:
    token = request.cookies.get(COOKIE)
    if token:
        doors().sign_out(token)
    response = redirect("/login", 303)
    response.delete_cookie(COOKIE)
    return response
