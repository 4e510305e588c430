"""Logging in and out."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

from flask import Response, current_app, g, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Reply

from app.identity import SignIn, outside
from app.web import second, uploads, words
from app.web.blueprint import bp
from app.web.doors import DemoPerson, doors
from app.web.formpage import FormPage, owner_mark
from app.web.said import SayPage
from app.web.security import (
    COOKIE,
    VISITOR,
    client_mark,
    current_half,
    current_session,
    drop_cookie,
    held,
    safe_next,
    session,
    set_cookie,
)
from app.web.start import StartPage
from app.web.tasks import TaskPage
from app.web.workshop.trying import TRIALS, TrialPage, resumed

#: prefix of inputs in which the login page carries entries along
KEPT = "kept."
WRONG = "Enter the username and the password that belong together"


@bp.get("/")
def home() -> Reply:
    return redirect("/inbox", 303)


@bp.route("/login", methods=["GET", "POST"])
def login() -> Reply:
    if request.method != "POST":
        if current_session():
            return redirect(safe_next(request.args.get("next")), 303)
        left = doors().issuers.get(request.args.get("out", ""))
        notice = f"You are logged out of Waymark, and perhaps not yet of {left.label}." if left else ""
        return show({}, safe_next(request.args.get("next")), notice=notice, left=left)
    return _try()


def _try() -> Reply:
    username, password = _entered()
    target = safe_next(request.form.get("next"))
    errors = _missing(username, password)
    if errors:
        return show(errors, target, username, 422, kept=tuple(kept_entries().items(multi=True)))
    result = doors().sign_in(username, password, held(COOKIE), client_mark())
    if result.token is None:
        errors = {"username": WRONG + patience(result.wait_seconds)}
        return show(errors, target, username, 422, kept=tuple(kept_entries().items(multi=True)))
    return entered(result, target)


def patience(seconds: int) -> str:
    """What to add to an error when the next try must wait."""
    return f". Wait {words.count(seconds, 'second')} before you try again" if seconds else ""


def entered(result: SignIn, target: str) -> Reply:
    """On with the new cookie: to the second step if one is still to come, else to where the person wanted to go."""
    token = result.token or ""
    response = second.wanted(result.waits, token, target) if result.waits else onwards(target, token)
    set_cookie(response, COOKIE, token)
    drop_cookie(response, VISITOR)
    return response


def onwards(target: str, token: str) -> Reply:
    """To where the person wanted to go; to a form with their own entries, if its login had run out."""
    kept = kept_entries()
    if not kept:
        return redirect(target, 303)
    g.session = doors().session(token)
    mark = owner_mark(session().actor.person_id)
    if not hmac.compare_digest(kept.get("_who", "").encode(), mark.encode()):
        # somebody else: neither the entries nor the page are theirs
        return redirect("/", 303)
    page = _page_of(target)
    return redirect(target, 303) if page is None else page.resume(kept)


def _page_of(target: str) -> FormPage | TrialPage | None:
    """The page with the form that `target` names. Raises `NotFound` when it is not this person's."""
    parts = urlsplit(target)
    endpoint, values = current_app.url_map.bind("localhost").match(parts.path, method="GET")
    if endpoint == "web.task":
        return TaskPage(values["task_id"])
    if endpoint == "web.start_form":
        asked = parse_qs(parts.query)
        return StartPage(values["key"], asked.get("from", [None])[0], asked.get("employer", [None])[0])
    if endpoint == "web.say":
        return SayPage(values["case_id"], values["wait_id"], kept_entries())
    return resumed(endpoint, values) if endpoint in TRIALS else None


def kept_entries() -> MultiDict[str, str]:
    """What the login page carried along from a form."""
    return MultiDict(
        [(name.removeprefix(KEPT), value) for name, value in request.form.items(multi=True) if name.startswith(KEPT)]
    )


def ran_out() -> Reply:
    """A form was sent after the login had run out: log in, and go on with what was typed."""
    path = request.full_path.rstrip("?")
    target = safe_next(path)
    entries = [(name, value) for name, value in request.form.items(multi=True) if name != "_csrf"]
    notice = "You were away for a while, so you have been logged out. Log in to go on."
    if "_who" in request.form and target == path:
        lost = " The files that you had just chosen are not: choose them again." if any(uploads.chosen()) else ""
        return show({}, target, status=401, notice=f"{notice} What you typed is kept.{lost}", kept=entries)
    return show({}, "/", status=401, notice=notice)


def _entered() -> tuple[str, str]:
    """Username and password; a demo's buttons name a person and need no typing."""
    chosen = request.form.get("as", "")
    if chosen.isprintable() and chosen and doors().demo:
        return chosen, doors().demo_password
    username = request.form.get("username", "").strip()
    return username if username.isprintable() else "", request.form.get("password", "")


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
    left: outside.Issuer | None = None,
) -> Response:
    """The login page. `kept`: what somebody had typed into a form when the login ran out. `left`: the login of an
    organisation by which they had come and where they may log out, too."""
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
        issuers=tuple(doors().issuers.values()),
        left=left,
    )
    return make_response(page, status)


@bp.post("/logout")
def logout() -> Reply:
    found = current_session() or current_half()
    token = held(COOKIE)
    if token:
        doors().sign_out(token)
    issuer = found.issuer if found else ""
    response = redirect(url_for("web.login", out=issuer) if issuer in doors().issuers else "/login", 303)
    # W3C Clear Site Data: nothing of ours stays in the browser
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    drop_cookie(response, COOKIE)
    return response
