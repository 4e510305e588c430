"""The API's own business: tokens, bodies, problems, headers, and its document. The cases behind it are played."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import validate
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from app import db
from app.api import create_api, mount, openapi
from app.api.operations import OPERATIONS
from app.api.server import LARGEST_BODY
from app.cases import Waymark
from app.cases.views import Done, FormView, Page, Started, TaskRef
from app.errors import AlreadyDone, ClaimedByAnother, InvalidAnswers, NotAllowed, NotFound
from app.identity import people, tokens
from app.settings import Settings

NOW = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)


class Played:
    """Stands for `cases.queries` and `cases.commands`: remembers calls, answers or raises as told."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        self.answers: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        def call(_w: Any, actor: Any, *args: Any, **named: Any) -> Any:
            self.calls.append((name, (actor.person_id, *args), named))
            answer = self.answers[name]
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


@pytest.fixture
def played() -> Played:
    return Played()


@pytest.fixture
def w(sqlite_settings: Settings) -> Iterator[Waymark]:
    opened = Waymark.open(sqlite_settings)
    with db.transaction(opened.engine) as conn:
        people.create_organisation(conn, people.Organisation("acme", "Acme", "employer"))
        people.create_person(conn, "Mo Khan", "acme", ["manager"], person_id="mo")
        people.create_account(conn, "mo", "mo", "correct horse battery")
    yield opened
    opened.engine.dispose()


@pytest.fixture
def client(w: Waymark, played: Played) -> FlaskClient:
    return create_api(w, played, played).test_client()


def bearer(w: Waymark, *scopes: str, made: datetime | None = None) -> dict[str, str]:
    with db.transaction(w.engine) as conn:
        token = tokens.create_token(
            conn, "mo", "test", made or datetime.now(UTC), frozenset(scopes or {"read", "write"})
        )
    return {"Authorization": f"Bearer {token}"}


def problem(response: TestResponse, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.data
    assert response.content_type == "application/problem+json"
    body: dict[str, Any] = response.get_json(force=True)
    assert body["type"] == f"urn:waymark:problem:{code}"
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


def test_completing_gives_the_next_tasks(client: FlaskClient, w: Waymark, played: Played) -> None:
    played.answers["complete"] = Done("case-1", "running", (TaskRef("t2", "Book an appointment", True),))
    response = client.post(
        "/tasks/t1/complete",
        json={"version": 3, "answers": {"consent": "given"}},
        headers={**bearer(w), "Idempotency-Key": "k-1"},
    )
    assert response.status_code == 200
    assert response.get_json() == {
        "case_id": "case-1",
        "status": "running",
        "next_tasks": [{"id": "t2", "name": "Book an appointment", "mine": True}],
    }
    ((name, (person, task, answers, version, now), named),) = played.calls
    assert (name, person, task, answers, version) == ("complete", "mo", "t1", {"consent": "given"}, 3)
    assert now.tzinfo is UTC
    assert named == {"key": "k-1"}


def test_starting_says_where_the_case_is(client: FlaskClient, w: Waymark, played: Played) -> None:
    played.answers["start"] = Started("case-9", "R-2026-00009", ())
    response = client.post("/processes/referral/cases", json={"answers": {}}, headers=bearer(w))
    assert response.status_code == 201
    assert response.headers["Location"] == "/api/v1/cases/case-9"
    assert played.calls[0][2] == {"key": None, "previous_case": None, "employer": None}


def test_processes_come_with_their_start_forms(client: FlaskClient, w: Waymark, played: Played) -> None:
    played.answers["startable"] = [
        SimpleNamespace(key="referral", name="Referral", documentation="Why", version=2, about="employee")
    ]
    form: Any = SimpleNamespace(id="referral")
    played.answers["start_form"] = FormView(form, {"components": []}, {}, {"reason": ""}, {})
    found = client.get("/processes", headers=bearer(w)).get_json()
    assert found["items"] == [
        {
            "key": "referral",
            "name": "Referral",
            "documentation": "Why",
            "version": 2,
            "about": "employee",
            "start_form": {"id": "referral", "schema": {"components": []}, "answers": {"reason": ""}, "facts": {}},
        }
    ]


def test_the_inbox_takes_scope_and_cursor(client: FlaskClient, w: Waymark, played: Played) -> None:
    played.answers["inbox"] = Page([], None, {"mine": 0, "groups": 4})
    head = bearer(w, "read")
    assert client.get("/tasks", headers=head).get_json()["counts"] == {"mine": 0, "groups": 4}
    client.get("/tasks?scope=done&cursor=abc&more=1", headers=head)
    assert [call[1][1:] for call in played.calls] == [("mine", None), ("done", "abc")]
    body = problem(client.get("/tasks?scope=all", headers=head), 400, "bad-body")
    assert list(body["errors"]) == ["scope"]


def test_claim_unclaim_draft_and_history(client: FlaskClient, w: Waymark, played: Played) -> None:
    played.answers |= {"claim": 4, "unclaim": 5, "save_draft": None, "history": [{"seq": 1, "kind": "command.start"}]}
    head = bearer(w)
    assert client.post("/tasks/t1/claim", headers=head).get_json() == {"id": "t1", "version": 4}
    assert client.post("/tasks/t1/unclaim", headers=head).get_json() == {"id": "t1", "version": 5}
    response = client.put("/tasks/t1/draft", json={"answers": {"a": None}}, headers=head)
    assert (response.status_code, response.data) == (204, b"")
    log = client.get("/cases/c1/history?after=0", headers=head).get_json()
    assert log == {"items": [{"seq": 1, "kind": "command.start"}], "next_after": None}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Basic bW86cGFzcw=="},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer wm_nothing"},
        {"Authorization": "Bearer wm_näh"},
        {"Cookie": "waymark=abc"},
    ],
)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_every_operation_needs_a_token(
    client: FlaskClient, played: Played, operation: Any, headers: dict[str, str]
) -> None:
    response = client.open(
        operation.path.format(key="k", case_id="c", task_id="t", file_id="f", wait_id="w"),
        method=operation.method,
        headers=headers,
    )
    problem(response, 401, "not-logged-in")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert played.calls == []


