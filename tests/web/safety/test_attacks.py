"""Ids of others, other methods and hosts, doubled fields, files outside, addresses to be fetched: nothing gives way."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Mapping
from email import message_from_bytes, policy
from itertools import product
from typing import Any

import pytest

from app import db, outbox
from app.identity.people import recipients
from app.identity.tables import person
from app.outbox.tables import outbox as rows
from app.settings import ROOT
from tests.web.safety.markup import PAYLOADS, Page
from tests.web.safety.matrix.asking import NOT_THERE, PLAIN, ask, outcome, questions, send
from tests.web.safety.matrix.cast import CAST, Column
from tests.web.safety.matrix.town import Town
from tests.web.safety.routes import addresses
from tests.web.safety.script import CLERK, REFERRER, SUBJECT
from tests.web.safety.site import Site, csrf
from tests.web.safety.story import Case
from tests.web.safety.test_lists import FORMULAS, LINES
from tests.web.safety.unchanged import fingerprint

At = Callable[[str], Case]
EVIL = "evil.example"
TRAVERSALS = (
    "../app/settings.py",
    "..%2fapp%2fsettings.py",
    "..%252f..%252fetc%252fpasswd",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "....//....//etc/passwd",
    "..%5c..%5cwindows%5cwin.ini",
    "%c0%ae%c0%ae/etc/passwd",
    "/etc/passwd",
    "//etc/passwd",
    "waymark.css/../waymark.js",
    "waymark.css%00.png",
    "waymark.css;.png",
    "waymark.css.",
    "WAYMARK.CSS",
    ".",
    "..",
    "~",
    "file:///etc/passwd",
    "node_modules",
    "package.json",
    "waymark.db",
    "secret.key",
    "C:\\windows\\win.ini",
    "con",
)
OVERRIDES: Mapping[str, str] = {
    "X-HTTP-Method-Override": "POST",
    "X-HTTP-Method": "POST",
    "X-Method-Override": "PUT",
    "X-Original-URL": "/logout",
    "X-Rewrite-URL": "/logout",
}


def alike(site: Site, town: Town, username: str, question: Any, column: Column) -> None:
    """What is said of an id that is somebody's is what is said of one that is nobody's, to the byte."""
    (part,) = [one for one in CAST if one.username == username]
    kinds = (town.cases, town.tasks, town.files, town.more)
    nothing = Town(*({key: _none(one) for key, one in kind.items()} for kind in kinds))
    answers = []
    for where in (town, nothing):
        answer = send(site, where, part, question, column)
        assert outcome(question, part, question.rule.split()[0], answer) == NOT_THERE, (question, username)
        text = answer.text
        for known in (where.cases, where.tasks, where.files, where.more):
            for found in known.values():
                text = text.replace(found, _none(found))
        answers.append((text, len(answer.data), dict(answer.headers)))
    assert answers[0] == answers[1], (question.rule, username)


def _none(known: str) -> str:
    """An id of the same shape that nothing has."""
    return re.sub(r"[0-9a-z]", "0", known)


@pytest.mark.rule("XX-1", "breaks")
@pytest.mark.parametrize(
    ("username", "column"), list(product(("daniel.price", REFERRER, CLERK, "samuel.okoro"), ("team", "other")))
)
def test_an_id_of_others_is_an_id_of_nobody(
    matrix_site: tuple[Site, bytes, Town], username: str, column: Column
) -> None:
    site, data, town = matrix_site
    site.put(data)
    part = next(one for one in CAST if one.username == username)
    before, asked = fingerprint(site), 0
    for question in questions(site):
        names = set(re.findall(r"<(\w+)>", question.rule)) - PLAIN
        if names & {"case_id", "task_id"} and "/sent" not in question.rule:
            # what the team may see, it may: the matrix says who
            if username == CLERK and column == "team":
                continue
            assert ask(site, town, part, question, column)[0] == NOT_THERE, question.rule
            alike(site, town, username, question, column)
            asked += 1
    assert asked > 20 or username == CLERK
    assert fingerprint(site) == before


def test_ids_of_one_kind_are_none_of_another(matrix_site: tuple[Site, bytes, Town]) -> None:
    site, data, town = matrix_site
    site.put(data)
    case_id, task_id = town.cases["own", "give_consent"], town.tasks["own", "give_consent"]
    reference = site.world.row(case_id).reference
    for wrong in (
        task_id,
        reference,
        SUBJECT,
        "northfield",
        "incident-own",
        "referral",
        f"{case_id} ",
        case_id.upper() + "x",
    ):
        assert site.get(SUBJECT, f"/cases/{wrong}").status_code == 404
        assert site.get(SUBJECT, f"/api/v1/cases/{wrong}").status_code == 404
    for wrong in (case_id, reference, SUBJECT, f"{task_id}\u00a0"):
        assert site.get(SUBJECT, f"/tasks/{wrong}").status_code == 404
        assert site.send(SUBJECT, "POST", f"/api/v1/tasks/{wrong}/claim").status_code == 404


@pytest.mark.parametrize("header", list(OVERRIDES))
def test_no_header_makes_another_method_or_address_of_a_request(at: At, header: str) -> None:
    case = at("start")
    before = fingerprint(case.site)
    for one in addresses(case.site, "POST", case.id, case.open_tasks()):
        url = f"{one.url}?_method=POST&_csrf={csrf(SUBJECT)}"
        more = {"data": {"_csrf": csrf(SUBJECT), "_method": "POST"}} if not one.api else {}
        answer = case.site.send(SUBJECT, "GET", url, headers={header: OVERRIDES[header]}, **more)
        assert answer.status_code < 500
    assert case.site.get(SUBJECT, "/inbox").status_code == 200
    assert fingerprint(case.site) == before


def test_another_host_is_named_nowhere(at: At) -> None:
    """Links in files and mail are made from the settings, and a page leads only to paths."""
    case = at("booked")
    for host in (
        {"Host": EVIL},
        {"X-Forwarded-Host": EVIL},
        {"Forwarded": f"host={EVIL}"},
        {"X-Forwarded-Proto": "https", "X-Host": EVIL},
    ):
        for one in addresses(case.site, "GET", case.id, case.open_tasks()):
            answer = case.site.send(SUBJECT, "GET", one.url, headers=host)
            assert EVIL not in answer.text, (one.url, host)
            assert EVIL not in str(answer.headers), (one.url, host)
        answer = case.site.app.test_client().get("/inbox", headers=host)
        assert answer.headers["Location"].startswith("/login")


@pytest.mark.parametrize("name", TRAVERSALS)
def test_only_what_is_listed_is_served(site: Site, name: str) -> None:
    answer = site.stranger.get(f"/assets/{name}")
    assert answer.status_code in {308, 404}
    assert b"root:" not in answer.data
    assert b"import" not in answer.data


def test_a_doubled_field_is_read_once(at: At) -> None:
    """What was checked is what is done: of a token the first, of an answer the last."""
    case = at("start")
    site, url = case.site, f"/tasks/{case.open_tasks()[0]}"
    before = fingerprint(site)
    assert site.browser(SUBJECT).post(url, data={"_csrf": ["x", csrf(SUBJECT)], "consent": "given"}).status_code == 400
    answer = site.browser(SUBJECT).post(
        url, data={"_csrf": csrf(SUBJECT), "consent": ["given", "nonsense"], "channel": "online"}
    )
    assert answer.status_code == 422
    assert site.post(SUBJECT, f"{url}?consent=given&channel=online", {}).status_code == 422
    assert site.browser(SUBJECT).post("/clock", data={"_csrf": csrf(SUBJECT), "by": ["9y", "1d"]}).status_code == 400
    assert fingerprint(site) == before
    double = {"_csrf": [csrf(SUBJECT), "x"], "consent": ["given", "refused"], "channel": ["online", "letter"]}
    assert site.browser(SUBJECT).post(url, data=double).status_code == 303
    assert site.world.row(case.id).facts["consent"] == "refused"


def test_no_address_that_somebody_gives_is_fetched(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    case = at("attended")
    opened: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _self, address: opened.append(address))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *address, **_: opened.append(address) or [])
    task = case.site.open_task(case.id, "assess")
    targets = (
        "http://169.254.169.254/latest/meta-data/",
        f"https://{EVIL}/x.png",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_x",
    )
    for target in targets:
        fields = dict.fromkeys(
            ("notes", "items.0.item", "gp_report_reason", "next", "q", "reason", "from", "_key"), target
        )
        for one in addresses(case.site, "POST", case.id, [task.id]):
            if not one.api and one.rule != "POST /logout":
                case.site.post("samuel.okoro", one.url, fields)
        for path in ("/login", "/cases", "/inbox", "/start/referral"):
            case.site.browser("samuel.okoro").get(path, query_string=fields)
        case.site.send(
            "samuel.okoro", "PUT", f"/api/v1/tasks/{task.id}/draft", json={"answers": fields, "$schema": target}
        )
    assert opened == []
    # the watch sees one that is opened
    with socket.socket() as plain:
        plain.connect(("127.0.0.1", 9))
    assert opened == [("127.0.0.1", 9)]


@pytest.mark.parametrize("path", ["/cases", "/inbox"])
def test_what_is_looked_for_is_text(site: Site, path: str) -> None:
    for payload in PAYLOADS[path == "/inbox" :: 2]:
        page = site.browser(SUBJECT).get(
            path, query_string={"q": payload, "process": payload, "going": payload, "due": payload}
        )
        if page.status_code == 200:
            assert Page(page.text).found == [], payload
    assert Page(site.browser(SUBJECT).get(path, query_string={"q": "<b>"}).text).text.count("<b>") >= (path == "/inbox")


def test_names_make_no_second_header_in_a_mail(at: At) -> None:
    case = at("released")
    texts, now = outbox.load(ROOT / "processes"), case.site.now
    for payload in (*LINES, *FORMULAS, *PAYLOADS[:10]):
        if "\x00" in payload:
            continue
        with db.transaction(case.site.w.engine) as connection:
            connection.execute(person.update().values(name=payload))
            connection.execute(rows.update().values(sent_at=None, next_at=now, attempts=0))
        for file in (case.site.folder / "mail").glob("*"):
            file.unlink()
        assert outbox.send_due(case.site.w.engine, case.site.w.settings, now, recipients, texts, 1).sent
        for file in (case.site.folder / "mail").glob("*.eml"):
            mail = message_from_bytes(file.read_bytes(), policy=policy.default)
            assert len(mail.get_all("To", [])) == len(mail.get_all("Subject", [])) == 1
            assert set(mail.keys()) <= MAIL, mail.keys()
            assert mail.defects == []


MAIL = {"From", "To", "Subject", "Date", "Message-ID", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"}
MAIL |= {"Auto-Submitted", "X-Auto-Response-Suppress"}
