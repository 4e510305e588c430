"""What a person reads when something cannot be done. Never any data, never a trace."""

from __future__ import annotations

import logging
import secrets
import traceback
from dataclasses import dataclass

from flask import Flask, Response, g, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response as Reply

from app import db, logs
from app.errors import NotLoggedIn, TooManyRequests, WaymarkError
from app.web import security, uploads, words

log = logging.getLogger(__name__)

TITLES = {
    400: "This request could not be understood",
    403: "You may not do this",
    404: "Page not found",
    405: "This cannot be done here",
    409: "Something has changed in the meantime",
    413: "This is too much to send at once",
    422: "There is a problem",
    429: "Too much at once",
    500: "Something went wrong",
    503: "Waymark is busy",
}
GO_BACK = "Go back in your browser: what you typed is still there."
SENTENCES = {
    400: ("Go back, load the page again and try once more.",),
    403: ("Your role does not allow this. If you think that it should, talk to your administrator.",),
    404: (
        "There is no such page, or it is not yours to see.",
        "If you typed the address, check it. If you followed a link, the case may have moved on.",
    ),
    405: ("Go back and use the buttons of the page.",),
    409: ("Nothing of yours was lost. Look again before you go on.",),
    413: (
        "Nothing was sent. Shorten what you typed, or choose smaller files, and send it again.",
        GO_BACK,
    ),
    500: ("Nothing was changed. Try again in a few minutes.",),
    503: ("Many people are working at this moment. Nothing was changed. Try again in a minute.",),
}
BUSY, TOO_LARGE = 503, 413


@dataclass(frozen=True)
class Told:
    """What a person is told: HTTP status, sentences, and the number under which the log has more."""

    status: int
    sentences: tuple[str, ...]
    number: str = ""


def told(error: Exception) -> Told:
    """Any error in plain words. What we did not foresee is logged, by kind and place, without its message."""
    if isinstance(error, TooManyRequests):
        return Told(
            error.status, (error.detail, f"You can go on after {words.count(error.seconds, 'second')}.", GO_BACK)
        )
    if isinstance(error, WaymarkError) and error.status < 500:
        return Told(error.status, (error.detail,))
    if isinstance(error, HTTPException) and (error.code or 500) < 500:
        code = error.code or 500
        return Told(code, SENTENCES.get(code, SENTENCES[400]))
    number = _log(error)
    if isinstance(error, db.UNAVAILABLE):
        return Told(BUSY, SENTENCES[BUSY], number)
    if isinstance(error, WaymarkError):
        return Told(error.status, (error.detail,), number)
    return Told(500, SENTENCES[500], number)


def _log(error: Exception) -> str:
    """Kind and place of an error; its message may hold what somebody typed, so it stays out. Gives a number."""
    number = secrets.token_hex(4)
    places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-8:]]
    log.error("unexpected %s %s at %s", type(error).__name__, number, " < ".join(reversed(places)))
    return number


def page(error: Exception) -> Response:
    found = told(error)
    session = g.get("session")
    if session is not None:
        logs.refused(found.status, session.actor.person_id, "page", request.view_args or {})
    if found.status == TOO_LARGE:
        uploads.drain()
    # looking up the session may be what failed
    g.broken = found.status >= 500
    html = render_template(
        "error.html",
        title=TITLES.get(found.status, TITLES[400]),
        sentences=found.sentences,
        number=found.number,
    )
    response = make_response(html, found.status)
    if found.status == BUSY:
        response.headers["Retry-After"] = "30"
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def not_logged_in(_error: NotLoggedIn) -> Reply:
    """To the login, and back afterwards. What was typed into a form goes along and is not lost."""
    from app.web import login

    if request.method != "POST":
        return redirect(url_for("web.login", next=request.full_path.rstrip("?")), 303)
    try:
        return login.ran_out()
    except RequestEntityTooLarge as error:
        # nothing of it was read before: who may not send much is told that, and not that something broke
        return page(error)


def proof_wanted(_error: security.ProofWanted) -> Reply:
    """To the page that asks for the password or a code, and back; a post is kept meanwhile."""
    from app.web import again

    if request.method != "POST":
        return redirect(url_for("web.login_again", next=request.full_path.rstrip("?")), 303)
    return again.wanted()


def register(app: Flask) -> None:
    app.register_error_handler(NotLoggedIn, not_logged_in)
    app.register_error_handler(security.ProofWanted, proof_wanted)
    for kind in (WaymarkError, HTTPException, Exception):
        app.register_error_handler(kind, page)
