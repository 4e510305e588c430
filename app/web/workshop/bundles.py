"""Bundles as zip files: a version or a draft to be saved, and a file that becomes drafts."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from app.errors import InvalidAnswers
from app.files import FileRefused
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.security import session
from app.web.workshop.owners import owners_only
from app.web.workshop.processes import as_file

ZIP = "application/zip"


@bp.get("/workshop/processes/<key>/versions/<int:version>/bundle.zip")
@owners_only
def workshop_version_bundle(key: str, version: int) -> Reply:
    name, data = doors().queries.export_version(doors().w, session().actor, key, version)
    return as_file(data, name, ZIP)


@bp.get("/workshop/drafts/<draft_id>/bundle.zip")
@owners_only
def workshop_draft_bundle(draft_id: str) -> Reply:
    name, data = doors().queries.export_draft(doors().w, session().actor, draft_id)
    return as_file(data, name, ZIP)


@bp.route("/workshop/import", methods=["GET", "POST"])
@owners_only
def workshop_import() -> Reply | str:
    """A zip becomes drafts; nothing is deployed by that."""
    if request.method == "GET":
        return render_template("workshop/import.html", problem="")
    try:
        made = _made()
    except FileRefused as error:
        return make_response(render_template("workshop/import.html", problem=error.detail), InvalidAnswers.status)
    if len(made) == 1:
        return redirect(url_for("web.workshop_draft", draft_id=made[0], said="imported"), 303)
    return redirect(url_for("web.workshop", said="imported"), 303)


def _made() -> tuple[str, ...]:
    mine, file = session(), request.files.get("file")
    if file is None or not file.filename:
        raise FileRefused("", "is missing: choose a zip file.")
    spool: Any = file.stream
    with spool:
        if spool.too_large:
            raise FileRefused(file.filename, "is larger than 10 MB.")
        data = spool.read()
    made: tuple[str, ...] = doors().commands.import_bundle(doors().w, mine.actor, data, mine.now, file.filename)
    return made
