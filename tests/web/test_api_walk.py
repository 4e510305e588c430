"""A client that knows only the schemas walks a referral from its start to its end, over the real house."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app import db, definitions
from app.api import mount
from app.cases import Waymark, commands, demo
from app.cases.queries import verify_history
from app.definitions import collect
from app.identity import clock as clocks
from app.identity import tokens
from app.settings import ROOT, Settings
from tests.web.schema_client import SchemaClient

PEOPLE = ("amir.shah", "helen.ward", "ruth.bell", "daniel.price", "olivia.hart", "samuel.okoro", "nina.kaur")
STRANGERS = ("callum.reid", "fiona.mackay", "ewan.stewart", "ada.stone", "owen.pike")
WISHES = {"employee": "daniel.price", "line_manager": "helen.ward", "gp_report_needed": "no", "review": "no"}

#: whoever agreed to a time need not move it again
LEAVES = frozenset({"Keep or move the time"})


@pytest.fixture
def w(settings: Settings) -> Iterator[Waymark]:
    opened = Waymark.open(settings)
    with db.transaction(opened.engine) as conn:
        demo.create_people(conn)
        for bundle in collect(ROOT / "processes", ROOT / "forms"):
            definitions.deploy(conn, bundle, "system", "", datetime.now(UTC))
    yield opened
    opened.engine.dispose()


@pytest.fixture
def clients(w: Waymark) -> dict[str, SchemaClient]:
    pages = Flask("pages")
    mount(pages, w)
    http = pages.test_client()
    found = {}
    with db.transaction(w.engine) as conn:
        for name in PEOPLE + STRANGERS:
            token = tokens.create_token(conn, name, "walk", datetime.now(UTC))
            found[name] = SchemaClient(http, token, WISHES, LEAVES)
    return found


def now(w: Waymark) -> datetime:
    with db.reading(w.engine) as conn:
        return clocks.read(conn, demo=True).now


def a_day_passes(w: Waymark) -> None:
    with db.transaction(w.engine) as conn:
        clocks.advance(conn, timedelta(days=1), demo=True)
    while commands.fire_due(w):
        pass


def walk(w: Waymark, clients: dict[str, SchemaClient], case_id: str) -> tuple[list[tuple[str, str]], Any]:
    """Everybody works until the case has ended; who did what, and the case as its manager sees it at the end."""
    done: list[tuple[str, str]] = []
    for _day in range(40):
        for _round in range(10):
            worked = [(name, task) for name in PEOPLE for task in clients[name].work(case_id, now(w))]
            done += worked
            if not worked:
                break
        case = clients["amir.shah"].get(f"/cases/{case_id}")
        if case["status"] != "running":
            return done, case
        a_day_passes(w)
    raise AssertionError(f"the case did not end; done: {done}")


def test_a_client_that_knows_only_schemas_walks_a_referral_to_its_end(
    w: Waymark, clients: dict[str, SchemaClient]
) -> None:
    started = clients["amir.shah"].start(now(w))
    done, case = walk(w, clients, started["case_id"])
    assert case["status"] == "completed"
    assert case["reference"] == started["reference"]
    assert {name for name, _ in done} >= {"amir.shah", "daniel.price", "olivia.hart"}
    assert len(done) >= 10
    mine = clients["amir.shah"].get("/tasks?scope=done")["items"]
    assert {row["case_id"] for row in mine} == {started["case_id"]}
    log = clients["amir.shah"].get(f"/cases/{started['case_id']}/history")["items"]
    assert [entry["seq"] for entry in log] == list(range(1, len(log) + 1))
    assert log[0]["kind"] == "command.start"
    assert verify_history(w).faults == ()


def test_strangers_and_unknown_ids_look_the_same(w: Waymark, clients: dict[str, SchemaClient]) -> None:
    case_id = clients["amir.shah"].start(now(w))["case_id"]
    (task,) = [row for row in clients["daniel.price"].get("/tasks")["items"] if row["case_id"] == case_id]
    for name in STRANGERS:
        for path in (f"/cases/{case_id}", f"/cases/{case_id}/history", f"/tasks/{task['id']}"):
            real = clients[name].call("GET", path)
            fake = clients[name].call("GET", path.replace(case_id, "nothing").replace(task["id"], "nothing"))
            assert real.status_code == 404, (name, path)
            assert real.data == fake.data
        body = {"version": task_version(clients, task["id"]), "answers": {}}
        assert clients[name].call("POST", f"/tasks/{task['id']}/complete", json=body).status_code == 404
        assert clients[name].call("POST", f"/tasks/{task['id']}/claim").status_code == 404
        assert clients[name].call("PUT", f"/tasks/{task['id']}/draft", json={"answers": {}}).status_code == 404


def task_version(clients: dict[str, SchemaClient], task_id: str) -> int:
    found = clients["daniel.price"].get(f"/tasks/{task_id}")["version"]
    assert isinstance(found, int)
    return found


def test_a_wrong_answer_is_told_at_its_field_and_nothing_changes(w: Waymark, clients: dict[str, SchemaClient]) -> None:
    case_id = clients["amir.shah"].start(now(w))["case_id"]
    employee = clients["daniel.price"]
    (task,) = [row for row in employee.get("/tasks")["items"] if row["case_id"] == case_id]
    before = employee.get(f"/tasks/{task['id']}")
    body = {"version": before["version"], "answers": {"consent": "perhaps"}}
    response = employee.call("POST", f"/tasks/{task['id']}/complete", json=body)
    assert response.status_code == 422
    assert "consent" in response.get_json(force=True)["errors"]
    assert employee.get(f"/tasks/{task['id']}") == before


def test_an_old_version_and_a_reused_key_are_conflicts(w: Waymark, clients: dict[str, SchemaClient]) -> None:
    case_id = clients["amir.shah"].start(now(w))["case_id"]
    employee = clients["daniel.price"]
    (task,) = [row for row in employee.get("/tasks")["items"] if row["case_id"] == case_id]
    seen = employee.get(f"/tasks/{task['id']}")
    answers = employee.fill(seen["form"], now(w))
    old = {"version": seen["version"] + 1, "answers": answers}
    assert employee.call("POST", f"/tasks/{task['id']}/complete", json=old).status_code == 409
    key = {"Idempotency-Key": "one key"}
    right = {"version": seen["version"], "answers": answers}
    assert employee.call("POST", f"/tasks/{task['id']}/complete", json=right, headers=key).status_code == 200
    other = {"version": seen["version"], "answers": {**answers, "consent": "refused"}}
    assert employee.call("POST", f"/tasks/{task['id']}/complete", json=other, headers=key).status_code == 409
