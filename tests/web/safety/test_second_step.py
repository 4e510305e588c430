"""The second step through the pages: nothing else opens before it, and what is grave asks once more."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import db, web
from app.cases import Waymark, commands, demo, queries
from app.identity import second_step
from app.identity.passwords import hash_password
from app.identity.sealing import Enveloped
from app.identity.tables import account, identity_event, login_session
from app.records import Masters
from app.web.doors import Doors
from app.web.formpage import owner_mark
from tests.web.safety.routes import addresses
from tests.web.safety.site import Site
from tests.web.safety.story import Case

NAME = "nina.kaur"
SEALER = Enveloped(Masters([b"m" * 32]))
At = Callable[[str], Case]


@pytest.fixture
def strict(site: Site) -> FlaskClient:
    """A visitor of the same site, where the second step is required."""
    hashed = hash_password(demo.PASSWORD)
    with db.transaction(site.w.engine) as conn:
        conn.execute(account.update().values(password_hash=hashed))
    w = Waymark(site.w.engine, replace(site.w.settings, second_step="required"))
    app = Flask("strict", static_folder=None)
    web.register(app, Doors(w, queries, commands, site.clock))
    return app.test_client()


def csrf_of(page: str) -> str:
    found = re.search(r'name="_csrf" value="([^"]+)"', page)
    assert found
    return found[1]


def send(client: FlaskClient, url: str, **fields: str) -> TestResponse:
    return client.post(url, data={"_csrf": csrf_of(client.get(url).text), **fields})


def log_in(client: FlaskClient, name: str = NAME) -> TestResponse:
    return send(client, "/login", username=name, password=demo.PASSWORD)


def cookie_of(client: FlaskClient) -> str:
    found = client.get_cookie("waymark")
    return found.value if found else ""


def key_of(page: str) -> str:
    found = re.search(r'class="wm-key"><code>([A-Z2-7 ]+)</code>', page)
    assert found, page
    return found[1].replace(" ", "")


def set_up(client: FlaskClient, site: Site) -> tuple[str, TestResponse]:
    assert log_in(client).headers["Location"] == "/login/set-up?next=/"
    assert send(client, "/login/set-up", begin="1").status_code == 303
    secret = key_of(client.get("/login/set-up").text)
    return secret, send(client, "/login/set-up", code=pyotp.TOTP(secret).at(site.clock.at))


def test_the_first_login_sets_it_up_and_shows_ten_codes_once(strict: FlaskClient, site: Site) -> None:
    secret, page = set_up(strict, site)
    codes = re.findall(r"<li><code>([0-9a-z-]{29})</code></li>", page.text)
    assert (page.status_code, len(set(codes))) == (200, 10)
    assert strict.get("/inbox").status_code == 200
    assert not [one for one in codes if one in strict.get("/account/second-step").text]
    assert secret not in strict.get("/account/second-step").text
    with db.reading(site.w.engine) as conn:
        kinds = conn.execute(sa.select(identity_event.c.kind).where(identity_event.c.person_id == NAME)).scalars().all()
    assert {"second-step-on", "recovery-codes-made"} <= set(kinds)


@pytest.mark.parametrize("waits", ["code", "enrol"])
def test_nothing_else_opens_before_it(strict: FlaskClient, site: Site, waits: str) -> None:
    if waits == "code":
        with db.transaction(site.w.engine) as conn:
            second_step.begin(conn, SEALER, NAME)
            table = second_step.second_step
            conn.execute(table.update().values(sealed=table.c.pending, pending=None))
    answer = log_in(strict)
    place = {"code": "/login/code", "enrol": "/login/set-up"}[waits]
    assert answer.headers["Location"] == f"{place}?next=/"
    token = csrf_of(strict.get(place).text)
    for method in ("GET", "POST"):
        for one in addresses(site, method, "none", ["none"]):
            if one.api or one.whose in {"anybody", "nobody"} or one.rule == "POST /logout":
                continue
            answer = strict.open(one.url, method=method, data={"_csrf": token} if method == "POST" else None)
            assert answer.status_code in {303, 401}, one.rule
            assert answer.status_code == 401 or answer.headers["Location"].startswith("/login"), one.rule
    assert (
        site.stranger.get("/api/v1/tasks", headers={"Authorization": f"Bearer {cookie_of(strict)}"}).status_code == 401
    )
    # the other half's page does not open, either
    other = {"code": "/login/set-up", "enrol": "/login/code"}[waits]
    assert strict.post(other, data={"_csrf": token, "code": "000000", "begin": "1"}).status_code == 401
    # but one can log out, and the half is gone
    assert strict.post("/logout", data={"_csrf": token}).status_code == 303
    with db.reading(site.w.engine) as conn:
        assert conn.execute(sa.select(login_session).where(login_session.c.waits.is_not(None))).all() == []


def test_the_next_login_asks_for_a_code_and_gives_a_new_cookie(strict: FlaskClient, site: Site) -> None:
    secret, page = set_up(strict, site)
    strict.post("/logout", data={"_csrf": csrf_of(page.text)})
    site.clock.at += timedelta(minutes=5)
    assert log_in(strict).headers["Location"] == "/login/code?next=/"
    half = cookie_of(strict)
    wrong = send(strict, "/login/code", code="12345")
    assert (wrong.status_code, 'href="#code"' in wrong.text) == (422, True)
    assert send(strict, "/login/code", code="").status_code == 422
    code = pyotp.TOTP(secret).at(site.clock.at)
    answer = send(strict, "/login/code", code=code, next="//evil.example")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert cookie_of(strict) not in {"", half}
    assert strict.get("/inbox").status_code == 200
    stranger = strict.application.test_client()
    stranger.set_cookie("waymark", half)
    assert stranger.get("/inbox").status_code == 303
    # the same code is worth nothing for another login
    assert log_in(stranger).headers["Location"] == "/login/code?next=/"
    assert send(stranger, "/login/code", code=code).status_code == 422


def test_a_demo_logs_in_with_one_press(site: Site) -> None:
    hashed = hash_password(demo.PASSWORD)
    with db.transaction(site.w.engine) as conn:
        conn.execute(account.update().values(password_hash=hashed))
    page = site.stranger.get("/login").text
    answer = site.stranger.post("/login", data={"_csrf": csrf_of(page), "as": NAME})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert site.stranger.get("/inbox").status_code == 200


def test_what_was_typed_when_the_login_ran_out_comes_through_the_second_step(at: At) -> None:
    case = at("offered")
    site, name = case.site, "grace.obi"
    hashed = hash_password(demo.PASSWORD)
    with db.transaction(site.w.engine) as conn:
        conn.execute(account.update().where(account.c.username == name).values(password_hash=hashed))
        second_step.begin(conn, SEALER, name)
        secret = second_step.pending(conn, SEALER, name) or ""
        second_step.confirm(
            conn, SEALER, name, pyotp.TOTP(secret).at(site.clock.at - timedelta(seconds=30)), site.clock.at
        )
    with site.app.test_request_context():
        mark = owner_mark(name)
    client, url = site.app.test_client(), f"/tasks/{case.open_tasks()[0]}"
    typed = {"_who": mark, "suggestion": "Mornings are hard", "appointment_reply": "another_time"}
    page = client.post(url, data=typed).text
    carried = dict(re.findall(r'name="(kept\.[^"]+|next|_csrf)" value="([^"]*)"', page))
    page = client.post("/login", data={**carried, "username": name, "password": demo.PASSWORD}).text
    assert "Enter your code" in page
    carried = dict(re.findall(r'name="(kept\.[^"]+|next)" value="([^"]*)"', page.partition("<main")[2]))
    fields = {"_csrf": csrf_of(page.partition("<main")[2]), **carried, "code": pyotp.TOTP(secret).at(site.clock.at)}
    answer = client.post("/login/code", data=fields)
    assert answer.status_code == 200
    assert "Mornings are hard" in answer.text


def test_what_is_grave_asks_once_more_after_ten_minutes(strict: FlaskClient, site: Site) -> None:
    set_up(strict, site)
    url = "/account/tokens/new"
    assert strict.get(url).status_code == 200
    token = csrf_of(strict.get(url).text)
    site.clock.at += timedelta(minutes=10, seconds=1)
    assert strict.get(url).headers["Location"] == f"/login/again?next={url}"
    # a form that was open is kept, but for its secrets, and sent by the person once more
    late = strict.post(url, data={"_csrf": token, "label": "Report", "scopes": "read", "days": "7", "password": "x1y2"})
    assert late.status_code == 401
    assert "Report" in late.text
    assert "x1y2" not in late.text
    fields = dict(re.findall(r'name="((?:kept\.)?\w+)" value="([^"]*)"', late.text.partition("<main")[2]))
    assert strict.post("/login/again", data={**fields, "proof": "000000"}).status_code == 422
    secret = _secret(site)
    done = strict.post("/login/again", data={**fields, "proof": pyotp.TOTP(secret).at(site.clock.at)})
    assert "Go on with what you had begun" in done.text
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', done.text.partition("<main")[2]))
    made = strict.post(url, data=fields)
    assert (made.status_code, "wm_" in made.text) == (200, True)


def _secret(site: Site) -> str:
    with db.reading(site.w.engine) as conn:
        sealed = conn.execute(sa.select(second_step.second_step.c.sealed)).scalar_one()
    return SEALER.unseal(sealed, NAME).decode()


def test_who_has_no_second_step_proves_it_by_the_password(strict: FlaskClient, site: Site) -> None:
    log_in(strict, "amir.shah")
    site.clock.at += timedelta(minutes=11)
    page = strict.get("/login/again?next=/account/tokens/new").text
    assert 'type="password"' in page
    assert send(strict, "/login/again", proof="wrong", next="/account").status_code == 422
    answer = send(strict, "/login/again", proof=demo.PASSWORD, next="/account/tokens/new")
    assert answer.headers["Location"] == "/account/tokens/new"
    assert strict.get("/account/tokens/new").status_code == 200


def test_who_needs_it_cannot_switch_it_off_and_others_can(strict: FlaskClient, site: Site) -> None:
    set_up(strict, site)
    page = strict.get("/account/second-step").text
    assert "Switch the second step off" not in page
    assert strict.post("/account/second-step/off", data={"_csrf": csrf_of(page)}).status_code == 400
    with db.reading(site.w.engine) as conn:
        assert second_step.state(conn, NAME).on
    other = strict.application.test_client()
    log_in(other, "amir.shah")
    send(other, "/account/second-step", begin="1")
    secret = key_of(other.get("/account/second-step").text)
    assert send(other, "/account/second-step", code=pyotp.TOTP(secret).at(site.clock.at)).status_code == 200
    before = cookie_of(other)
    assert (
        other.post("/account/second-step/off", data={"_csrf": csrf_of(other.get("/account").text)}).status_code == 303
    )
    assert cookie_of(other) != before
    assert "Off" in other.get("/account").text
