"""Finding cases: what is looked for is posted, for a name in an address would stay in logs and histories."""

from __future__ import annotations

from flask import make_response, render_template, request
from werkzeug.wrappers import Response as Reply

from app.cases.audit.views import FoundPage, Sought
from app.errors import InvalidAnswers
from app.web import dates
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.looks import LONGEST, page_number
from app.web.security import session

STATES = (("", "Any"), ("running", "Under way"), ("completed", "Ended"), ("cancelled", "Ended early"))
DAYS = (("began", "Began"), ("ended", "Ended"), ("ran", "Was under way"))
HOWS = (("asked", "What happened followed it"), ("past", "Somebody went past it, with a reason"))


@bp.route("/audit", methods=["GET", "POST"])
def audit_room() -> Reply:
    mine, page = session(), page_number(request.form.get("page", "1"))
    messages: dict[str, str] = {}
    try:
        wanted = _sought()
    except InvalidAnswers as error:
        wanted, messages = Sought(), error.messages
    # asked first: who may not come in is not told what is wrong with what they typed
    found: FoundPage = doors().queries.find_cases(doors().w, mine.actor, wanted, page, mine.now)
    shown = render_template(
        "auditing/find.html",
        found=found if not messages else None,
        choices=found,
        messages=messages,
        typed=request.form,
        days={name: dates.items(request.form, name) for name in ("since", "until")},
        states=STATES,
        kinds=DAYS,
        hows=HOWS,
        narrowed=wanted != Sought(),
    )
    return make_response(shown, InvalidAnswers.status if messages else 200)


def _sought() -> Sought:
    """Raises `InvalidAnswers`."""
    form = request.form
    since, until = dates.posted(form, "since", "First day"), dates.posted(form, "until", "Last day")
    if since and until and until < since:
        raise InvalidAnswers({"until": "Last day must not be before the first day"})
    return Sought(
        reference=_text("reference"),
        process=_text("process"),
        version=_version(_text("version")),
        employer=_text("employer"),
        state=_chosen("state", STATES),
        days=_chosen("days", DAYS),
        since=since,
        until=until,
        person=_text("person"),
        rule=_text("rule").upper(),
        how=_chosen("how", HOWS),
        late=form.get("late") == "yes",
    )


def _text(name: str) -> str:
    return request.form.get(name, "").strip()[:LONGEST]


def _chosen(name: str, choices: tuple[tuple[str, str], ...]) -> str:
    """The first where nothing, or something unknown, was chosen."""
    given = request.form.get(name, "")
    return given if given in dict(choices) else choices[0][0]


def _version(given: str) -> int | None:
    """Raises `InvalidAnswers`."""
    if not given:
        return None
    if not (given.isascii() and given.isdecimal() and len(given) < 7):
        raise InvalidAnswers({"version": "Version must be a number, like 3"})
    return int(given)
