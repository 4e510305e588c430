"""A draft: what it holds, what was changed and found, and what can be done with it next."""

from __future__ import annotations

from flask import jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from app.definitions.lint import as_json
from app.errors import Conflict, InvalidAnswers
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.security import session
from app.web.workshop.owners import owners_only
from app.web.workshop.processes import as_file
from app.web.workshop.words import WHAT, kind, seen


@bp.get("/workshop/drafts/<draft_id>")
@owners_only
def workshop_draft(draft_id: str) -> Reply:
    """Files, findings and the next steps."""
    return _draft(draft_id)


@bp.post("/workshop/drafts/<draft_id>/title")
@owners_only
def workshop_rename(draft_id: str) -> Reply:
    mine, title = session(), request.form.get("title", "")
    try:
        doors().commands.rename_draft(doors().w, mine.actor, draft_id, title, mine.now)
    except InvalidAnswers as error:
        return _draft(draft_id, error.messages, title)
    return redirect(url_for("web.workshop_draft", draft_id=draft_id, said="renamed"), 303)


@bp.post("/workshop/drafts/<draft_id>/files/<name>/put-back")
@owners_only
def workshop_put_back(draft_id: str, name: str) -> Reply:
    """Make a file what it was when the draft was begun."""
    mine = session()
    try:
        doors().commands.put_back(doors().w, mine.actor, draft_id, name, seen(), mine.now)
    except Conflict as error:
        return _draft(draft_id, {"": error.detail})
    return redirect(url_for("web.workshop_draft", draft_id=draft_id, said="put-back"), 303)


def _draft(draft_id: str, messages: dict[str, str] | None = None, typed: str | None = None) -> Reply:
    mine = session()
    found = doors().queries.draft(doors().w, mine.actor, draft_id, mine.now.date())
    page = render_template(
        "workshop/draft.html",
        view=found,
        draft=found.draft,
        messages=messages or {},
        typed=found.draft.title if typed is None else typed,
        what=WHAT,
        kind=kind,
        said=request.args.get("said"),
    )
    return make_response(page, InvalidAnswers.status if messages else 200)


@bp.get("/workshop/drafts/<draft_id>/lint.json")
@owners_only
def draft_lint(draft_id: str) -> Reply:
    """Findings of the draft as it is now, in the shape of `waymark lint --format json`, and the draft's version."""
    mine = session()
    found = doors().queries.draft(doors().w, mine.actor, draft_id, mine.now.date())
    return jsonify(version=found.draft.version, **as_json(found.findings))


@bp.get("/workshop/drafts/<draft_id>/files/<name>/raw")
@owners_only
def draft_raw(draft_id: str, name: str) -> Reply:
    """One file as it was saved last."""
    found = doors().queries.draft_files(doors().w, session().actor, draft_id)
    return as_file(found.files.get(name), name)


@bp.route("/workshop/drafts/<draft_id>/drop", methods=["GET", "POST"])
@owners_only
def workshop_drop(draft_id: str) -> Reply | str:
    """Asked once more, on a page of its own."""
    mine = session()
    found = doors().queries.draft_files(doors().w, mine.actor, draft_id)
    if request.method == "GET":
        return render_template("workshop/drop.html", draft=found)
    doors().commands.drop_draft(doors().w, mine.actor, draft_id, mine.now)
    return redirect(url_for("web.workshop", said="dropped"), 303)
