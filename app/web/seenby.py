"""What others see of a case: a look over their shoulder, for its practitioner and for the employee."""

from __future__ import annotations

from flask import render_template, request

from app.web.blueprint import bp
from app.web.cases import look
from app.web.doors import doors
from app.web.security import session


@bp.get("/cases/<case_id>/as-seen-by")
def as_seen_by(case_id: str) -> str:
    """A list of people; with `person`, what that person sees, now or (`when=released`) once everything is released."""
    mine = session()
    people = doors().queries.onlookers(doors().w, mine.actor, case_id)
    own = look(case_id)
    person = request.args.get("person")
    if not person:
        return render_template("seen_by_whom.html", case=own, people=people)
    released = request.args.get("when") == "released"
    seen = doors().queries.seen_by(doors().w, mine.actor, case_id, person, mine.now, once_released=released)
    return render_template("seen_by.html", case=own, seen=seen)
