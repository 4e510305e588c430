"""A case: where it stands, what happened, what was entered, its diagram, and what can be done with the whole of it."""

from __future__ import annotations

from collections.abc import Collection

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from app.cases.views import CaseFilter, CaseView
from app.errors import InvalidAnswers, NotFound
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.security import searched, session

VIEWS = (
    ("now", "Now"),
    ("diagram", "Where it stands"),
    ("timeline", "What happened"),
    ("answers", "Answers"),
)
#: whether a case goes on, in the filter of the list
GOINGS = (("", "All"), ("yes", "Under way"), ("no", "Ended"))


#: more pages than any case has
LAST_PAGE = 1000


def look(case_id: str, page: int = 1, parts: Collection[str] = ()) -> CaseView:
    """The case with these parts of it: what a page does not show is not asked for, and no look at it is noted."""
    if not 1 <= page <= LAST_PAGE:
        raise NotFound
    mine = session()
    found: CaseView = doors().queries.case(doors().w, mine.actor, case_id, mine.now, page, parts)
    return found


@bp.get("/cases")
def cases() -> str:
    wanted, page = asked_for(), request.args.get("page", 1, type=int)
    found = doors().queries.cases(doors().w, session().actor, wanted, page)
    filters = vars(wanted) if wanted else {}
    return render_template("cases.html", found=found, wanted=wanted, filters=filters, goings=GOINGS)


def asked_for() -> CaseFilter | None:
    """What the address looks for; None when it asks for everything. A choice that is none is everything, too."""
    going = request.args.get("going", "")
    found = CaseFilter(searched(), request.args.get("process", ""), going if going in dict(GOINGS) else "")
    return found if found != CaseFilter() else None


@bp.get("/cases/<case_id>")
def case(case_id: str) -> str:
    view = request.args.get("view", "now")
    if view not in dict(VIEWS):
        raise NotFound
    found = look(case_id, request.args.get("page", 1, type=int), {view})
    chosen = next((one for one in found.diagrams if one.process == request.args.get("process")), None)
    standing = [one for one in found.diagrams if one.marks]
    diagram = chosen or next(iter(standing[-1:] or found.diagrams), None)
    return render_template("case.html", case=found, view=view, views=VIEWS, diagram=diagram, flag_gap=_flag_gap(view))


def _flag_gap(view: str) -> str:
    """Where to say what the policy does not cover; "" where nobody is asked."""
    return doors().flags_gap(session().now) if view == "now" else ""


@bp.get("/cases/<case_id>/diagrams/<process>.bpmn")
def diagram(case_id: str, process: str) -> Response:
    """The diagram of the case's own version, for the viewer in the page and for saving."""
    mine = session()
    data = doors().queries.diagram(doors().w, mine.actor, case_id, process, now=mine.now)
    return Response(data, content_type="application/xml; charset=utf-8")


@bp.get("/cases/<case_id>/sent")
def sent(case_id: str) -> str:
    """After sending: what was done and what happens next. Somebody may not see the case any more; then just that."""
    try:
        found: CaseView | None = look(case_id, parts={"now"})
    except NotFound:
        found = None
    return render_template("sent.html", case=found, what=request.args.get("what", "sent"))


@bp.route("/cases/<case_id>/withdraw", methods=["GET", "POST"])
def withdraw(case_id: str) -> Reply | str:
    """The employee takes back their consent (XX-A2), on a page of its own with what follows from it."""
    found = look(case_id)
    if not found.can_withdraw:
        raise NotFound
    if request.method != "POST":
        return render_template("withdraw.html", case=found, messages={}, reason="")
    mine = session()
    reason = request.form.get("reason", "")
    try:
        doors().commands.withdraw_consent(doors().w, mine.actor, case_id, mine.now, reason=reason)
    except InvalidAnswers as error:
        page = render_template("withdraw.html", case=found, messages=error.messages, reason=reason)
        return make_response(page, error.status)
    return redirect(url_for("web.sent", case_id=case_id, what="withdrawn"), 303)


@bp.route("/cases/<case_id>/cancel", methods=["GET", "POST"])
def cancel(case_id: str) -> Reply | str:
    """End a case with a reason."""
    found = look(case_id)
    if not found.can_cancel:
        raise NotFound
    if request.method != "POST":
        return render_template("cancel.html", case=found, messages={}, reason="")
    mine = session()
    reason = request.form.get("reason", "")
    try:
        doors().commands.cancel(doors().w, mine.actor, case_id, reason, mine.now)
    except InvalidAnswers as error:
        page = render_template("cancel.html", case=found, messages=error.messages, reason=reason)
        return make_response(page, error.status)
    return redirect(url_for("web.sent", case_id=case_id, what="cancelled"), 303)
