"""Keeping and erasing: the employee's own request, holds, and the preview for administrators."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from app.errors import Conflict, InvalidAnswers, NotFound
from app.web.blueprint import HOLDERS, bp
from app.web.doors import doors
from app.web.security import recently_proven, requires, session

#: why a case stays for now, in the words of the employee's page and of the preview
STAYS = {
    "running": "The case is still under way. You can ask again when it has ended.",
    "held": "Somebody responsible has said that it must be kept for now, for a claim or an inquiry.",
    "sealed_whole": "It was stored in an older way. The administrators have to convert it first.",
}
STAYS_SHORT = {"running": "Case under way", "held": "On hold", "sealed_whole": "Stored in the old way"}
KINDS = {"retention": "Its period ends", "request": "The employee asked", "order": "Ordered"}
CLASSES = {"public": "Public", "employer": "Employer", "restricted": "Restricted", "clinical": "Clinical"}


@bp.get("/me/erasure")
def my_erasure() -> str:
    """What would be erased if this person asks, what stays and why, and the request that stands."""
    found = doors().queries.my_erasure(doors().w, session().actor)
    return render_template("my_erasure.html", view=found, stays=STAYS, said=request.args.get("said"))


@bp.route("/me/erasure/confirm", methods=["GET", "POST"])
@recently_proven
def confirm_my_erasure() -> Reply | str:
    """The last question before a request stands."""
    mine = session()
    if request.method == "POST":
        doors().commands.ask_erasure(doors().w, mine.actor, mine.now)
        return redirect(url_for("web.my_erasure", said="asked"), 303)
    found = doors().queries.my_erasure(doors().w, mine.actor)
    if found.asked_at or not found.something_goes:
        return render_template("my_erasure.html", view=found, stays=STAYS, said=None)
    return render_template("my_erasure_confirm.html", view=found)


@bp.post("/me/erasure/take-back")
def take_back_my_erasure() -> Reply:
    mine = session()
    doors().commands.take_back_erasure(doors().w, mine.actor, mine.now)
    return redirect(url_for("web.my_erasure", said="taken-back"), 303)


@bp.route("/holds", methods=["GET", "POST"])
def holds() -> Reply | str:
    """The holds of this person's cases, and a form to set one."""
    mine = session()
    if not any(map(mine.actor.has, HOLDERS)):
        raise NotFound
    typed = {name: request.form.get(name, "").strip() for name in ("reference", "reason", "covers")}
    messages: dict[str, str] = {}
    if request.method == "POST":
        messages = _set_hold(typed)
        if not messages:
            return redirect(url_for("web.holds", said="set"), 303)
    page = render_template(
        "holds.html",
        holds=doors().queries.holds(doors().w, mine.actor),
        typed=typed,
        messages=messages,
        said=request.args.get("said"),
    )
    return make_response(page, 422) if messages else page


def _set_hold(typed: dict[str, str]) -> dict[str, str]:
    """Messages by field; none when the hold was set."""
    if not typed["reference"]:
        return {"reference": "Enter the reference of the case"}
    mine, whole = session(), typed["covers"] == "person"
    try:
        doors().commands.set_hold(
            doors().w, mine.actor, typed["reference"], typed["reason"], mine.now, whole_person=whole
        )
    except InvalidAnswers as error:
        return dict(error.messages)
    except NotFound:
        return {"reference": "Enter the reference of a case in which you may set a hold, such as R-2026-7KQM4X"}
    return {}


@bp.route("/holds/<hold_id>/lift", methods=["GET", "POST"])
@recently_proven
def lift_hold(hold_id: str) -> Reply | str:
    """Lifting a hold lets things go: a page of its own."""
    mine = session()
    found = doors().queries.hold_of(doors().w, mine.actor, hold_id)
    if request.method != "POST":
        return render_template("hold_lift.html", hold=found)
    try:
        doors().commands.lift_hold(doors().w, mine.actor, hold_id, mine.now)
    except Conflict:
        return redirect(url_for("web.holds"), 303)
    return redirect(url_for("web.holds", said="lifted"), 303)


@bp.get("/retention")
@requires("administrator")
def retention() -> str:
    """What is announced to be erased, and what stays for now: references and counts, no content."""
    mine = session()
    found = doors().queries.retention(doors().w, mine.actor, mine.now)
    return render_template("retention.html", view=found, stays=STAYS_SHORT, kinds=KINDS, classes=CLASSES)
