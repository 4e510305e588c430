"""The inbox: mine, my groups, done. Taking a task and giving it back, in place."""

from __future__ import annotations

from typing import Literal

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from app.cases.views import TaskFilter
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.security import safe_next, session

Scope = Literal["mine", "groups", "done"]
SCOPES = (
    ("mine", "Mine", "Tasks that wait for you, the most urgent first."),
    ("groups", "My groups", "Tasks that anybody in your team can take."),
    ("done", "Done", "What you have done, the latest first."),
)
#: by when, in the filter
DUES = (("", "Any"), ("overdue", "Overdue"), ("none", "No due date"))
#: letters of a search
LONGEST = 100
EMPTY = {
    "mine": "Nothing waits for you. When something does, it appears here and you get a notice.",
    "groups": "Nothing waits for your team.",
    "done": "You have not completed a task yet.",
}


@bp.get("/inbox")
def inbox() -> str:
    mine, scope, wanted = session(), asked_scope(), asked_for()
    cursor = request.args.get("cursor")
    page = doors().queries.inbox(doors().w, mine.actor, scope, cursor, now=mine.now, wanted=wanted)
    return render_template(
        "inbox.html",
        page=page,
        scope=scope,
        scopes=SCOPES,
        empty=EMPTY[scope],
        first=cursor is None,
        wanted=wanted,
        filters=vars(wanted) if wanted else {},
        dues=DUES,
    )


def asked_scope() -> Scope:
    """The part of the inbox that the address names; mine for a word that is none."""
    asked = request.args.get("scope")
    return "groups" if asked == "groups" else "done" if asked == "done" else "mine"


def asked_for() -> TaskFilter | None:
    """What the address looks for; None when it asks for everything. A choice that is none is everything, too."""
    text, process = request.args.get("q", "").strip(), request.args.get("process", "")
    due = request.args.get("due", "")
    found = TaskFilter(text[:LONGEST], process, due if due in dict(DUES) else "")
    return found if found != TaskFilter() else None


@bp.post("/tasks/<task_id>/claim")
def claim(task_id: str) -> Reply:
    doors().commands.claim(doors().w, session().actor, task_id, session().now)
    return redirect(url_for("web.task", task_id=task_id), 303)


@bp.post("/tasks/<task_id>/unclaim")
def unclaim(task_id: str) -> Reply:
    doors().commands.unclaim(doors().w, session().actor, task_id, session().now)
    return redirect(safe_next(request.form.get("next") or url_for("web.inbox")), 303)
