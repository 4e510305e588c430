"""Deploying a draft: what would change along, the reason, and what stands in the way; bringing it up to date."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from app.errors import Conflict, DefinitionRefused, InvalidAnswers
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.security import recently_proven, session
from app.web.workshop.owners import owners_only
from app.web.workshop.words import seen


@bp.route("/workshop/drafts/<draft_id>/deploy", methods=["GET", "POST"])
@owners_only
@recently_proven
def workshop_deploy(draft_id: str) -> Reply:
    """What deploying would do, and a reason for it."""
    mine = session()
    if request.method == "GET":
        return _deploy(draft_id)
    reason = request.form.get("reason", "")
    try:
        done = doors().commands.deploy_draft(doors().w, mine.actor, draft_id, seen(), reason, mine.now)
    except InvalidAnswers as error:
        return _deploy(draft_id, error.messages, reason)
    except (Conflict, DefinitionRefused) as error:
        return _deploy(draft_id, {"": error.detail}, reason)
    return redirect(url_for("web.workshop_process", key=done[0].key, said="deployed"), 303)


def _deploy(draft_id: str, messages: dict[str, str] | None = None, reason: str = "") -> Reply:
    mine = session()
    head = doors().queries.draft_files(doors().w, mine.actor, draft_id)
    preview, hindered = None, ""
    try:
        preview = doors().queries.deploy_preview(doors().w, mine.actor, draft_id, mine.now.date())
    except Conflict as error:
        hindered = error.detail
    page = render_template(
        "workshop/deploy.html",
        draft=head,
        preview=preview,
        hindered=hindered,
        messages=messages or {},
        reason=reason,
    )
    return make_response(page, InvalidAnswers.status if messages else 200)


@bp.route("/workshop/drafts/<draft_id>/rebase", methods=["GET", "POST"])
@owners_only
def workshop_rebase(draft_id: str) -> Reply:
    """Let the draft begin with the version in force; whose is kept is asked for each file that both changed."""
    mine = session()
    if request.method == "GET":
        return _rebase(draft_id)
    chosen = {name.removeprefix("keep."): value for name, value in request.form.items() if name.startswith("keep.")}
    kept = {whose: [name for name, value in chosen.items() if value == whose] for whose in ("mine", "theirs")}
    try:
        doors().commands.rebase_draft(doors().w, mine.actor, draft_id, seen(), mine.now, **kept)
    except InvalidAnswers as error:
        return _rebase(draft_id, error.messages, chosen)
    except Conflict as error:
        return _rebase(draft_id, {"": error.detail}, chosen)
    return redirect(url_for("web.workshop_draft", draft_id=draft_id, said="rebased"), 303)


def _rebase(draft_id: str, messages: dict[str, str] | None = None, chosen: dict[str, str] | None = None) -> Reply:
    mine = session()
    found: Any = doors().queries.rebase_preview(doors().w, mine.actor, draft_id)
    page = render_template("workshop/rebase.html", found=found, messages=messages or {}, chosen=chosen or {})
    return make_response(page, InvalidAnswers.status if messages else 200)
