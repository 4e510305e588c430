"""Who looked: the employee's own list, the practitioner's for a case, and the auditors' register."""

from __future__ import annotations

from flask import make_response, render_template, request
from werkzeug.wrappers import Response as Reply

from app.cases.looks.views import LookPage, Wanted
from app.cases.looks.words import GROUNDS
from app.errors import InvalidAnswers, NotFound
from app.web import dates
from app.web.blueprint import bp
from app.web.cases import LAST_PAGE
from app.web.doors import doors
from app.web.security import session

#: characters of what an auditor looks for
LONGEST = 200


def page_number(given: str) -> int:
    """Raises `NotFound` for what is no page."""
    if not given.isascii() or not given.isdecimal() or not 1 <= int(given[:9]) <= LAST_PAGE:
        raise NotFound
    return int(given)


@bp.get("/me/looks")
def my_looks() -> str:
    """Who looked at one's own health data, and who was let in by emergency access."""
    mine = session()
    page = page_number(request.args.get("page", "1"))
    found = doors().queries.looks(doors().w, mine.actor, page)
    let_in = doors().queries.emergencies_about_me(doors().w, mine.actor, mine.now) if page == 1 else []
    return render_template("looks_mine.html", found=found, let_in=let_in)


@bp.get("/cases/<case_id>/looks")
def case_looks(case_id: str) -> str:
    """Who looked into the case, for its practitioner."""
    mine = session()
    page = page_number(request.args.get("page", "1"))
    reference, found = doors().queries.looks_of_case(doors().w, mine.actor, case_id, page, mine.now)
    return render_template("looks_case.html", found=found, reference=reference, case_id=case_id)


@bp.route("/audit/looks", methods=["GET", "POST"])
def audit_looks() -> Reply | str:
    """The register of looks. What is looked for is posted: a name in an address would stay in logs and histories."""
    mine = session()
    messages: dict[str, str] = {}
    found: LookPage | None = None
    try:
        found = doors().queries.audit(
            doors().w, mine.actor, _wanted(), page_number(request.form.get("page", "1")), mine.now
        )
    except InvalidAnswers as error:
        # who may not read the register is not told what is wrong with their dates
        doors().queries.require_auditor(mine.actor)
        messages = error.messages
    days = {name: dates.items(request.form, name) for name in ("since", "until")}
    shown = render_template(
        "looks_audit.html", found=found, messages=messages, grounds=GROUNDS, typed=request.form, days=days
    )
    return make_response(shown, InvalidAnswers.status if messages else 200)


def _wanted() -> Wanted:
    form = request.form
    ground = form.get("ground", "")
    return Wanted(
        form.get("person", "").strip()[:LONGEST],
        form.get("reference", "").strip()[:LONGEST],
        dates.posted(form, "since", "First day"),
        dates.posted(form, "until", "Last day"),
        ground if ground in GROUNDS else "",
    )
