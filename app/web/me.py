"""“Your information”: what somebody finds about themselves. Whoever is in no case finds a friendly empty page."""

from __future__ import annotations

from flask import render_template

from app.web.blueprint import bp
from app.web.doors import doors
from app.web.security import session

#: pages below the hub: endpoint, what it is called, what one finds there
PAGES = (
    ("web.me_cases", "Your cases", "Cases that are about you, and where each stands."),
    ("web.me_held", "What is held about you", "Every answer, who gave it, what for, and who may know of it."),
    (
        "web.me_consents",
        "What you agreed to",
        "Each yes and no, with the words you were shown. Take back what you like.",
    ),
    ("web.me_report", "Your report", "How far it has come. You read it before your employer."),
    ("web.me_corrections", "Corrections you asked for", "What you wanted put right, and what became of it."),
    ("web.my_looks", "Who looked", "Who opened information about your health, when, and why they were allowed to."),
    ("web.me_copy", "Get a copy", "Everything in one file, to keep or to show to somebody."),
    ("web.my_erasure", "Erasure", "What you can ask to be erased, what has to stay, and why."),
)
CLASSES = {
    "public": "Everybody in the case",
    "employer": "You, occupational health, and your employer’s side of the case",
    "restricted": "You and the occupational health team",
    "clinical": "You and the practitioner of the case",
}
STATES = {
    "none": ("No report yet", "Nothing has been written, or the case ended without a report."),
    "draft": ("Being written", "The practitioner is writing it. You read it first."),
    "shown": ("Waiting for you", "It is ready for you to read. Nobody at your workplace has seen it."),
    "checked": ("You have agreed", "The practitioner checks it once more before it is released."),
    "released": ("Released", "Your referring manager can read it."),
    "withheld": ("Not released", "Nobody at your workplace sees it."),
}
OUTCOMES = {
    "": "Not answered yet",
    "change": "It has been corrected",
    "explain": "It stays as it is, with this explanation",
}


@bp.get("/me")
def me() -> str:
    mine = session()
    cases = doors().queries.own_cases(doors().w, mine.actor)
    return render_template("me/hub.html", pages=PAGES, cases=cases)


@bp.get("/me/cases")
def me_cases() -> str:
    return render_template("me/cases.html", cases=doors().queries.own_cases(doors().w, session().actor))


@bp.get("/me/held")
def me_held() -> str:
    return render_template("me/held.html", cases=doors().queries.own_cases(doors().w, session().actor))


@bp.get("/me/held/<case_id>")
def me_held_case(case_id: str) -> str:
    """What is held in one case, by class. Raises `NotFound` for a case that is not about whoever asks."""
    mine = session()
    found = doors().queries.held(doors().w, mine.actor, case_id)
    seen = doors().queries.who_may_see(doors().w, mine.actor, case_id, mine.now)
    return render_template("me/held_case.html", held=found, classes=CLASSES, seen=seen)


@bp.get("/me/report")
def me_report() -> str:
    found = doors().queries.reports(doors().w, session().actor)
    return render_template("me/report.html", reports=found, states=STATES)


@bp.get("/me/corrections")
def me_corrections() -> str:
    found = doors().queries.corrections(doors().w, session().actor)
    return render_template("me/corrections.html", corrections=found, outcomes=OUTCOMES)
