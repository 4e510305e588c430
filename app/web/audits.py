"""Audits by HR: draw a sample, look at the course of each case with the same questions (NW-13)."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from app.errors import InvalidAnswers, NotFound
from app.web import dates
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.fields import Filled
from app.web.security import session


@bp.route("/audits", methods=["GET", "POST"])
def audits() -> Reply | str:
    """Samples of one's own employer, and the form that draws another."""
    mine = session()
    found = doors().queries.audits(doors().w, mine.actor)
    messages: dict[str, str] = {}
    if request.method == "POST":
        try:
            return _drawn()
        except InvalidAnswers as error:
            messages = error.messages
    page = render_template(
        "audits.html",
        found=found,
        processes=doors().queries.audited_processes(doors().w, mine.actor),
        messages=messages,
        typed=request.form,
        days={name: dates.items(request.form, name) for name in ("since", "until")},
    )
    return make_response(page, InvalidAnswers.status if messages else 200)


def _drawn() -> Reply:
    mine, typed = session(), request.form
    since = dates.posted(typed, "since", "First day")
    until = dates.posted(typed, "until", "Last day")
    number = typed.get("number", "").strip()
    wrong = {
        **({} if typed.get("process") else {"process": "Select a kind of case"}),
        **({} if since else {"since": "Enter the first day"}),
        **({} if until else {"until": "Enter the last day"}),
        **({} if number.isascii() and number.isdecimal() and len(number) < 4 else {"number": "Enter how many cases"}),
    }
    if wrong or since is None or until is None:
        raise InvalidAnswers(wrong)
    doors().commands.draw_audit(doors().w, mine.actor, typed["process"], since, until, int(number), mine.now)
    return redirect(url_for("web.audits"), 303)


def _number(given: str) -> int:
    """Raises `NotFound` for what is no number."""
    if not (given.isascii() and given.isdecimal() and len(given) < 4):
        raise NotFound
    return int(given)


@bp.route("/audits/<audit_id>/<number>", methods=["GET", "POST"])
def audit(audit_id: str, number: str) -> Reply:
    """One case of a sample: its course, and the questions."""
    mine = session()
    at = _number(number)
    found = doors().queries.audit_case(doors().w, mine.actor, audit_id, at, mine.now)
    answers = found.form.form.from_post(request.form) if request.method == "POST" else {}
    messages: dict[str, str] = {}
    if request.method == "POST" and "_refresh" not in request.form:
        try:
            doors().commands.find_in_audit(doors().w, mine.actor, audit_id, at, answers, mine.now)
            return redirect(url_for("web.audits"), 303)
        except InvalidAnswers as error:
            messages = error.messages
    filled = Filled(found.form, answers, messages, heading=found.process_name)
    page = render_template("audit.html", found=found, items=filled.items(), summary=filled.summary())
    return make_response(page, InvalidAnswers.status if messages else 200)
