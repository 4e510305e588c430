"""Logging in and out: no planted session, no way back in, nowhere else to go, and nothing lost to somebody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import db
from app.cases import demo
from app.identity.passwords import hash_password
from app.identity.tables import account, login_session
from app.web.formpage import owner_mark
from tests.web.safety.script import LINE_MANAGER, SUBJECT
from tests.web.safety.site import Site, cookie, csrf
from tests.web.safety.story import Case

At = Callable[[str], Case]
#: where a link might try to lead
TARGETS = (
    "//evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "/\r\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/ /evil.example",
    "/\u0000/evil.example",
    "/\u000b/evil.example",
    "/\u2028/evil.example",
    "/\u00a0/evil.example",
    "/./evil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/inbox/..//evil.example",
    "/%2f/evil.example",
    "/%5cevil.example",
    "/%09/evil.example",
    "https://evil.example",
    "https:evil.example",
    "http:///evil.example",
    "HTTPS://evil.example/inbox",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "mailto:x@evil.example",
    "evil.example",
    "@evil.example",
    "/@evil.example//",
    "//localhost@evil.example/inbox",
    "http://localhost@evil.example/",
    "http://localhost.evil.example/",
    "//[::1",
    "/inbox\r\nLocation: https://evil.example",
    "/inbox\r\nSet-Cookie: waymark=x",
    "/inbox?x=\r\nSet-Cookie: waymark=x",
    "/inbox?x=\n//evil.example",
    "/inbox?next=//evil.example",
    "/inbox#//evil.example",
    "/logout",
    "/login?next=//evil.example",
    "/tasks/x/claim",
    "/assets/waymark.js",
)


@pytest.fixture
def door(site: Site) -> Site:
    """A site where two people have real passwords."""
    hashed = hash_password(demo.PASSWORD)
    with db.transaction(site.w.engine) as connection:
        known = account.c.username.in_([SUBJECT, LINE_MANAGER])
        connection.execute(account.update().where(known).values(password_hash=hashed))
    return site


def log_in(site: Site, client: FlaskClient, name: str, **more: str) -> TestResponse:
    page = client.get("/login").text
    token = re.search(r'name="_csrf" value="([^"]+)"', page)
    assert token
    return client.post("/login", data={"_csrf": token[1], "username": name, "password": demo.PASSWORD, **more})


def session_of(answer: TestResponse) -> str:
    (header,) = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("waymark=")]
    return header.partition(";")[0].removeprefix("waymark=")


def test_a_login_never_takes_over_a_planted_session(door: Site) -> None:
    for planted in ("planted", cookie("amir.shah")):
        client = door.app.test_client()
        page = client.get("/login").text
        token = re.search(r'name="_csrf" value="([^"]+)"', page)
        assert token
        # planted between the page and the post; the token of the page is no longer the session's
        client.set_cookie("waymark", planted)
        typed = {"_csrf": token[1], "username": SUBJECT, "password": demo.PASSWORD}
        if planted == "planted":
            answer = client.post("/login", data=typed)
            assert answer.status_code == 303
            assert session_of(answer) != planted
            assert len(session_of(answer)) >= 43
        else:
            assert client.post("/login", data=typed).status_code == 400
            answer = client.post("/login", data={**typed, "_csrf": csrf("amir.shah")})
            assert session_of(answer) != planted
            assert door.get("amir.shah", "/inbox").status_code == 303


def test_the_cookie_is_kept_only_as_a_digest_and_carries_its_flags(door: Site) -> None:
    answer = log_in(door, door.stranger, SUBJECT)
    (header,) = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("waymark=")]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(header.split("; "))
    assert "Domain" not in header
    rows = door.world.rows(sa.select(login_session))
    assert session_of(answer) not in repr(rows)


def test_logging_out_ends_the_session_itself(door: Site) -> None:
    token = session_of(log_in(door, door.stranger, SUBJECT))
    page = door.stranger.get("/inbox").text
    csrf_of_page = re.search(r'name="_csrf" value="([^"]+)"', page)
    assert csrf_of_page
    assert door.stranger.post("/logout", data={"_csrf": csrf_of_page[1]}).status_code == 303
    again = door.app.test_client()
    again.set_cookie("waymark", token)
    assert again.get("/inbox").status_code == 303
    assert again.post("/clock", data={"_csrf": csrf_of_page[1], "by": "1d"}).status_code == 401


@pytest.mark.parametrize(("quiet", "in_all"), [(30, 30), (29, 12 * 60)])
def test_a_session_runs_out(site: Site, quiet: int, in_all: int) -> None:
    waited = 0
    while waited + quiet < in_all:
        site.clock.at += timedelta(minutes=quiet)
        waited += quiet
        assert site.get(SUBJECT, "/inbox").status_code == 200, waited
    site.clock.at += timedelta(minutes=in_all - waited)
    assert site.get(SUBJECT, "/inbox").status_code == 303


def as_browsers_do(location: str) -> str:
    """WHATWG URL: leading blanks, tabs and line breaks are dropped, a backslash is a slash."""
    cleaned = re.sub(r"[\t\r\n]", "", location).strip("".join(map(chr, range(33)))).replace("\\", "/")
    return urljoin("http://localhost/login", cleaned)


@pytest.mark.parametrize("target", TARGETS)
def test_a_login_leads_nowhere_else(site: Site, target: str) -> None:
    answers = [
        site.browser(SUBJECT).get("/login", query_string={"next": target}),
        site.post(SUBJECT, "/clock", {"by": "1d", "next": target}),
    ]
    for answer in answers:
        assert answer.status_code in {303, 404}, answer.text
        if answer.status_code == 303:
            there = urlsplit(as_browsers_do(answer.headers["Location"]))
            assert (there.scheme, there.netloc) == ("http", "localhost")
            assert not there.path.startswith("//")
            assert "evil" not in there.path
            assert not answer.headers.getlist("Set-Cookie")


def test_a_login_leads_back_to_a_page_of_ours(door: Site) -> None:
    assert log_in(door, door.stranger, SUBJECT, next="/cases?x=1").headers["Location"] == "/cases?x=1"


def test_a_login_leads_nowhere_else_after_a_real_login_either(door: Site) -> None:
    for target in ("/\t/evil.example", "//evil.example", "/\r\n/evil.example"):
        assert log_in(door, door.app.test_client(), SUBJECT, next=target).headers["Location"] == "/"


def kept(site: Site, case: Case, typed: str) -> dict[str, str]:
    """What the login page carries along after a form was sent too late."""
    with site.app.test_request_context():
        mark = owner_mark(SUBJECT)
    url = f"/tasks/{case.open_tasks()[0]}"
    page = site.app.test_client().post(
        url, data={"_who": mark, "suggestion": typed, "appointment_reply": "another_time"}
    )
    assert page.status_code == 401
    fields = dict(re.findall(r'name="(kept\.[^"]+)" value="([^"]*)"', page.text))
    assert fields["kept.suggestion"] == typed
    return {**fields, "next": url}


@pytest.mark.parametrize("who", [SUBJECT, LINE_MANAGER])
def test_entries_that_were_kept_come_back_to_their_owner_alone(at: At, who: str) -> None:
    case = at("offered")
    hashed = hash_password(demo.PASSWORD)
    with db.transaction(case.site.w.engine) as connection:
        connection.execute(account.update().where(account.c.username == who).values(password_hash=hashed))
    fields = kept(case.site, case, "Mornings are hard")
    answer = log_in(case.site, case.site.stranger, who, **fields)
    assert session_of(answer)
    if who == SUBJECT:
        assert "Mornings are hard" in answer.text
    else:
        assert (answer.status_code, answer.headers["Location"]) == (303, "/")
        assert case.site.stranger.get("/inbox").status_code == 200


@pytest.mark.parametrize("mark", ["", "x", "ü", "0" * 64])
def test_entries_with_a_forged_mark_are_dropped(at: At, mark: str) -> None:
    case = at("offered")
    with db.transaction(case.site.w.engine) as connection:
        hashed = hash_password(demo.PASSWORD)
        connection.execute(account.update().where(account.c.username == SUBJECT).values(password_hash=hashed))
    fields = {**kept(case.site, case, "typed"), "kept._who": mark}
    answer = log_in(case.site, case.site.stranger, SUBJECT, **fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_an_unknown_name_is_answered_like_a_wrong_password(door: Site) -> None:
    pages = []
    for name in (SUBJECT, "nobody.here"):
        client = door.app.test_client()
        answer = log_in(door, client, name, password="not the password")  # a wrong one
        assert answer.status_code == 422
        assert not [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("waymark=")]
        pages.append(re.sub(r'value="[^"]*"', "", answer.text))
    assert pages[0] == pages[1]
