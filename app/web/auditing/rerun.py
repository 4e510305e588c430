"""A case, run again, and those that did not come out as they were recorded."""

from __future__ import annotations

from flask import render_template, request

from app.web.blueprint import bp
from app.web.doors import doors
from app.web.looks import page_number
from app.web.security import session


@bp.route("/audit/cases/<case_id>/rerun", methods=["GET", "POST"])
def audit_rerun(case_id: str) -> str:
    """What came of running it the last time; a post runs it now."""
    mine = session()
    look = doors().commands.rerun if request.method == "POST" else doors().queries.rerun
    found = look(doors().w, mine.actor, case_id, mine.now)
    return render_template("auditing/rerun.html", head=found.head, tab="rerun", last=found.last, run=found.run)


@bp.get("/audit/reruns")
def audit_reruns() -> str:
    """Of all cases, what the last night found."""
    mine = session()
    found = doors().queries.reruns(doors().w, mine.actor, page_number(request.args.get("page", "1")), mine.now)
    return render_template("auditing/reruns.html", found=found)
