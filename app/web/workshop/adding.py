"""A new diagram, table or form in a draft, and a file taken out of it."""

from __future__ import annotations

from collections.abc import Callable

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from app.definitions import blank, purposes
from app.definitions.drafts import Draft
from app.errors import Conflict, InvalidAnswers, NotFound
from app.settings import ROOT
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.security import session
from app.web.workshop import texts
from app.web.workshop.editors import EDITORS, editor
from app.web.workshop.owners import owners_only
from app.web.workshop.words import seen

#: characters
LONGEST_NAME = 80


@bp.route("/workshop/drafts/<draft_id>/new", methods=["GET", "POST"])
@owners_only
def draft_new(draft_id: str) -> Reply | str:
    """Ask what kind and what name; post: make it and open its editor."""
    draft = doors().queries.draft_files(doors().w, session().actor, draft_id)
    typed = {"kind": request.values.get("kind", ""), "name": " ".join(request.form.get("name", "").split())}
    try:
        if request.method == "POST":
            return redirect(url_for("web.draft_file", draft_id=draft_id, name=_made(draft, **typed)), 303)
    except InvalidAnswers as error:
        return make_response(_asked(draft, typed, error.messages), error.status)
    return _asked(draft, typed, {})


def _asked(draft: Draft, typed: dict[str, str], messages: dict[str, str]) -> str:
    kinds = [(suffix, one.words.capitalize()) for suffix, one in EDITORS.items()]
    return render_template("workshop/new.html", draft=draft, kinds=kinds, typed=typed, messages=messages)


def _made(draft: Draft, kind: str, name: str) -> str:
    """Save the new file; its name. Raises InvalidAnswers, Conflict."""
    messages = {} if kind in EDITORS else {"kind": "Choose what you want to add"}
    key = blank.slug(name, "_" if kind == ".bpmn" else "-")
    if not key or len(name) > LONGEST_NAME:
        messages["name"] = f"Enter a name with letters, of up to {LONGEST_NAME} characters"
    elif _taken(draft, kind, key):
        messages["name"] = f"There is a {editor(kind).words} {key} already. Enter another name"
    if messages:
        raise InvalidAnswers(messages)
    mine, file = session(), key + kind
    doors().commands.save_file(doors().w, mine.actor, draft.id, file, _BLANKS[kind](key, name), seen(), mine.now)
    return file


def _taken(draft: Draft, kind: str, key: str) -> bool:
    """Is there a file, process or decision that is called so, in the draft or around it?"""
    library = draft.library
    named = {".bpmn": library.processes.keys(), ".dmn": library.decisions.keys()}
    return key + kind in library.files or key in named.get(kind, ())


def _form(key: str, name: str) -> bytes:
    """Its one question is for the first purpose of the register that keeps the answer from the employer."""
    found = purposes.load(ROOT / "processes" / purposes.FILE).values()
    kept = next((one.words for one in found if one.employer == "kept"), "")
    return blank.form(key, name, kept)


_BLANKS: dict[str, Callable[[str, str], bytes]] = {".bpmn": blank.diagram, ".dmn": blank.table, ".form": _form}


@bp.route("/workshop/drafts/<draft_id>/files/<name>/remove", methods=["GET", "POST"])
@owners_only
def draft_file_remove(draft_id: str, name: str) -> Reply | str:
    """Ask once more; post: take it out. What was saved of it is kept in the history of the draft."""
    mine = session()
    draft = doors().queries.draft_files(doors().w, mine.actor, draft_id)
    data = draft.files.get(name)
    if data is None:
        raise NotFound
    if request.method == "POST":
        try:
            doors().commands.remove_file(doors().w, mine.actor, draft_id, name, seen(), mine.now)
            return redirect(url_for("web.workshop_draft", draft_id=draft_id), 303)
        except Conflict as error:
            return make_response(_confirm(draft, name, data, error.detail), error.status)
    return _confirm(draft, name, data, "")


def _confirm(draft: Draft, name: str, data: bytes, problem: str) -> str:
    return render_template(
        "workshop/remove.html",
        draft=draft,
        name=name,
        kind=editor(name),
        title=texts.title(name, data),
        problem=problem,
    )
