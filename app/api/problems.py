"""Every error as `application/problem+json` (RFC 9457)."""

from __future__ import annotations

import inspect
import logging
from typing import Any

import orjson
from flask import Response, g, request
from werkzeug.exceptions import HTTPException

from app import db, logs
from app.errors import BadRequest, InvalidAnswers, NotAllowed, NotFound, NotLoggedIn, TooManyRequests, WaymarkError

log = logging.getLogger("waymark.api")

MEDIA_TYPE = "application/problem+json"
#: prefix of `type`: a name, not an address to fetch
URN = "urn:waymark:problem:"
#: seconds after which a caller may try again when the database is busy or away
RETRY_AFTER = 5

#: what Flask itself refuses: status to code and title
_HTTP = {
    405: ("method-not-allowed", "This cannot be done here"),
    413: ("too-large", "This is too much to send at once"),
}


class WrongMediaType(WaymarkError):
    """The body must be JSON: send it with the header Content-Type: application/json."""

    status = 415


class NotMultipart(WaymarkError):
    """A file is sent as multipart/form-data, with the parts “field” and “file”."""

    status = 415


class BadBody(BadRequest):
    """The body does not have the shape that this operation takes."""

    def __init__(self, messages: dict[str, str]) -> None:
        """`messages`: path within the body to one sentence."""
        self.messages = messages
        super().__init__()


class ScopeMissing(NotAllowed):
    """This token may not be used for this."""


def of(error: Exception) -> Response:
    """The answer to any error. What was not foreseen is logged by kind and place, and told as no more than 500."""
    if isinstance(error, WaymarkError):
        logs.refused(error.status, g.get("actor_id", ""), "api", request.view_args or {})
        return _of_ours(error)
    if isinstance(error, HTTPException):
        return _of_http(error)
    _log(error)
    if isinstance(error, db.UNAVAILABLE):
        detail = "The database is busy or away. Nothing was changed; try again."
        return _response(503, "unavailable", "Not available now", detail, headers={"Retry-After": str(RETRY_AFTER)})
    return _response(500, "error", "Something went wrong", "Something went wrong. Nothing was changed.")


def _log(error: Exception) -> None:
    """Kind and place alone, whatever writes the log: the message can repeat what somebody typed."""
    log.error("request failed", extra=logs.failure(error))


def _of_ours(error: WaymarkError) -> Response:
    if error.status >= 500:
        _log(error)
    title = inspect.cleandoc(type(error).__doc__ or "").partition("\n")[0]
    errors = error.messages if isinstance(error, InvalidAnswers | BadBody) else None
    headers = {}
    if isinstance(error, TooManyRequests):
        headers["Retry-After"] = str(error.seconds)
    elif isinstance(error, NotLoggedIn):
        headers["WWW-Authenticate"] = 'Bearer realm="Waymark"'
    elif isinstance(error, ScopeMissing):
        headers["WWW-Authenticate"] = 'Bearer realm="Waymark", error="insufficient_scope"'
    elif error.status == 503:
        headers["Retry-After"] = str(RETRY_AFTER)
    return _response(error.status, error.code, title, error.detail, errors, headers)


def _of_http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        # A redirect of the router, to the spelling of an address that it knows.
        return _of_ours(NotFound())
    if status == NotFound.status:
        return _of_ours(NotFound())
    allowed = getattr(error, "valid_methods", None)
    headers = {"Allow": ", ".join(sorted(allowed))} if allowed else {}
    code, title = _HTTP.get(status, (f"http-{status}", "The request could not be understood"))
    return _response(status, code, title, error.description or title, headers=headers)


def _response(
    status: int,
    code: str,
    title: str,
    detail: str,
    errors: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    body: dict[str, Any] = {"type": URN + code, "title": title, "status": status, "detail": detail}
    if errors is not None:
        body["errors"] = errors
    return Response(orjson.dumps(body), status, headers or {}, content_type=MEDIA_TYPE)
