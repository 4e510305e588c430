"""The API as a WSGI application of its own, below `/api/v1`: no error is a page, no caller has a cookie."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import orjson
from flask import Flask, Response, g, request
from marshmallow import Schema, ValidationError
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from app import db, files
from app.api import openapi, problems, schemas
from app.api.handlers import HANDLERS, Call
from app.api.operations import OPERATIONS, Operation
from app.cases import Waymark, commands, queries
from app.cases.views import FileContent
from app.clock import Clock, SystemClock
from app.errors import BadRequest, NotFound, NotLoggedIn
from app.files.posts import UploadRequest
from app.identity import Session, actor_of_token
from app.identity.tokens import mark_used
from app.traffic import Limits, count

PREFIX = "/api/v1"
#: bytes; a form with long texts has some tens of thousands
LARGEST_BODY = 1024 * 1024
LONGEST_KEY = 80
#: levels of lists and objects in a body; the deepest form has five
DEEPEST = 20
HSTS = "max-age=31536000; includeSubDomains"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def mount(pages: Flask, w: Waymark) -> Flask:
    """Serve the API beside `pages`. The API's own app is `pages.extensions["waymark_api"]`."""
    api = create_api(w)
    pages.extensions["waymark_api"] = api
    pages.wsgi_app = DispatcherMiddleware(pages.wsgi_app, {PREFIX: api.wsgi_app})  # type: ignore[method-assign]
    return api


def create_api(
    w: Waymark, case_queries: Any = queries, case_commands: Any = commands, clock: Clock | None = None
) -> Flask:
    """`case_queries` and `case_commands`: the modules of `app.cases`, or for a test something of their shape."""
    w = replace(w, way="api")
    api = Flask("waymark.api", static_folder=None)
    api.request_class = UploadRequest
    api.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    clock = clock or SystemClock()
    for operation in OPERATIONS:
        api.add_url_rule(
            operation.rule,
            operation.id,
            _view(operation, w, case_queries, case_commands, clock),
            methods=[operation.method],
            provide_automatic_options=False,
        )
    api.add_url_rule("/openapi.json", "openapi", _document, methods=["GET"], provide_automatic_options=False)
    limits = Limits({"api": w.settings.limit_api})
    api.before_request(lambda: limits.take("api", request.remote_addr or ""))
    api.before_request(_refuse_control_characters)
    if w.settings.metrics_token:
        count(api, PREFIX)
    api.after_request(_headers(secure=w.settings.secure_cookies))
    api.register_error_handler(Exception, problems.of)
    return api


def _view(
    operation: Operation, w: Waymark, case_queries: Any, case_commands: Any, clock: Clock
) -> Callable[..., Response]:
    handle = HANDLERS[operation.id]

    def view(**path: str) -> Response:
        session = _session(w, clock)
        g.actor_id = session.actor.person_id
        if operation.scope not in session.scopes:
            raise problems.ScopeMissing
        body = _file(w) if operation.upload else _body(operation)
        call = Call(w, case_queries, case_commands, session, body, _query(operation), _key(operation))
        return _answer(operation, handle(call, **path))

    return view


def _session(w: Waymark, clock: Clock) -> Session:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.isascii():
        raise NotLoggedIn("Send a token: Authorization: Bearer wm_…")
    with db.reading(w.engine) as conn:
        session = actor_of_token(conn, token.strip(), clock, demo=w.settings.demo)
    if session is None:
        raise NotLoggedIn("This token does not exist, or it has run out.")
    if session.stale and session.real_now is not None:
        with db.transaction(w.engine) as conn:
            mark_used(conn, token.strip(), session.real_now)
    return session


def _body(operation: Operation) -> Mapping[str, Any]:
    if operation.body is None:
        return {}
    if request.mimetype != "application/json":
        raise problems.WrongMediaType
    try:
        value = orjson.loads(request.get_data(cache=False))
    except orjson.JSONDecodeError as error:
        raise BadRequest("The body is not JSON.") from error
    if _deeper_than(DEEPEST, value):
        raise BadRequest(f"The body may hold lists and objects {DEEPEST} deep, not deeper.")
    return _loaded(operation.body, value)


def _file(w: Waymark) -> Mapping[str, Any]:
    """The one file of a post, and the path of its field. Raises `BadRequest`."""
    if request.mimetype != "multipart/form-data":
        raise problems.NotMultipart
    g.largest_file = w.settings.largest_file
    request.max_content_length = 2 * w.settings.largest_file + LARGEST_BODY
    file, field = request.files.get("file"), request.form.get("field", "")
    if file is None or not file.filename or not field.isprintable():
        raise BadRequest("Send the parts “field” (its path) and “file” (with a file name).")
    return {"path": field, "name": file.filename, "spool": file.stream}


def _deeper_than(limit: int, value: Any) -> bool:
    """What is read from JSON may be nested deeper than it can be written again."""
    level = [value]
    for _ in range(limit + 1):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return bool(level)


def _query(operation: Operation) -> Mapping[str, Any]:
    return _loaded(operation.query, request.args.to_dict()) if operation.query else {}


def _loaded(schema: type[Schema], value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadRequest("The body must be a JSON object.")
    try:
        loaded: Mapping[str, Any] = schema().load(value)
    except ValidationError as error:
        raise problems.BadBody(schemas.messages(error.messages_dict)) from error
    return loaded


def _key(operation: Operation) -> str | None:
    """The Idempotency-Key, as a string of RFC 9651 or bare. Raises `BadRequest`."""
    given = request.headers.get("Idempotency-Key")
    if given is None or not operation.idempotent:
        return None
    key = given.strip().strip('"')
    if not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise BadRequest(f"An Idempotency-Key has 1 to {LONGEST_KEY} printable ASCII characters.")
    return key


def _answer(operation: Operation, value: Any) -> Response:
    if operation.download:
        return _handed_out(value)
    if operation.answer is None:
        return Response(status=operation.status)
    data = operation.answer().dump(value)
    response = Response(orjson.dumps(data), operation.status, content_type="application/json")
    if operation.status == 201:
        response.headers["Location"] = f"{PREFIX}/cases/{data['case_id']}"
    return response


def _handed_out(found: FileContent) -> Response:
    """Piece by piece; the file stands in no memory as a whole."""
    response = Response(found.pieces, content_type=found.media_type, direct_passthrough=True)
    response.content_length = found.file.size
    response.headers["Content-Disposition"] = files.disposition(found.file.name)
    return response


def _document() -> Response:
    return Response(openapi.document_bytes(), content_type="application/json")


def _refuse_control_characters() -> None:
    """No key or id has any; PostgreSQL refuses a NUL with an error of its own."""
    values: Iterable[str] = (request.path, *request.args.values())
    if any(not value.isprintable() for value in values):
        raise NotFound


def _headers(*, secure: bool) -> Callable[[Response], Response]:
    """`secure`: the API is reached over TLS, and only over TLS from now on (RFC 6797)."""
    wanted = {**HEADERS, "Strict-Transport-Security": HSTS} if secure else HEADERS

    def add(response: Response) -> Response:
        for name, value in wanted.items():
            response.headers.setdefault(name, value)
        return response

    return add
