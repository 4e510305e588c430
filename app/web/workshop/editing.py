"""One file of a draft in its editor; saved by a script or, without one, by a file that is put back."""

from __future__ import annotations

from typing import Any

from flask import jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from app.definitions.drafts import OPEN, Draft
from app.definitions.lint import as_json
from app.errors import BadRequest, Conflict, InvalidAnswers, NotFound, WaymarkError
from app.web import words
from app.web.blueprint import bp, reader_zone
from app.web.doors import doors
from app.web.security import session
from app.web.workshop import texts
from app.web.workshop.editors import editor, suffix
from app.web.workshop.owners import owners_only
from app.web.workshop.picking import choices
from app.web.workshop.words import seen


class FileWanted(BadRequest):
    """Choose the file that you want to put back, then press the button again."""


class FileTooLarge(BadRequest):
    """This file is too large to be deployed. Nothing was saved."""

    status = 413


@bp.get("/workshop/drafts/<draft_id>/files/<name>")
@owners_only
def draft_file(draft_id: str, name: str) -> Reply:
    """The page that edits it."""
    return _page(draft_id, name)


@bp.post("/workshop/drafts/<draft_id>/files/<name>")
@owners_only
def draft_file_save(draft_id: str, name: str) -> Reply:
    """Save it. Somebody who saved it first loses nothing, and neither does who comes second."""
    try:
        saved = _save(draft_id, name)
    except NotFound:
        raise
    except WaymarkError as error:
        said = " ".join(error.messages.values()) if isinstance(error, InvalidAnswers) else error.detail
        if _by_script():
            return make_response(jsonify(problem=said), error.status)
        if isinstance(error, BadRequest | InvalidAnswers | Conflict):
            return _page(draft_id, name, said, error.status)
        raise
    if _by_script():
        return jsonify(_told(draft_id, name, saved))
    told = {"beside": draft_id} if saved.copied else {"saved": saved.version}
    return redirect(url_for("web.draft_file", draft_id=saved.draft_id, name=name, **told), 303)


def _by_script() -> bool:
    return bool(request.accept_mimetypes.best == "application/json")


def _save(draft_id: str, name: str) -> Any:
    mine, kind = session(), editor(name)
    file = request.files.get("file")
    if file is None or not file.filename:
        raise FileWanted
    spool: Any = file.stream
    with spool:
        if spool.size > kind.largest:
            raise FileTooLarge
        data = spool.read()
    return doors().commands.save_file(doors().w, mine.actor, draft_id, name, data, seen(), mine.now)


def _told(draft_id: str, name: str, saved: Any) -> dict[str, Any]:
    """What the script learns of a save."""
    return {
        "version": saved.version,
        "copied": saved.copied,
        "said": _beside(draft_id, saved.draft_id, name) if saved.copied else None,
        "address": url_for("web.draft_file", draft_id=saved.draft_id, name=name),
        "at": words.clock_time(session().now, reader_zone()),
        **as_json(saved.findings),
    }


def _beside(theirs: str, mine: str, name: str) -> dict[str, str]:
    """Who was faster, in words, and where both are. Raises `NotFound` where one of them is not there any more."""
    found, own = _view(theirs), _draft(mine)
    line = next((one for one in found.files if one.name == name and one.saved_at), None)
    if line is None:
        raise NotFound
    apart: dict[str, Any] = {"draft_id": mine, "with": theirs}
    return {
        "who": line.saved_by,
        "at": words.moment(line.saved_at, reader_zone()),
        "theirs": url_for("web.draft_file", draft_id=theirs, name=name),
        "theirs_title": found.draft.title,
        "mine": url_for("web.draft_file", draft_id=mine, name=name),
        "mine_title": own.title,
        "compare": url_for("web.workshop_compare", **apart),
    }


def _view(draft_id: str) -> Any:
    """The draft with its findings and who saved what: takes a fifth of a second."""
    mine = session()
    return doors().queries.draft(doors().w, mine.actor, draft_id, mine.now.date())


def _draft(draft_id: str) -> Draft:
    found: Draft = doors().queries.draft_files(doors().w, session().actor, draft_id)
    return found


def _page(draft_id: str, name: str, problem: str = "", status: int = 200) -> Reply:
    kind, draft = editor(name), _draft(draft_id)
    data = draft.files.get(name)
    if data is None:
        raise NotFound
    page = render_template(
        "workshop/file.html",
        draft=draft,
        open=draft.state == OPEN,
        name=name,
        kind=kind,
        suffix=suffix(name),
        title=texts.title(name, data),
        content=texts.decoded(data),
        findings=_findings(draft_id, problem),
        choices=_choices(draft) if suffix(name) == ".bpmn" else {},
        beside=_came_second(draft_id, name),
        saved=request.args.get("saved") == str(draft.version) and not problem,
        problem=problem,
    )
    response = make_response(page, status)
    response.headers["Content-Security-Policy"] = kind.policy
    return response


def _choices(draft: Draft) -> dict[str, Any]:
    return choices(doors().queries.draft_choices(doors().w, session().actor, draft.id), draft)


def _findings(draft_id: str, problem: str) -> list[dict[str, str]] | None:
    """Told with the page where no script will ask for them: after something was sent. Else None, so that it is fast."""
    if not problem and not request.args.keys() & {"saved", "beside"}:
        return None
    found: list[dict[str, str]] = as_json(_view(draft_id).findings)["findings"]
    return found


def _came_second(draft_id: str, name: str) -> dict[str, str] | None:
    theirs = request.args.get("beside", "")
    try:
        return _beside(theirs, draft_id, name) if theirs else None
    except NotFound:
        return None
