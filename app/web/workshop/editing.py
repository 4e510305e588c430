"""One file of a draft in its editor; saved by a script or, without one, by a file that is put back."""

from __future__ import annotations

from typing import Any

from flask import jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from app.definitions.lint import as_json
from app.errors import BadRequest, NotFound, WaymarkError
from app.web import words
from app.web.blueprint import bp, reader_zone
from app.web.doors import doors
from app.web.security import session
from app.web.workshop import texts
from app.web.workshop.editors import editor, suffix
from app.web.workshop.picking import choices


class FileWanted(BadRequest):
    """Choose the file that you want to put back, then press the button again."""


class FileTooLarge(BadRequest):
    """This file is too large: what Waymark deploys is smaller. Nothing was saved."""

    status = 413


@bp.get("/workshop/drafts/<draft_id>/files/<name>")
def draft_file(draft_id: str, name: str) -> Reply:
    """The page that edits it."""
    return _page(draft_id, name)


@bp.post("/workshop/drafts/<draft_id>/files/<name>")
def save_draft_file(draft_id: str, name: str) -> Reply:
    """Save it. Somebody who saved it first loses nothing, and neither does who comes second."""
    if not _by_script():
        try:
            saved = _save(draft_id, name)
        except (FileWanted, FileTooLarge) as error:
            return _page(draft_id, name, error)
        beside = {"beside": draft_id} if saved.copied else {"saved": saved.version}
        return redirect(url_for("web.draft_file", draft_id=saved.draft_id, name=name, **beside), 303)
    try:
        return jsonify(_told(draft_id, name, _save(draft_id, name)))
    except WaymarkError as error:
        return make_response(jsonify(problem=error.detail), error.status)


def _by_script() -> bool:
    return bool(request.accept_mimetypes.best == "application/json")


def _save(draft_id: str, name: str) -> Any:
    mine, kind = session(), editor(name)
    file = request.files.get("file")
    if file is None or not file.filename:
        doors().queries.draft(doors().w, mine.actor, draft_id)
        raise FileWanted
    spool: Any = file.stream
    with spool:
        if spool.size > kind.largest:
            doors().queries.draft(doors().w, mine.actor, draft_id)
            raise FileTooLarge
        data = spool.read()
    return doors().commands.save_file(doors().w, mine.actor, draft_id, name, data, seen(), mine.now)


def seen() -> int:
    """The version of the draft that the page was made from. Raises `BadRequest`."""
    given = request.form.get("seen", "")
    if not given.isdecimal() or len(given) > 9:
        raise BadRequest
    return int(given)


def _told(draft_id: str, name: str, saved: Any) -> dict[str, Any]:
    """What the script learns of a save."""
    return {
        "version": saved.version,
        "copied": saved.copied,
        "said": _beside(draft_id, saved.draft_id, name) if saved.copied else None,
        "address": url_for("web.draft_file", draft_id=saved.draft_id, name=name),
        "title": doors().queries.draft(doors().w, session().actor, saved.draft_id).draft.title if saved.copied else "",
        "at": words.clock_time(session().now, reader_zone()),
        **as_json(saved.findings),
    }


def _beside(theirs: str, mine: str, name: str) -> dict[str, str]:
    """Who was faster, in words, and where both are."""
    found = doors().queries.draft(doors().w, session().actor, theirs)
    own = doors().queries.draft(doors().w, session().actor, mine)
    line = next(one for one in found.files if one.name == name)
    return {
        "who": line.saved_by,
        "at": words.moment(line.saved_at, reader_zone()),
        "theirs": url_for("web.draft_file", draft_id=theirs, name=name),
        "theirs_title": found.draft.title,
        "mine": url_for("web.draft_file", draft_id=mine, name=name),
        "mine_title": own.draft.title,
    }


def _choices(view: Any) -> dict[str, Any]:
    return choices(doors().queries.draft_choices(doors().w, session().actor, view.draft.id), view.draft)


def _page(draft_id: str, name: str, error: BadRequest | None = None) -> Reply:
    mine, kind = session(), editor(name)
    view = doors().queries.draft(doors().w, mine.actor, draft_id)
    data = view.draft.files.get(name)
    if data is None:
        raise NotFound
    other = request.args.get("beside", "")
    page = render_template(
        "workshop/file.html",
        view=view,
        draft=view.draft,
        name=name,
        kind=kind,
        suffix=suffix(name),
        title=texts.title(name, data),
        content=texts.decoded(data),
        findings=as_json(view.findings)["findings"],
        choices=_choices(view) if suffix(name) == ".bpmn" else {},
        beside=_beside(other, draft_id, name) if other else None,
        saved=request.args.get("saved") == str(view.draft.version),
        error=error.detail if error else "",
        seen=view.draft.version,
    )
    response = make_response(page, error.status if error else 200)
    response.headers["Content-Security-Policy"] = kind.policy
    return response
