"""Emergency access: asking for it, and looking at it afterwards."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from app.errors import InvalidAnswers, WaymarkError
from app.web import dates
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.security import recently_proven, session


@bp.route("/emergency", methods=["GET", "POST"])
@recently_proven
def emergency() -> Reply | str:
    """Ask to be let into a case. What is entered is posted, and never stands in an address."""
    mine = session()
    running = doors().queries.my_emergencies(doors().w, mine.actor, mine.now)
    messages: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            return _ask()
        except InvalidAnswers as error:
            messages, status = error.messages, error.status
        except WaymarkError as error:
            if error.status not in {409, 429}:
                raise
            messages, status = {"reference": error.detail}, error.status
    page = render_template(
        "emergency.html",
        running=running,
        messages=messages,
        typed=request.form,
        opened=dates.items(request.form, "opened"),
        minutes=doors().w.settings.emergency_minutes,
    )
    return make_response(page, status)


def _ask() -> Reply:
    mine, form = session(), request.form
    found = doors().commands.emergency_access(
        doors().w,
        mine.actor,
        form.get("reference", ""),
        form.get("reason", ""),
        mine.now,
        name=form.get("name", ""),
        opened=dates.posted(form, "opened", "The day"),
    )
    return redirect(url_for("web.case", case_id=found.case_id), 303)


@bp.get("/emergency/reviews")
def emergency_reviews() -> str:
    mine = session()
    found = doors().queries.emergencies(doors().w, mine.actor, mine.now)
    return render_template("emergency_reviews.html", found=found)


@bp.route("/emergency/reviews/<emergency_id>", methods=["GET", "POST"])
def emergency_review(emergency_id: str) -> Reply | str:
    """One access, its reason and what was looked at; and what the responsible person thinks of it."""
    mine = session()
    messages: dict[str, str] = {}
    if request.method == "POST":
        justified = {"yes": True, "no": False}.get(request.form.get("justified", ""))
        words = request.form.get("words", "")
        try:
            doors().commands.review_emergency(doors().w, mine.actor, emergency_id, justified, words, mine.now)
            return redirect(url_for("web.emergency_reviews"), 303)
        except InvalidAnswers as error:
            messages = error.messages
    found = doors().queries.emergency_to_review(doors().w, mine.actor, emergency_id, mine.now)
    page = render_template("emergency_review.html", one=found, messages=messages, typed=request.form)
    return make_response(page, InvalidAnswers.status if messages else 200)
