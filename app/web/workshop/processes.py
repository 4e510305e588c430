"""The list of processes, one process with its versions and drafts, and going back to an older version."""

from __future__ import annotations

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from app.errors import Conflict, DefinitionRefused, InvalidAnswers, NotFound
from app.files import disposition
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.security import recently_proven, session
from app.web.workshop.owners import owners_only
from app.web.workshop.words import SOURCES, kind, number


@bp.get("/workshop")
@owners_only
def workshop() -> str:
    """Process families with what is in force, cases on each version, and drafts."""
    found = doors().queries.workshop(doors().w, session().actor)
    return render_template("workshop/list.html", families=found, said=request.args.get("said"))


@bp.get("/workshop/processes/<key>")
@owners_only
def workshop_process(key: str) -> Reply:
    return _process(key)


@bp.post("/workshop/processes/<key>/drafts")
@owners_only
def workshop_open(key: str) -> Reply:
    """Begin a draft with the version in force."""
    mine, title = session(), request.form.get("title", "")
    try:
        draft_id = doors().commands.open_draft(doors().w, mine.actor, key, title, mine.now)
    except InvalidAnswers as error:
        return _process(key, error.messages, title)
    return redirect(url_for("web.workshop_draft", draft_id=draft_id), 303)


def _process(key: str, messages: dict[str, str] | None = None, typed: str = "") -> Reply:
    found = doors().queries.workshop_process(doors().w, session().actor, key)
    page = render_template(
        "workshop/process.html",
        process=found,
        sources=SOURCES,
        messages=messages or {},
        typed=typed,
        said=request.args.get("said"),
    )
    return make_response(page, InvalidAnswers.status if messages else 200)


@bp.get("/workshop/processes/<key>/versions/<int:version>")
@owners_only
def workshop_version(key: str, version: int) -> str:
    """The files of one version."""
    mine = session()
    process = doors().queries.workshop_process(doors().w, mine.actor, key)
    found = doors().queries.version_bundle(doors().w, mine.actor, key, version)
    line = next(one for one in process.versions if one.version == version)
    files = doors().queries.version_files(doors().w, mine.actor, key, version)
    return render_template(
        "workshop/version.html", process=process, found=found, line=line, files=files, kind=kind, sources=SOURCES
    )


@bp.get("/workshop/processes/<key>/versions/<int:version>/files/<name>")
@owners_only
def workshop_version_file(key: str, version: int, name: str) -> Reply:
    """One file as it was deployed, to be saved."""
    found = doors().queries.version_bundle(doors().w, session().actor, key, version)
    return as_file(found.bundle.files.get(name), name)


def as_file(data: bytes | None, name: str, content_type: str = "application/octet-stream") -> Reply:
    """Bytes that a browser saves and never shows. Raises NotFound for none."""
    if data is None:
        raise NotFound
    response = Response(data, content_type=content_type)
    response.headers["Content-Disposition"] = disposition(name)
    return response


@bp.route("/workshop/processes/<key>/roll-back", methods=["GET", "POST"])
@owners_only
@recently_proven
def workshop_roll_back(key: str) -> Reply:
    """A page of its own: new cases take the older version from then on. `to`: which."""
    mine = session()
    process = doors().queries.workshop_process(doors().w, mine.actor, key)
    to = number(request.values.get("to"))
    line = next((one for one in process.versions if one.version == to), None)
    if line is None:
        raise NotFound
    if request.method == "GET":
        return _roll_back(process, line)
    reason = request.form.get("reason", "")
    seen = number(request.form.get("seen"))
    try:
        doors().commands.roll_back(doors().w, mine.actor, key, to, reason, mine.now, seen=seen)
    except InvalidAnswers as error:
        return _roll_back(process, line, error.messages, reason)
    except Conflict as error:
        return _roll_back(process, line, {"": error.detail}, reason)
    except DefinitionRefused as error:
        return _roll_back(process, line, {"": error.detail}, reason, error.findings)
    return redirect(url_for("web.workshop_process", key=key, said="rolled-back"), 303)


def _roll_back(
    process: object, line: object, messages: dict[str, str] | None = None, reason: str = "", findings: object = ()
) -> Reply:
    page = render_template(
        "workshop/roll_back.html",
        process=process,
        line=line,
        messages=messages or {},
        reason=reason,
        findings=findings,
        sources=SOURCES,
    )
    return make_response(page, InvalidAnswers.status if messages else 200)
