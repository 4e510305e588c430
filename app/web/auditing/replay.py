"""A case, replayed."""

from __future__ import annotations

from flask import render_template

from app.web.blueprint import bp
from app.web.doors import doors
from app.web.security import session


@bp.get("/audit/cases/<case_id>")
def audit_replay(case_id: str) -> str:
    mine = session()
    head, told = doors().queries.replay(doors().w, mine.actor, case_id, mine.now)
    return render_template("auditing/replay.html", head=head, tab="replay", told=told)