def test_a_token_that_ran_out_is_no_token(client: FlaskClient, w: Waymark) -> None:
    old = bearer(w, made=datetime.now(UTC) - timedelta(days=91))
    problem(client.get("/tasks", headers=old), 401, "not-logged-in")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_a_token_does_only_what_its_scope_says(client: FlaskClient, w: Waymark, operation: Any) -> None:
    other = "read" if operation.scope == "write" else "write"
    path = operation.path.format(key="k", case_id="c", task_id="t", file_id="f", wait_id="w")
    response = client.open(path, method=operation.method, headers=bearer(w, other))
    problem(response, 403, "scope-missing")
    assert "insufficient_scope" in response.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotFound(), 404, "not-found"),
        (AlreadyDone(), 409, "already-done"),
        (ClaimedByAnother(), 409, "claimed-by-another"),
        (NotAllowed(), 403, "not-allowed"),
    ],
)
def test_errors_of_the_cases_become_problems(
    client: FlaskClient, w: Waymark, played: Played, error: Exception, status: int, code: str
) -> None:
    played.answers["complete"] = error
    body = problem(
        client.post("/tasks/t1/complete", json={"version": 1, "answers": {}}, headers=bearer(w)), status, code
    )
    assert "errors" not in body


def test_wrong_answers_are_told_field_by_field(client: FlaskClient, w: Waymark, played: Played) -> None:
    played.answers["complete"] = InvalidAnswers({"items.0.text": "Enter the text"})
    response = client.post("/tasks/t1/complete", json={"version": 1, "answers": {}}, headers=bearer(w))
    assert problem(response, 422, "invalid-answers")["errors"] == {"items.0.text": "Enter the text"}


@pytest.mark.parametrize(
    ("data", "kind", "status", "code", "fields"),
    [
        (b"{", "application/json", 400, "bad-request", None),
        (b"", "application/json", 400, "bad-request", None),
        (b"[]", "application/json", 400, "bad-request", None),
        (b"null", "application/json", 400, "bad-request", None),
        (b'{"a": NaN}', "application/json", 400, "bad-request", None),
        (b'"\xff"', "application/json", 400, "bad-request", None),
        (b"[" * 100_000, "application/json", 400, "bad-request", None),
        (b"{}", "application/json", 400, "bad-body", ["answers", "version"]),
        (b'{"version": "1", "answers": {}}', "application/json", 400, "bad-body", ["version"]),
        (b'{"version": 1.5, "answers": {}}', "application/json", 400, "bad-body", ["version"]),
        (b'{"version": 99999999999, "answers": {}}', "application/json", 400, "bad-body", ["version"]),
        (b'{"version": 1, "answers": []}', "application/json", 400, "bad-body", ["answers"]),
        (b'{"version": 1, "answers": {}, "anwsers": {}}', "application/json", 400, "bad-body", ["anwsers"]),
        (b"version=1", "application/x-www-form-urlencoded", 415, "wrong-media-type", None),
        (b"{}", "text/plain", 415, "wrong-media-type", None),
        (b" " * (LARGEST_BODY + 1), "application/json", 413, "too-large", None),
    ],
)
def test_bodies_that_cannot_be_read(
    client: FlaskClient,
    w: Waymark,
    played: Played,
    data: bytes,
    kind: str,
    status: int,
    code: str,
    fields: list[str] | None,
) -> None:
    response = client.post("/tasks/t1/complete", data=data, content_type=kind, headers=bearer(w))
    body = problem(response, status, code)
    assert sorted(body.get("errors") or []) == sorted(fields or [])
    assert played.calls == []


