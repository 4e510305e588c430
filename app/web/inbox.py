"""The inbox: mine, my groups, done. Taking a task and giving it back, in place."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from app.web.blueprint import bp
from app.web.doors import doors
from app.web.security import safe_next, session

SCOPES = (
    ("mine", "Mine", "Tasks that wait for you, the most urgent first."),
    ("groups", "My groups", "Tasks that anybody in your team can take."),
    ("done", "Done", "What you have done, the latest first."),
)
EMPTY = {
    "mine": "Nothing waits for you. When something does, it appears here and you get a notice.",
    "groups": "Nothing waits for your team.",
    "done": "You have not completed a task yet.",
}


@bp.get("/inbox")
def inbox() -> str:
    mine = session()
    scope = request.args.get("scope", "mine")
    if scope not in EMPTY:
        scope = "mine"
    cursor = request.args.get("cursor")
    page = doors().queries.inbox(doors().w, mine.actor, scope, cursor, now=mine.now)
    return render_template(
        "inbox.html", page=page, scope=scope, scopes=SCOPES, empty=EMPTY[scope], first=cursor is None
    )


@bp.post("/tasks/<task_id>/claim")
def claim(task_id: str) -> Reply:
    doors().commands.claim(doors().w, session().actor, task_id, session().now)
    return redirect(url_for("web.task", task_id=task_id), 303)


@bp.post("/tasks/<task_id>/unclaim")
def unclaim(task_id: str) -> Reply:
    doors().commands.unclaim(doors().w, session().actor, task_id, session().now)
    return redirect(safe_next(request.form.get("next") or url_for("web.inbox")), 303)
