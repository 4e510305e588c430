"""Moving running cases to another version: what it would do to each, and doing it. References, elements and reasons
are shown, nothing of what is in a case (XX-1, XX-4)."""

from __future__ import annotations

from contextlib import suppress
from itertools import islice
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from app.cases.commands import AlreadyThere
from app.cases.workshop.views import ProcessView
from app.engine import MigrationRefused
from app.errors import BadRequest, CaseEnded, Conflict, InvalidAnswers, NotFound, WaymarkError
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.security import session
from app.web.workshop.owners import owners_only

#: cases whose preview stands on one page, and which are moved together
CASES = 25
#: why a case does not go back
GONE_ON = (
    "This case cannot simply go back any more: something has happened in it since it was moved, or it is back already."
)
#: characters of a reference in an address
LONGEST = 40


@bp.route("/workshop/processes/<key>/move", methods=["GET", "POST"])
@owners_only
def workshop_move(key: str) -> Reply:
    """The preview of all cases that are on another version than the one that is chosen, a page at a time."""
    process = doors().queries.workshop_process(doors().w, session().actor, key)
    to = _version(process, request.values.get("to", ""))
    if request.method == "POST":
        return _move_these(process, to)
    return _overview(process, to)


def _version(process: ProcessView, asked: str) -> int:
    """The version that is asked for, else the one in force. Raises `NotFound`."""
    found = [one.version for one in process.versions if (str(one.version) == asked if asked else one.in_force)]
    if not found:
        raise NotFound
    return found[0]


def _overview(process: ProcessView, to: int, messages: dict[str, str] | None = None, **more: Any) -> Reply:
    mine, ask, after = session(), doors().queries, request.values.get("after", "")[:LONGEST]
    found = list(islice(ask.moves(doors().w, mine.actor, process.key, mine.now, to, after), CASES + 1))
    page = render_template(
        "workshop/move.html",
        process=process,
        to=to,
        after=after,
        previews=found[:CASES],
        next_after=found[CASES - 1].reference if len(found) > CASES else "",
        left=ask.left_to_move(doors().w, mine.actor, process.key, to),
        undoable=ask.undoable(doors().w, mine.actor, process.key),
        messages=messages or {},
        **{"outcomes": [], "reason": "", **more},
    )
    return make_response(page, 422 if messages else 200)


def _move_these(process: ProcessView, to: int) -> Reply:
    """Move the cases whose previews stood on the page."""
    mine, reason = session(), request.form.get("reason", "")
    try:
        outcomes = list(
            doors().commands.migrate_these(
                doors().w, mine.actor, process.key, _seen(request.form.getlist("seen")), reason, mine.now, to=to
            )
        )
    except InvalidAnswers as error:
        return _overview(process, to, error.messages, reason=reason)
    # counted anew: those that were moved run on another version now
    return _overview(doors().queries.workshop_process(doors().w, mine.actor, process.key), to, outcomes=outcomes)


def _seen(given: list[str]) -> dict[str, int]:
    """Case id to the count of steps that its preview showed. Raises `BadRequest`."""
    parts = [one.partition(":") for one in given]
    if len(given) > CASES or not all(_count(steps) and len(case_id) <= LONGEST for case_id, _, steps in parts):
        raise BadRequest
    return {case_id: int(steps) for case_id, _, steps in parts}


def _count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 9


@bp.route("/workshop/processes/<key>/move/<case_id>", methods=["GET", "POST"])
@owners_only
def workshop_move_case(key: str, case_id: str) -> Reply:
    """One case: what a move would do to it, or the way back."""
    process = doors().queries.workshop_process(doors().w, session().actor, key)
    doing = request.form.get("do", "")
    # whose case it is comes before what is asked of it
    page = _one(process, case_id)
    if request.method != "POST":
        return page
    if doing == "back":
        return _take_back(process, case_id)
    if doing != "move":
        raise BadRequest
    return _move(process, case_id, _version(process, request.form.get("to", "")))


def _require_there(process: ProcessView, case_id: str) -> None:
    """Raises `NotFound` for what is no case of this process that the actor owns, whatever else is asked of it."""
    mine = session()
    with suppress(AlreadyThere, CaseEnded):
        doors().queries.move(doors().w, mine.actor, case_id, mine.now, process_key=process.key)


def _one(process: ProcessView, case_id: str, error: WaymarkError | None = None, reason: str = "") -> Reply:
    """The page about one case; `NotFound` when it is not one of this process that the actor owns."""
    mine, ask = session(), doors().queries
    to = _version(process, request.values.get("to", ""))
    back = next(iter(ask.undoable(doors().w, mine.actor, process.key, case_id)), None)
    preview, standing = None, ""
    try:
        preview = ask.move(doors().w, mine.actor, case_id, mine.now, to, process_key=process.key)
    except (AlreadyThere, CaseEnded) as found:
        standing = found.detail
    page = render_template(
        "workshop/move_case.html",
        process=process,
        to=to,
        case_id=case_id,
        preview=preview,
        back=back,
        standing=standing,
        problem=error.detail if error is not None else "",
        messages=error.messages if isinstance(error, InvalidAnswers) else {},
        reason=reason,
        done=request.args.get("done", ""),
    )
    return make_response(page, error.status if error is not None else 200)


def _move(process: ProcessView, case_id: str, to: int) -> Reply:
    mine, reason, seen = session(), request.form.get("reason", ""), request.form.get("seen", "")
    if not _count(seen):
        raise BadRequest
    try:
        doors().commands.migrate(doors().w, mine.actor, case_id, reason, mine.now, to=to, seen=int(seen))
    except (Conflict, InvalidAnswers, MigrationRefused) as error:
        return _one(process, case_id, error, reason)
    return redirect(url_for("web.workshop_move_case", key=process.key, case_id=case_id, to=to, done="moved"), 303)


def _take_back(process: ProcessView, case_id: str) -> Reply:
    mine, reason = session(), request.form.get("reason", "")
    if not doors().queries.undoable(doors().w, mine.actor, process.key, case_id):
        return _one(process, case_id, Conflict(GONE_ON), reason)
    try:
        doors().commands.migrate_back(doors().w, mine.actor, case_id, reason, mine.now)
    except (Conflict, InvalidAnswers) as error:
        return _one(process, case_id, error, reason)
    return redirect(url_for("web.workshop_move_case", key=process.key, case_id=case_id, done="back"), 303)
