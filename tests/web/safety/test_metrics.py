"""Counts for monitoring: for whoever holds the token, and of nobody in particular."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from app import db
from app.cases import demo
from app.cases.tables import case as case_table
from app.cases.tables import incident, message, task
from app.outbox.tables import outbox
from app.traffic import counting
from tests.web.safety.script import SUBJECT
from tests.web.safety.site import PEOPLE, bearer, cookie
from tests.web.safety.story import CANARY, Case, Played
from tests.web.safety.test_traces import names_of_the_gp_step

At = Callable[[str], Case]
TOKEN = "a token for monitoring"
LETTERS = re.compile(r'"((?:[^"\\]|\\.)*)"')


@pytest.fixture
def counted(at: At) -> tuple[Case, FlaskClient]:
    """The case after its last step but one, and a server of it that counts."""
    case = at("released")
    watched = copy.copy(case.site)
    watched.w = replace(case.site.w, settings=replace(case.site.w.settings, metrics_token=TOKEN))
    app, _api = watched.served(case.site.clock)
    return case, app.test_client()


def scrape(client: FlaskClient) -> dict[str, list[Sample]]:
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return {one.name: list(one.samples) for one in text_string_to_metric_families(answer.text)}


def value(found: dict[str, list[Sample]], name: str) -> float:
    (one,) = found[name]
    return float(one.value)


def test_without_a_token_in_the_settings_there_is_no_such_page(at: At) -> None:
    site = at("read").site
    for header in ("", "Bearer ", "Bearer None", f"Bearer {TOKEN}"):
        assert site.stranger.get("/metrics", headers={"Authorization": header}).status_code == 404


def test_a_wrong_token_finds_no_such_page(counted: tuple[Case, FlaskClient]) -> None:
    case, client = counted
    missing = case.site.stranger.get("/metrics").text
    for header in (
        "",
        "Bearer",
        "Bearer ü",
        f"bearer {TOKEN}x",
        f"Basic {TOKEN}",
        TOKEN,
        f"Bearer {bearer('ada.stone')}",
    ):
        answer = client.get("/metrics", headers={"Authorization": header.encode().decode("latin-1")})
        assert (answer.status_code, answer.text) == (404, missing)
    client.set_cookie("waymark", cookie("ada.stone"))
    assert client.get("/metrics").status_code == 404


def test_the_counts_are_those_of_the_database(counted: tuple[Case, FlaskClient]) -> None:
    case, client = counted
    found = scrape(client)
    assert [(one.labels, one.value) for one in found["waymark_cases"]] == [
        ({"process": "referral", "status": "running"}, 1)
    ]
    for name, query in {
        "open_tasks": sa.select(sa.func.count()).select_from(task).where(task.c.state == "open"),
        "mail_waiting": sa.select(sa.func.count()).select_from(outbox).where(outbox.c.next_at.isnot(None)),
        "messages_waiting": sa.select(sa.func.count()).select_from(message),
    }.items():
        assert value(found, f"waymark_{name}") == case.site.world.scalar(query), name
    assert value(found, "waymark_mail_waiting") >= 5


def test_what_is_late_or_failed_is_counted(counted: tuple[Case, FlaskClient]) -> None:
    case, client = counted
    opened = case.site.world.row(case.id).opened_at
    with db.transaction(case.site.w.engine) as connection:
        connection.execute(task.update().where(task.c.state == "open").values(due_at=opened))
        connection.execute(case_table.update().values(next_due_at=opened))
        row = {"id": "i1", "case_id": case.id, "process": "x", "element_id": "x", "element_name": "x", "detail": "x"}
        connection.execute(incident.insert().values(**row, state="parked", attempts=5, opened_at=opened))
    found = scrape(client)
    assert value(found, "waymark_overdue_tasks") == value(found, "waymark_open_tasks") > 0
    assert value(found, "waymark_due_cases") == 1
    assert value(found, "waymark_timer_lateness_seconds") > 0
    assert {one.labels["state"]: one.value for one in found["waymark_incidents"]} == {"retrying": 0, "parked": 1}


def test_requests_are_counted_by_rule_and_status(counted: tuple[Case, FlaskClient]) -> None:
    case, client = counted

    def seen() -> dict[tuple[str, str, str], float]:
        samples = scrape(client)["waymark_requests"]
        return {
            (one.labels["rule"], one.labels["method"], one.labels["status"]): one.value
            for one in samples
            if one.name.endswith("_total")
        }

    before = seen()
    client.set_cookie("waymark", cookie(SUBJECT))
    client.get(f"/cases/{case.id}?view=answers")
    client.get("/cases?q=zqcanary")
    client.get("/zqcanary")
    client.open("/inbox", method="ZQCANARY")
    client.get(f"/api/v1/cases/{case.id}", headers={"Authorization": "Bearer wm_zqcanary"})
    after = seen()
    more = {key: after[key] - before.get(key, 0) for key in after if after[key] != before.get(key, 0)}
    assert more.pop(("/metrics", "GET", "200")) == 1
    expected = {("/cases/<case_id>", "GET", "200"), ("/cases", "GET", "200"), ("none", "GET", "404")}
    expected |= {("none", "other", "405"), ("/api/v1/cases/<case_id>", "GET", "401")}
    assert more == dict.fromkeys(expected, 1)


@pytest.mark.rule("XX-1", "breaks")
def test_nobody_and_nothing_can_be_told_from_them(counted: tuple[Case, FlaskClient], story: Played) -> None:
    case, client = counted
    client.set_cookie("waymark", cookie(SUBJECT))
    for url in (f"/cases/{case.id}", f"/tasks/{case.open_tasks()[0]}", *(f"/cases?q={one}" for one in story.plants)):
        client.get(url)
    text = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    assert not CANARY.search(text)
    words = {*PEOPLE, *(one[1] for one in demo.PEOPLE), *(one.id for one in (demo.PROVIDER, *demo.EMPLOYERS))}
    words |= {case.id, case.site.world.row(case.id).reference, *case.open_tasks(), TOKEN} | names_of_the_gp_step()
    assert [one for one in words if one in text] == []
    labels = set(LETTERS.findall(text))
    assert not [one for one in labels if re.search(r"[0-9a-f]{8}-|R-\d{4}|@", one)]


def test_control_a_count_by_path_would_be_seen(
    counted: tuple[Case, FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    case, client = counted
    counting._requests.labels("0", f"/cases/{case.id}", "GET", "200").inc()
    assert case.id in client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    counting._requests.remove("0", f"/cases/{case.id}", "GET", "200")
