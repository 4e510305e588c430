"""Anonymous feedback about policies: the oversight group asks and reads, and nobody learns who answered (NW-13)."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from app.cases.voices.asking import FORMS
from app.errors import InvalidAnswers
from app.web import dates
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.fields import Filled
from app.web.security import session


@bp.route("/measures/feedback", methods=["GET", "POST"])
def voices() -> Reply | str:
    """Surveys of one's own employer: what came in when they have ended, and the form that opens another."""
    mine = session()
    found = doors().queries.surveys(doors().w, mine.actor, mine.now)
    messages: dict[str, str] = {}
    if request.method == "POST":
        try:
            return _opened()
        except InvalidAnswers as error:
            messages = error.messages
    days = dates.items(request.form, "last_day")
    page = render_template("voices.html", found=found, forms=FORMS, messages=messages, typed=request.form, days=days)
    return make_response(page, InvalidAnswers.status if messages else 200)


def _opened() -> Reply:
    mine, typed = session(), request.form
    last_day = dates.posted(typed, "last_day", "Last day")
    form_id, about = typed.get("form", ""), typed.get("about", "")
    doors().commands.open_survey(doors().w, mine.actor, form_id, about, last_day, mine.now)
    return redirect(url_for("web.voices"), 303)


@bp.route("/feedback/<survey_id>", methods=["GET", "POST"])
def feedback(survey_id: str) -> Reply:
    """Whoever has the address may answer, without a login: no session is looked up here, and nothing kept but words."""
    found = doors().queries.question(doors().w, survey_id, doors().now)
    if request.method != "POST":
        return _asked(found, {})
    answers = found.form.form.from_post(request.form)
    try:
        doors().commands.answer_survey(doors().w, survey_id, answers, doors().now)
    except InvalidAnswers as error:
        return _asked(found, answers, error.messages)
    return make_response(render_template("voice_heard.html", found=found))


def _asked(found: Any, answers: dict[str, Any], messages: dict[str, str] | None = None) -> Reply:
    filled = Filled(found.form, answers, messages or {}, heading=found.about)
    page = render_template("voice.html", found=found, items=filled.items(), summary=filled.summary())
    return make_response(page, InvalidAnswers.status if messages else 200)
