"""One person's account, for the administrators who look after it. Everything that is done here has a reason."""

from __future__ import annotations

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from app import db
from app.cases import inviting
from app.errors import InvalidAnswers, NotFound
from app.identity import desk, roles
from app.web.admin import ADMINISTRATOR
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.security import recently_proven, requires, session

DONE = {
    "role": "The roles have been changed.",
    "close": "The account is closed. Nobody is logged in with it any more.",
    "reopen": "The account is open again.",
    "second-step": "The second step has been reset. It is set up anew at the next login.",
    "log-out": "This person has been logged out everywhere.",
    "link": "A link for a new password is on its way by e-mail. It works for one hour.",
}
CHOOSE = "Choose what you want to do"


@bp.get("/people/<person_id>")
@requires(ADMINISTRATOR)
def person(person_id: str) -> Reply:
    return _show(person_id, {})


@bp.post("/people/<person_id>")
@requires(ADMINISTRATOR)
@recently_proven
def change_person(person_id: str) -> Reply:
    """One change: `act` says which, `reason` why. Roles: `act` is "give:manager" or "end:manager"."""
    act, reason = request.form.get("act", ""), request.form.get("reason", "").strip()
    what, _, role = act.partition(":")
    try:
        known = _change(what, role, person_id, reason)
    except InvalidAnswers as error:
        return _show(person_id, error.messages, error.status)
    if not known:
        return _show(person_id, {"act": CHOOSE}, 422)
    done = "role" if role else what
    return redirect(url_for("web.person", person_id=person_id, done=done), 303)


def _change(what: str, role: str, person_id: str, reason: str) -> bool:
    """Whether there is such a change."""
    if what in {"give", "end"} and role in roles.MEMBERSHIPS:
        _change_role(person_id, role, reason, given=what == "give")
        return True
    return _change_account(what, person_id, reason)


def _change_role(person_id: str, role: str, reason: str, *, given: bool) -> None:
    actor, now = session().actor, doors().real_now
    with db.transaction(doors().w.engine) as conn:
        if given:
            required = doors().second_step_required
            desk.add_membership(conn, actor, person_id, role, reason, now, required=required)
        else:
            desk.end_membership(conn, actor, person_id, role, reason, now)


def _change_account(what: str, person_id: str, reason: str) -> bool:
    mine, now = session(), doors().real_now
    if what == "link":
        inviting.send_reset_link(doors().w, mine.actor, person_id, reason, mine.now, now)
        return True
    with db.transaction(doors().w.engine) as conn:
        if what in {"close", "reopen"}:
            desk.set_open(conn, mine.actor, person_id, reason, now, active=what == "reopen")
        elif what == "second-step":
            desk.reset_second_step(conn, mine.actor, person_id, reason, now)
        elif what == "log-out":
            desk.end_sessions(conn, mine.actor, person_id, reason, now)
        else:
            # somebody else's people do not exist, whatever is asked about them
            desk.file(conn, mine.actor, person_id, now)
            return False
    return True


def _show(person_id: str, errors: dict[str, str], status: int = 200) -> Response:
    if not person_id.isprintable():
        raise NotFound
    with db.reading(doors().w.engine) as conn:
        found = desk.file(conn, session().actor, person_id, doors().real_now)
    page = render_template(
        "person.html",
        person_file=found,
        errors=errors,
        labels=roles.MEMBERSHIPS,
        act=request.form.get("act", ""),
        reason=request.form.get("reason", ""),
        saved=DONE.get(request.args.get("done", "")) if request.method == "GET" else None,
    )
    return make_response(page, status)
