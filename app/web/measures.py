"""Measures: how policies work, for the oversight group of an employer and for auditors (NW-13)."""

from __future__ import annotations

from flask import render_template, request

from app.web.blueprint import bp
from app.web.doors import doors
from app.web.rules import sentences
from app.web.security import session


@bp.get("/measures")
def measures() -> str:
    """Figures of one employer (`?employer=` for auditors, who have several)."""
    mine = session()
    found = doors().queries.measures(doors().w, mine.actor, request.args.get("employer") or None, mine.now)
    return render_template("measures.html", found=found, sentences=sentences())
