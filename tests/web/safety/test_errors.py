"""When something goes wrong, no page, header, log line or kept answer repeats what was typed or what is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from app.api import PREFIX
from app.cases.tables import receipt
from tests.web.safety.routes import addresses
from tests.web.safety.script import CLERK, NAMED, REFERRER, SUBJECT
from tests.web.safety.site import FILE, Site, csrf
from tests.web.safety.story import CANARY, Case, logs

At = Callable[[str], Case]
WORD = "zq0123456789ab"


@pytest.fixture
def told() -> Iterator[list[str]]:
    lines: list[str] = []
    with logs(lines):
        yield lines


def silent(answer: TestResponse, status: int, told: list[str]) -> None:
    assert answer.status_code == status, answer.text
    # in a demo the foot of a page knows the address to come back to
    assert WORD not in answer.text.partition('class="wm-demo"')[0]
    assert WORD not in str(answer.headers)
    assert [line for line in told if WORD in line] == []


def test_an_error_of_the_one_who_asks_repeats_nothing(at: At, told: list[str]) -> None:
    case = at("attended")
    site, task = case.site, f"/tasks/{case.open_tasks()[0]}"
    fields = {"notes": WORD, "items.0.item": WORD}
    silent(site.browser(NAMED).post(task, data={**fields, "_csrf": WORD}), 400, told)
    silent(site.post(CLERK, f"/tasks/{WORD}", fields), 404, told)
    silent(site.post(CLERK, task, fields), 404, told)
    silent(site.get(CLERK, f"/{WORD}?x={WORD}"), 404, told)
    silent(site.get(CLERK, f"/cases/{WORD}"), 404, told)
    silent(site.send(NAMED, "PUT", f"{task}?x={WORD}", data=fields), 405, told)
    silent(site.get(REFERRER, "/people?q=" + WORD), 403, told)
    silent(site.get(CLERK, f"/inbox?cursor={WORD}"), 400, told)
    silent(site.post(NAMED, task, {"notes": WORD * 50_000}), 413, told)


def test_an_error_of_the_one_who_asks_the_api_repeats_nothing(at: At, told: list[str]) -> None:
    case = at("attended")
    site, task = case.site, f"{PREFIX}/tasks/{case.open_tasks()[0]}"
    answers = {"notes": WORD, "items": [{"item": WORD, "share": WORD}], "fitness": WORD}
    silent(site.send(NAMED, "POST", f"{task}/complete", json={"version": 1, "answers": answers}), 422, told)
    silent(site.send(NAMED, "POST", f"{task}/complete", json={"version": WORD, "answers": answers}), 400, told)
    silent(
        site.send(NAMED, "POST", f"{task}/complete", data=f'{{"a": "{WORD}'.encode(), content_type="application/json"),
        400,
        told,
    )
    silent(site.send(NAMED, "POST", f"{task}/complete", data=WORD, content_type="text/plain"), 415, told)
    silent(site.send(NAMED, "POST", f"{task}/complete", json={"version": 7, "answers": answers}), 409, told)
    silent(site.send(NAMED, "PUT", f"{task}/draft", json={"answers": {"notes": WORD * 100_000}}), 413, told)
    silent(site.send(CLERK, "POST", f"{task}/complete", json={"version": 1, "answers": answers}), 404, told)
    silent(
        site.send(NAMED, "POST", f"{task}/complete", scopes="read", json={"version": 1, "answers": answers}), 403, told
    )
    silent(site.send(NAMED, "DELETE", f"{task}?x={WORD}"), 405, told)
    header = {"Authorization": f"Bearer {WORD}"}
    silent(site.stranger.get(f"{PREFIX}/tasks?x={WORD}", headers=header), 401, told)


def _raises(error: Exception) -> Callable[..., Any]:
    def broken(*_: Any, **__: Any) -> Any:
        raise error

    return broken


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ValueError(WORD), 500),
        (KeyError(WORD), 500),
        (UnicodeDecodeError("utf-8", WORD.encode(), 0, 1, WORD), 500),
        (OperationalError(f"SELECT {WORD}", {"notes": WORD}, Exception(WORD)), 503),
    ],
    ids=["value", "key", "unicode", "database"],
)
def test_an_error_of_ours_repeats_nothing(
    at: At, told: list[str], monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    case = at("attended")
    site = case.site
    for name in ("inbox", "cases", "case", "task", "task_form", "appointment", "all_cases", "all_tasks", "history"):
        monkeypatch.setattr(f"app.cases.queries.{name}", _raises(error))
    monkeypatch.setattr("app.cases.commands.complete", _raises(error))
    task = case.open_tasks()[0]
    for url in ("/inbox", "/cases", "/inbox.csv", "/inbox.ics", "/cases.csv", f"/cases/{case.id}", f"/tasks/{task}"):
        silent(site.get(NAMED, f"{url}?q={WORD}"), status, told)
    silent(site.get(NAMED, f"/cases/{case.id}/appointment.ics"), status, told)
    silent(site.post(NAMED, f"/tasks/{task}", {"notes": WORD}), status, told)
    for url in ("/tasks", f"/cases/{case.id}", f"/cases/{case.id}/history"):
        silent(site.get(NAMED, PREFIX + url), status, told)
    body = {"version": 1, "answers": {"notes": WORD}}
    silent(site.send(NAMED, "POST", f"{PREFIX}/tasks/{task}/complete", json=body), status, told)
    # something was logged about each
    assert sum(type(error).__name__ in line for line in told) >= 12


def test_control_a_log_of_messages_would_be_seen(at: At, told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    site = at("attended").site
    monkeypatch.setattr("app.cases.queries.inbox", _raises(ValueError(WORD)))
    monkeypatch.setattr("app.web.errors._log", lambda error: site.app.logger.error("failed: %s", error) or "1")
    assert site.get(NAMED, "/inbox").status_code == 500
    assert [line for line in told if WORD in line]


def test_control_an_error_page_with_the_message_would_be_seen(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    site = at("attended").site
    monkeypatch.setattr("app.cases.queries.inbox", _raises(ValueError(WORD)))
    monkeypatch.setattr("app.web.errors.SENTENCES", {500: (WORD,)})
    assert WORD in site.get(NAMED, "/inbox").text


def test_answers_kept_for_a_second_asking_hold_no_answer(at: At, told: list[str]) -> None:
    """A receipt is what was answered, so that a lost reply can be had again: nothing of what was sent is in it."""
    case = at("offered")
    url = f"{PREFIX}/tasks/{case.site.open_task(case.id, 'answer_offer').id}/complete"
    body = {"version": 1, "answers": {"appointment_reply": "another_time", "suggestion": WORD, "needs": WORD}}
    replies = [case.site.send(SUBJECT, "POST", url, json=body, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    assert [one.status_code for one in replies] == [200, 200]
    assert replies[0].data == replies[1].data
    for one in replies:
        silent(one, 200, told)
    kept = case.site.world.rows(sa.select(receipt))
    assert [row.key for row in kept] == ["k1"]
    assert WORD not in repr(kept)
    assert WORD.encode() not in case.site.data()
    assert "/cases/" in repr(kept) or case.id in repr(kept)
    # the same key with other answers is refused, and says nothing of either
    other = {**body, "answers": {**body["answers"], "suggestion": WORD[::-1]}}  # type: ignore[dict-item]
    again = case.site.send(SUBJECT, "POST", url, json=other, headers={"Idempotency-Key": "k1"})
    assert again.status_code in {409, 422}
    assert WORD not in again.text + again.text[::-1]


def test_control_a_receipt_with_the_answers_would_be_seen(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    assert WORD.encode() not in site.data()
    with site.w.engine.begin() as connection:
        row = {"actor_id": SUBJECT, "key": "k", "request": "r", "answer": {"x": WORD}, "at": site.clock.now()}
        connection.execute(receipt.insert().values(**row))
    assert WORD.encode() in site.data()
    assert (site.folder / FILE).exists()


def test_what_is_read_is_not_logged(at: At, told: list[str]) -> None:
    """Every address once as those who read most, with the database's statements in the log."""
    case = at("gp-read")
    tasks = case.open_tasks()
    shown = 0
    for name in (SUBJECT, NAMED):
        for one in addresses(case.site, "GET", case.id, tasks):
            shown += bool(CANARY.search(case.site.get(name, one.url).text))
    assert shown >= 5
    assert any("SELECT" in line for line in told)
    assert [line for line in told if CANARY.search(line)] == []


@pytest.mark.parametrize(
    "payload", ["a\nb", "a\r\nb", "\x1b[31mred", '"}\n{"level":"info"', "%s%n", "${jndi:ldap://x}", "\u2028", "\x00"]
)
def test_no_request_writes_a_second_line_into_the_log(site: Site, told: list[str], payload: str) -> None:
    site.app.test_client().get(
        "/login", query_string={"next": payload}, headers={"User-Agent": payload.encode("unicode_escape")}
    )
    site.post(SUBJECT, "/clock", {"by": payload})
    site.browser(SUBJECT).post("/login", data={"_csrf": csrf(SUBJECT), "username": payload, "password": payload})
    machine = [line for line in told if line.startswith("{")]
    assert all("\n" not in line for line in machine)
    assert [line for line in machine if payload in line] == []