@pytest.mark.parametrize("key", ["", '""', "k" * 81, "kä", "a\tb"])
def test_an_odd_idempotency_key_is_refused(client: FlaskClient, w: Waymark, key: str) -> None:
    head = {**bearer(w), "Idempotency-Key": key}
    problem(client.post("/tasks/t1/complete", json={"version": 1, "answers": {}}, headers=head), 400, "bad-request")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not-found"),
        ("GET", "/", 404, "not-found"),
        ("GET", "/tasks/", 404, "not-found"),
        ("GET", "/tasks/%00", 404, "not-found"),
        ("GET", "/tasks/%0d%0aSet-Cookie:x", 404, "not-found"),
        ("GET", "/tasks?cursor=%00", 404, "not-found"),
        ("DELETE", "/tasks", 405, "method-not-allowed"),
        ("GET", "/tasks/t1/claim", 405, "method-not-allowed"),
        ("OPTIONS", "/tasks", 405, "method-not-allowed"),
        ("POST", "/openapi.json", 405, "method-not-allowed"),
    ],
)
def test_addresses_and_methods_that_are_not_there(
    client: FlaskClient, w: Waymark, method: str, path: str, status: int, code: str
) -> None:
    response = client.open(path, method=method, headers=bearer(w))
    problem(response, status, code)
    assert ("Allow" in response.headers) is (status == 405)


def test_a_database_that_is_away_is_503_and_anything_else_500_without_a_word_of_what(
    client: FlaskClient, w: Waymark, played: Played, caplog: pytest.LogCaptureFixture
) -> None:
    played.answers["inbox"] = OperationalError("SELECT secret", {}, Exception("secret host"))
    response = client.get("/tasks", headers=bearer(w))
    problem(response, 503, "unavailable")
    assert response.headers["Retry-After"]
    played.answers["inbox"] = ValueError("secret")
    second = client.get("/tasks", headers=bearer(w))
    problem(second, 500, "error")
    assert b"secret" not in response.data + second.data


def test_headers_of_every_answer(client: FlaskClient, w: Waymark, played: Played) -> None:
    played.answers["inbox"] = Page([], None, {"mine": 0, "groups": 0})
    for response in (client.get("/tasks", headers=bearer(w)), client.get("/nothing"), client.get("/openapi.json")):
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in response.headers


def test_where_cookies_are_secure_the_api_is_for_tls_alone(w: Waymark, played: Played) -> None:
    for secure in (True, False):
        there = Waymark(w.engine, replace(w.settings, secure_cookies=secure))
        answer = create_api(there, played, played).test_client().get("/openapi.json")
        assert answer.headers.get("Strict-Transport-Security", "").startswith("max-age=31536000") == secure


def test_a_request_costs_one_statement_before_the_case_layer(client: FlaskClient, w: Waymark, played: Played) -> None:
    played.answers["inbox"] = Page([], None, {"mine": 0, "groups": 0})
    head, seen = bearer(w), []
    sa.event.listen(w.engine, "before_cursor_execute", lambda _c, _cur, text, *_: seen.append(text))
    # once an hour it is kept that the token was used
    client.get("/tasks", headers=head)
    assert [text.split()[0] for text in seen if not text.startswith("BEGIN")] == ["SELECT", "UPDATE"]
    seen.clear()
    client.get("/tasks", headers=head)
    assert len(seen) == 1


def test_the_document_is_valid_and_names_every_operation(client: FlaskClient) -> None:
    response = client.get("/openapi.json")
    found = orjson.loads(response.data)
    assert response.content_type == "application/json"
    assert found["openapi"] == "3.1.0"
    validate(found)
    described = {
        (method.upper(), path): entry["operationId"]
        for path, methods in found["paths"].items()
        for method, entry in methods.items()
    }
    assert described == {(operation.method, operation.path): operation.id for operation in OPERATIONS}
    assert set(found["components"]["schemas"]["Complete"]["required"]) == {"version", "answers"}


def test_routes_and_table_are_the_same(client: FlaskClient) -> None:
    rules = {rule.endpoint: rule for rule in client.application.url_map.iter_rules()}
    assert rules.keys() == {operation.id for operation in OPERATIONS} | {"openapi"}
    for operation in OPERATIONS:
        assert (rules[operation.id].methods or set()) - {"HEAD"} == {operation.method}


def test_mounted_beside_pages_it_keeps_its_own_errors(w: Waymark) -> None:
    pages = Flask("pages")
    pages.add_url_rule("/hello", "hello", lambda: "a page")
    mount(pages, w)
    client = pages.test_client()
    assert client.get("/hello").data == b"a page"
    assert client.get("/nothing").content_type.startswith("text/html")
    problem(client.get("/api/v1/nothing"), 404, "not-found")
    problem(client.get("/api/v1/tasks"), 401, "not-logged-in")
    assert client.get("/api/v1/openapi.json").get_json()["servers"] == [{"url": "/api/v1"}]


def test_the_documents_problem_is_what_is_sent(client: FlaskClient) -> None:
    described = openapi.document()["components"]["schemas"]["Problem"]
    assert set(described["required"]) == {"type", "title", "status", "detail"}
