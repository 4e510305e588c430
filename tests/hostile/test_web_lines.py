"""Line breaks where a line ends something: headers of answers, log lines, headers of mail. And failures that repeat."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from app import db, outbox
from app.cases import commands
from app.identity.people import create_person, recipients
from app.identity.tables import person
from app.logs import JsonLines
from app.outbox.mail import build
from app.settings import ROOT
from tests.web.safety.script import CLERK, REFERRER, SUBJECT
from tests.web.safety.site import csrf
from tests.web.safety.story import Case, logs

At = Callable[[str], Case]
BREAKS = ("\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\0", "%0d%0a", "\\r\\n", "嘊嘍")
SECRET = "zqSECRETzq"


@pytest.fixture
def lines() -> Iterator[list[str]]:
    found: list[str] = []
    with logs(found):
        yield found


@pytest.mark.parametrize("ends", BREAKS)
def test_no_line_break_gets_into_the_head_of_an_answer(at: At, ends: str) -> None:
    case = at("start")
    odd = f"/inbox{ends}X-Own: yes{ends}Set-Cookie: waymark=planted"
    site = case.site
    answers = [
        site.browser(SUBJECT).get("/login", query_string={"next": odd}),
        site.browser(SUBJECT).get("/inbox", query_string={"scope": odd, "cursor": odd}),
        site.browser(SUBJECT).get("/cases/" + odd.replace("/", "")),
        site.post(SUBJECT, "/clock", {"by": "1d", "next": odd}),
        site.post(SUBJECT, f"/tasks/{case.open_tasks()[0]}/unclaim", {"next": odd}),
        site.stranger.get(f"/tasks/{odd[1:]}"),
        site.send(SUBJECT, "GET", "/api/v1/tasks", headers={"X-Request-Id": "x"}),
    ]
    for answer in answers:
        assert answer.status_code < 500
        assert "X-Own" not in answer.headers
        assert "planted" not in str(answer.headers.getlist("Set-Cookie"))
        assert all(value.isprintable() for value in answer.headers.values())


@pytest.mark.parametrize("ends", BREAKS)
def test_one_event_is_one_line_of_json(ends: str) -> None:
    record = logging.makeLogRecord({"name": f"a{ends}b", "msg": "%s%s", "args": ("x", ends), "own": {"k": ends}})
    line = JsonLines().format(record)
    assert "\n" not in line
    assert "\r" not in line
    assert orjson.loads(line)["event"] == f"x{ends}"


@pytest.mark.parametrize("ends", BREAKS)
def test_no_name_writes_a_header_of_a_mail(at: At, ends: str) -> None:
    site = at("start").site
    odd = f"Grace{ends}Bcc: spy@evil.example{ends}{ends}<h1>body</h1>"
    with db.transaction(site.w.engine) as connection:
        made = create_person(connection, odd, "northfield", ["employee"], email="g@northfield.example")
        kept = connection.execute(sa.select(person.c.name).where(person.c.id == made)).scalar_one()
        assert kept.isprintable()
        # and if one got in by another way
        connection.execute(person.update().where(person.c.id == SUBJECT).values(name=odd))
    for file in (site.folder / "mail").glob("*"):
        file.unlink()
    outbox.send_due(site.w.engine, site.w.settings, site.now, recipients, outbox.load(ROOT / "processes"))
    build(site.w.settings, (odd, "g@northfield.example"), f"x{ends}Bcc: y", "text", "1", site.now)
    for path in (site.folder / "mail").glob("*.eml"):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert mail["Bcc"] is None
        assert len(mail["To"].addresses) == 1


def boom(*_arguments: Any, **_more: Any) -> Any:
    raise RuntimeError(f"the database said: {SECRET}")


def test_a_failure_tells_nobody_what_somebody_typed(at: At, lines: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    case = at("offered")
    (task_id,) = case.open_tasks()
    for name in ("complete", "save_draft", "claim", "cancel", "withdraw_consent", "start"):
        monkeypatch.setattr(commands, name, boom)
    typed = {"appointment_reply": "another_time", "suggestion": SECRET}
    mine = case.site.post(SUBJECT, f"/tasks/{task_id}", typed)
    # whoever typed it still has it on the page
    assert (mine.status_code, SECRET in mine.text) == (500, True)
    answers = [
        case.site.send(
            SUBJECT, "POST", f"/api/v1/tasks/{task_id}/complete", json={"version": 1, "answers": {"suggestion": SECRET}}
        ),
        case.site.send(SUBJECT, "PUT", f"/api/v1/tasks/{task_id}/draft", json={"answers": {"suggestion": SECRET}}),
        case.site.post(SUBJECT, f"/tasks/{task_id}/claim", {"reason": SECRET}),
        case.site.post(REFERRER, f"/cases/{case.id}/cancel", {"reason": SECRET}),
    ]
    for answer in answers:
        assert (answer.status_code, SECRET in answer.text) == (500, False)
    assert len(lines) > 4
    assert [line for line in lines if SECRET in line] == []
    assert [line for line in lines if '"error":"RuntimeError"' in line]


def test_refusals_repeat_what_was_typed_to_nobody_else(at: At, lines: list[str]) -> None:
    case = at("moved")
    done = next(one.id for one in case.site.tasks(case.id) if one.element_id == "answer_offer")
    refused = case.site.post(SUBJECT, f"/tasks/{done}", {"appointment_reply": "another_time", "suggestion": SECRET})
    assert (refused.status_code, SECRET in refused.text) == (409, True)
    wrong = {"suggestion": SECRET * 100, "appointment_reply": SECRET}
    bodies = [
        case.site.send(SUBJECT, "POST", f"/api/v1/tasks/{done}/complete", json={"version": 1, "answers": wrong}),
        case.site.send(CLERK, "POST", f"/api/v1/tasks/{done}/complete", json={"version": 1, "answers": wrong}),
        case.site.post(CLERK, f"/tasks/{done}", wrong),
        case.site.browser(SUBJECT).post(f"/tasks/{done}", data=wrong),
        case.site.send(SUBJECT, "POST", "/api/v1/processes/referral/cases", json={"answers": {"reason": SECRET}}),
        case.site.browser(SUBJECT).get(f"/tasks/{SECRET}"),
        case.site.post(SUBJECT, "/clock", {"by": SECRET}),
    ]
    for answer in bodies:
        assert 400 <= answer.status_code < 500
        assert SECRET not in answer.text.replace(f"/tasks/{SECRET}", "")
    assert case.site.browser(SUBJECT).get("/login", headers={"X": csrf(SUBJECT)}).status_code == 303
    assert [line for line in lines if SECRET in line] == []
