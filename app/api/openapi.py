"""The OpenAPI 3.1 document, made from the table of operations."""

from __future__ import annotations

from functools import lru_cache
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

import orjson
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from app.api import problems, schemas
from app.api.operations import ALWAYS, OPERATIONS, Operation

_DESCRIPTION = (
    "Casework as processes. A client lists what it may start, starts a case, lists tasks, and completes each with the "
    "answers to its form. Errors are problems as in RFC 9457."
)


@lru_cache(maxsize=1)
def document_bytes() -> bytes:
    return orjson.dumps(document())


def document() -> dict[str, Any]:
    """The whole document as JSON values."""
    spec = APISpec(
        "Waymark",
        version("waymark"),
        "3.1.0",
        info={"description": _DESCRIPTION},
        servers=[{"url": "/api/v1"}],
        security=[{"token": []}],
        plugins=[MarshmallowPlugin(schema_name_resolver=_name)],
    )
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer", "description": "wm_…"})
    for operation in OPERATIONS:
        spec.path(operation.path, operations={operation.method.lower(): _operation(operation)})
    found: dict[str, Any] = spec.to_dict()
    return found


def _name(schema: Any) -> str:
    return (schema if isinstance(schema, type) else type(schema)).__name__


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "parameters": _parameters(operation),
        "responses": _responses(operation),
    }
    if operation.description:
        described["description"] = operation.description
    if operation.body:
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": operation.body}}}
    if operation.upload:
        described["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": _UPLOAD}}}
    return described


_UPLOAD = {
    "type": "object",
    "required": ["field", "file"],
    "properties": {
        "field": {"type": "string", "description": "Path of the file picker in the form, without row numbers."},
        "file": {"type": "string", "contentMediaType": "application/octet-stream"},
    },
}


def _parameters(operation: Operation) -> list[Any]:
    path = [
        {"in": "path", "name": name, "required": True, "schema": {"type": "string"}} for name in operation.parameters
    ]
    query = [{"in": "query", "schema": operation.query}] if operation.query else []
    return [*path, *query, *([_IDEMPOTENCY] if operation.idempotent else [])]


_IDEMPOTENCY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "A value of your own. The same request with the same key is done once and answered alike.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 80, "pattern": "^[!#-~]+$"},
}


def _responses(operation: Operation) -> dict[str, Any]:
    good: dict[str, Any] = {"description": operation.summary}
    if operation.answer:
        good["content"] = {"application/json": {"schema": operation.answer}}
    if operation.download:
        good["content"] = {"application/octet-stream": {"schema": {"type": "string"}}}
    if operation.status == HTTPStatus.CREATED:
        good["headers"] = {"Location": {"schema": {"type": "string"}}}
    statuses = sorted({*ALWAYS, *operation.errors, 404, 500, 503})
    return {str(operation.status): good} | {str(status): _problem(status) for status in statuses}


def _problem(status: int) -> dict[str, Any]:
    return {
        "description": HTTPStatus(status).phrase,
        "content": {problems.MEDIA_TYPE: {"schema": schemas.Problem}},
    }
