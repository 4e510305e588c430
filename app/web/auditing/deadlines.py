"""Deadlines met and missed: by rule and version, and by step on the diagram of a version."""

from __future__ import annotations

from flask import render_template, request
from markupsafe import Markup

from app.cases.deadlines.heat import BANDS, HELD_BACK
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.rules import sentences
from app.web.security import session


@bp.get("/audit/deadlines")
def audit_deadlines() -> str:
    """`?quarter=2026-3`."""
    mine = session()
    found = doors().queries.deadlines(doors().w, mine.actor, request.args.get("quarter"), mine.now)
    return render_template("auditing/deadlines.html", found=found, sentences=sentences())


@bp.get("/audit/deadlines/<key>/<int:version>")
def audit_version_deadlines(key: str, version: int) -> str:
    """`?quarter=2026-3&part=` id of one of its processes."""
    mine, asked = session(), request.args
    found = doors().queries.version_deadlines(
        doors().w, mine.actor, key, version, asked.get("quarter"), asked.get("part"), mine.now
    )
    return render_template(
        "auditing/deadlines_version.html",
        found=found,
        # drawn by us; what a diagram's author wrote stands in it as text
        picture=Markup(found.picture or ""),  # noqa: S704 -- see above
        legend=[*(words for _most, _ground, _line, words in BANDS), HELD_BACK[2]],
    )
