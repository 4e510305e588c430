"""Requests for a copy that came by letter: for the administrators of the provider, and the practitioners they need."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from app.cases.queries.copies import CHANNELS, CHECKS, GIVEN, LONGER
from app.errors import BadRequest, InvalidAnswers
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.me_copy import attached
from app.web.security import recently_proven, session

WORDS = {"channels": {**CHANNELS, "web": "Online"}, "longer": LONGER, "checks": CHECKS, "given": GIVEN}


@bp.get("/requests")
def requests() -> str:
    found = doors().queries.requests(doors().w, session().actor)
    return render_template("requests/list.html", requests=found, today=session().now.date(), **WORDS)


@bp.route("/requests/new", methods=["GET", "POST"])
def request_new() -> Reply | str:
    """Enter a request that came by letter, e-mail or otherwise, with the day on which it came."""
    mine = session()
    people = doors().queries.askers(doors().w, mine.actor)
    if request.method != "POST":
        return render_template("requests/new.html", people=people, channels=CHANNELS, messages={}, typed={})
    typed = {key: request.form.get(key, "") for key in ("person", "channel", "day", "month", "year")}
    try:
        received = _date(typed)
        who, how = typed["person"], typed["channel"]
        made = doors().commands.enter_request(doors().w, mine.actor, who, how, received, mine.now)
    except InvalidAnswers as error:
        page = render_template(
            "requests/new.html", people=people, channels=CHANNELS, messages=error.messages, typed=typed
        )
        return make_response(page, error.status)
    return redirect(url_for("web.request", request_id=made), 303)


@bp.route("/requests/<request_id>", methods=["GET", "POST"], endpoint="request")
def one(request_id: str) -> Reply | str:
    """One request: its clock, and what has been done. Posts: more time, who asks, handed over."""
    mine = session()
    messages: dict[str, str] = {}
    if request.method == "POST":
        # to whom it is not there, nothing is said of what was wrong with the post
        doors().queries.request(doors().w, mine.actor, request_id)
        try:
            _do(request_id, request.form.get("do", ""))
            return redirect(url_for("web.request", request_id=request_id), 303)
        except InvalidAnswers as error:
            messages = error.messages
    found, office = doors().queries.request(doors().w, mine.actor, request_id)
    page = render_template(
        "requests/request.html", one=found, office=office, messages=messages, today=mine.now.date(), **WORDS
    )
    return make_response(page, InvalidAnswers.status if messages else 200)


def _do(request_id: str, what: str) -> None:
    mine, commands = session(), doors().commands
    if what == "extend":
        commands.extend_request(doors().w, mine.actor, request_id, request.form.get("why", ""), mine.now)
    elif what in {"checked", "given"}:
        commands.note_request(doors().w, mine.actor, request_id, what, request.form.get(what, ""), mine.now)
    else:
        raise BadRequest


@bp.post("/requests/<request_id>/pack")
@recently_proven
def request_pack(request_id: str) -> Response:
    """The pack for handing over: what whoever saves it may see."""
    mine = session()
    return attached(*doors().commands.office_pack(doors().w, mine.actor, request_id, mine.now))


def _date(typed: dict[str, Any]) -> date:
    """Raises `InvalidAnswers`."""
    try:
        return date(*(int(typed[part]) for part in ("year", "month", "day")))
    except ValueError:
        raise InvalidAnswers({"received": "Enter the date on which the request came, for example 15 3 2027"}) from None
