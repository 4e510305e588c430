"""Finding cases: what is looked for is posted, for a name in an address would stay in logs and histories."""

from __future__ import annotations

from flask import render_template, request

from app.cases.audit.views import Sought
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.security import session


@bp.route("/audit", methods=["GET", "POST"])
def audit_room() -> str:
    mine = session()
    found = doors().queries.find_cases(doors().w, mine.actor, Sought(), request.form.get("page", 1, type=int), mine.now)
    return render_template("auditing/find.html", found=found)
