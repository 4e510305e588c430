"""The own account, and what administrators do to those of their people."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from werkzeug.test import TestResponse

from app import create_app, db, outbox
from app.cases import demo
from app.identity import desk, passwords, people, recipients, sessions, strength
from app.identity.errors import WeakPassword
from app.identity.passwords import hash_password
from app.identity.tables import account, api_token, identity_event, login_session, membership, person, reset_link
from app.logs import JsonLines
from app.outbox.tables import outbox as outbox_table
from app.web.security import client_address
from tests.web.safety.site import Site, cookie, csrf

ADA, AMIR = "ada.stone", "amir.shah"
NEW = "three odd green words"


@pytest.fixture
def door(site: Site) -> Site:
    """Amir has a real password."""
    with db.transaction(site.w.engine) as conn:
        own = account.c.username == AMIR
        conn.execute(account.update().where(own).values(password_hash=hash_password(demo.PASSWORD)))
    return site


def rows(site: Site, table: sa.Table, person_id: str = AMIR) -> list[sa.Row[tuple[object, ...]]]:
    with db.reading(site.w.engine) as conn:
        return list(conn.execute(sa.select(table).where(table.c.person_id == person_id)))


def change(site: Site, **typed: str) -> TestResponse:
    fields = {"old": demo.PASSWORD, "new": NEW, "repeated": NEW, **typed}
    return site.post(AMIR, "/account/password", fields)


def test_a_new_password_ends_every_other_login_and_renews_this_one(door: Site) -> None:
    assert door.stranger.get("/login").status_code == 200
    answer = change(door)
    assert answer.headers["Location"] == "/account?done=password"
    (only,) = rows(door, login_session)
    assert only.csrf != csrf(AMIR)
    other = door.app.test_client()
    other.set_cookie("waymark", cookie(AMIR))
    assert other.get("/inbox").status_code == 303
    assert door.get(AMIR, "/account").status_code == 200
    assert door.w.engine
    assert [row.kind for row in rows(door, identity_event)] == ["password-changed"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"old": ""}, "old"),
        ({"old": "not the password"}, "old"),
        ({"new": ""}, "new"),
        ({"repeated": "another long one"}, "repeated"),
        ({"new": "short", "repeated": "short"}, "new"),
        ({"new": "password12345678", "repeated": "password12345678"}, "new"),
        ({"new": "AmirShah-2026!", "repeated": "AmirShah-2026!"}, "new"),
    ],
)
def test_a_password_that_is_refused_changes_nothing(door: Site, typed: dict[str, str], field: str) -> None:
    answer = change(door, **typed)
    assert (answer.status_code, f'href="#{field}"' in answer.text) == (422, True)
    assert not [value for value in typed.values() if value and value in answer.text]
    assert len(rows(door, login_session)) == 1
    assert door.get(AMIR, "/account").status_code == 200


KNOWN = ("Grace Obi", "grace.obi", "Northfield Hospital Trust")


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("x" * 11, strength.LENGTH),
        ("x" * 201, strength.LENGTH),
        ("aaaaaaaaaaaa", strength.COMMON),
        ("qwertyuiopasdf", strength.COMMON),
        ("Passwordpassword", strength.COMMON),
        ("graceobi1234", strength.KNOWN),
        ("Northfield-Hospital", strength.KNOWN),
        ("waymark waymark", strength.KNOWN),
        ("WAYMARK demo", strength.KNOWN),
    ],
)
def test_passwords_that_others_guess_are_refused(password: str, sentence: str) -> None:
    with pytest.raises(WeakPassword) as told:
        strength.check(password, KNOWN)
    assert told.value.detail == sentence


@pytest.mark.parametrize(
    "password", ["tiny green umbrella", "i trust my old bicycle", "correct horse battery", "ünïcödé wörds hére"]
)
def test_control_passwords_that_nobody_guesses_are_taken(password: str) -> None:
    strength.check(password, KNOWN)


def test_logging_out_everywhere_else(door: Site) -> None:
    page = door.stranger.get("/login").text
    token = re.search(r'name="_csrf" value="([^"]+)"', page)
    assert token
    door.stranger.post("/login", data={"_csrf": token[1], "username": AMIR, "password": demo.PASSWORD})
    assert "Another browser" in door.get(AMIR, "/account").text
    assert door.post(AMIR, "/account/sessions/end").status_code == 303
    assert door.stranger.get("/inbox").status_code == 303
    assert "Another browser" not in door.get(AMIR, "/account").text


def test_a_token_is_made_shown_once_used_and_revoked(site: Site) -> None:
    fields = {"label": "Report", "scopes": "read", "days": "7"}
    page = site.post(AMIR, "/account/tokens/new", fields).text
    found = re.search(r"<code>(wm_[\w-]{43})</code>", page)
    assert found
    listed = site.get(AMIR, "/account").text
    assert found[1] not in listed
    assert "Never" in listed
    use = {"Authorization": f"Bearer {found[1]}"}
    assert site.stranger.get("/api/v1/tasks", headers=use).status_code == 200
    assert site.stranger.post("/api/v1/tasks/x/claim", headers=use).status_code == 403
    (made,) = [row for row in rows(site, api_token) if row.label == "Report"]
    assert made.used_at == site.clock.at
    assert made.expires_at == site.clock.at + timedelta(days=7)
    revoke = re.findall(r'>Report<.*?action="(/account/tokens/\w+/revoke)"', listed, re.DOTALL)[0]
    assert site.post("grace.obi", revoke).status_code == 404
    assert site.stranger.get("/api/v1/tasks", headers=use).status_code == 200
    assert site.post(AMIR, revoke).status_code == 303
    assert site.stranger.get("/api/v1/tasks", headers=use).status_code == 401
    assert {row.kind for row in rows(site, identity_event)} == {"token-created", "token-revoked"}


@pytest.mark.parametrize(
    "wrong", [{"label": ""}, {"label": "a\u2028b"}, {"scopes": "all"}, {"scopes": ""}, {"days": "9999"}]
)
def test_a_token_with_odd_wishes_is_not_made(site: Site, wrong: dict[str, str]) -> None:
    fields = {"label": "Report", "scopes": "read", "days": "7", **wrong}
    assert site.post(AMIR, "/account/tokens/new", fields).status_code == 422
    assert len(rows(site, api_token)) == 2


def test_nobody_has_tokens_without_end(site: Site) -> None:
    fields = {"label": "Report", "scopes": "read", "days": "7"}
    made = [site.post(AMIR, "/account/tokens/new", fields).status_code for _ in range(19)]
    assert made == [200] * 18 + [422]


def act(site: Site, what: str, person_id: str = AMIR, reason: str = "asked for") -> TestResponse:
    return site.post(ADA, f"/people/{person_id}", {"act": what, "reason": reason})


def test_an_administrator_gives_and_takes_roles(site: Site) -> None:
    assert "Give the role: Human resources" in site.get(ADA, f"/people/{AMIR}").text
    assert act(site, "give:hr").status_code == 303
    assert act(site, "end:manager").status_code == 303
    assert {row.role for row in rows(site, membership)} == {"employee", "hr"}
    page = site.get(ADA, f"/people/{AMIR}").text
    assert "Role given: Human resources" in page
    assert "asked for" in page
    done = rows(site, identity_event)
    assert [(row.kind, row.actor_id, row.detail["role"]) for row in done] == [
        ("membership-added", ADA, "hr"),
        ("membership-ended", ADA, "manager"),
    ]


@pytest.mark.parametrize(
    ("what", "status"),
    [("give:practitioner", 400), ("give:administrator", 400), ("give:king", 422), ("", 422), ("delete", 422)],
)
def test_roles_that_cannot_be_given_are_not(site: Site, what: str, status: int) -> None:
    assert act(site, what).status_code == status
    assert {row.role for row in rows(site, membership)} == {"employee", "manager"}


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_nothing_is_done_without_a_reason(site: Site, reason: str) -> None:
    for what in ("give:hr", "close", "log-out", "link", "second-step"):
        assert act(site, what, reason=reason).status_code == 422
    assert rows(site, identity_event) == []
    assert rows(site, reset_link) == []


def test_a_role_that_needs_a_second_step_ends_logins_without_one(site: Site) -> None:
    with db.transaction(site.w.engine) as conn:
        ada = people.actor_of_person(conn, ADA)
        desk.add_membership(conn, ada, "owen.pike", "auditor", "helps out", site.clock.at, required="roles")
    assert rows(site, login_session, "owen.pike") == []
    with db.transaction(site.w.engine) as conn:
        desk.add_membership(conn, ada, "olivia.hart", "auditor", "helps out", site.clock.at, required="")
    assert len(rows(site, login_session, "olivia.hart")) == 1


def test_closing_an_account_ends_logins_tokens_and_links(site: Site) -> None:
    act(site, "link")
    assert act(site, "close").status_code == 303
    for table in (login_session, api_token, reset_link):
        assert rows(site, table) == []
    assert site.get(AMIR, "/inbox").status_code == 303
    assert act(site, "reopen").status_code == 303
    assert site.get(AMIR, "/inbox").status_code == 303


def test_nobody_administers_themselves(site: Site) -> None:
    assert "your own account" in site.get(ADA, f"/people/{ADA}").text
    for what in ("give:practitioner", "end:administrator", "close", "second-step", "log-out", "link"):
        assert act(site, what, ADA).status_code == 403
    assert rows(site, identity_event, ADA) == []


def test_other_organisations_people_do_not_exist_for_an_employers_administrator(site: Site) -> None:
    with db.transaction(site.w.engine) as conn:
        conn.execute(membership.insert().values(person_id="ruth.bell", org_id="northfield", role="administrator"))
    listed = site.get("ruth.bell", "/people").text
    assert "Amir Shah" in listed
    assert "Fiona Mackay" not in listed
    assert "Nina Kaur" not in listed
    assert site.get("ruth.bell", f"/people/{AMIR}").status_code == 200
    missing = site.get("ruth.bell", "/people/nobody").text
    for name in ("fiona.mackay", "nina.kaur"):
        assert site.get("ruth.bell", f"/people/{name}").text.replace(name, "nobody") == missing
        for what in ("close", "give:hr", "link", ""):
            answer = site.post("ruth.bell", f"/people/{name}", {"act": what, "reason": "x"})
            assert answer.status_code == 404
        assert rows(site, identity_event, name) == []


@pytest.fixture
def mailed(door: Site) -> tuple[Site, str, str]:
    """Amir was sent a link: the site, the path of the link and the mail's text."""
    for left in (door.w.settings.var / "mail").glob("*.eml"):
        left.unlink()
    assert act(door, "link").status_code == 303
    with db.reading(door.w.engine) as conn:
        kept = repr(conn.execute(sa.select(outbox_table)).all()) + repr(conn.execute(sa.select(reset_link)).all())
    outbox.send_due(door.w.engine, door.w.settings, door.now, recipients, {})
    (file,) = list((door.w.settings.var / "mail").glob("*.eml"))
    text = message_from_bytes(file.read_bytes(), policy=policy.default).get_content()
    file.unlink()
    found = re.search(r"http://127\.0\.0\.1:8000(/reset/\S+)", text)
    assert found
    # nobody makes the link from what is stored
    assert found[1].rpartition(".")[2] not in kept
    return door, found[1], text


def test_the_link_sets_a_new_password_once(mailed: tuple[Site, str, str]) -> None:
    site, link, text = mailed
    assert "password" in text
    assert "Notices" in site.get(AMIR, "/notices").text
    assert "new password" not in site.get(AMIR, "/notices").text
    client = site.app.test_client()
    page = client.get(link).text
    token = re.search(r'name="_csrf" value="([^"]+)"', page)
    assert token
    weak = client.post(link, data={"_csrf": token[1], "new": "amirshah1234", "repeated": "amirshah1234"})
    assert (weak.status_code, "amirshah1234" in weak.text) == (422, False)
    done = client.post(link, data={"_csrf": token[1], "new": NEW, "repeated": NEW})
    assert "Your new password is set" in done.text
    assert rows(site, login_session) == []
    gone = client.get(link)
    assert gone.status_code == 404
    typed = {"_csrf": re.findall(r'name="_csrf" value="([^"]+)"', client.get("/login").text)[0]}
    assert client.post("/login", data={**typed, "username": AMIR, "password": NEW}).status_code == 303


def test_a_link_that_is_nobodys_says_no_more_than_one_that_ran_out(mailed: tuple[Site, str, str]) -> None:
    site, link, _ = mailed
    client = site.app.test_client()
    forged = client.get(link[:-1] + ("0" if link[-1] != "0" else "1"))
    nothing = client.get("/reset/none")
    site.clock.at += timedelta(hours=1)
    late = client.get(link)
    assert forged.status_code == nothing.status_code == late.status_code == 404
    assert forged.text == nothing.text == late.text


def test_the_log_has_ids_and_no_names_or_addresses(door: Site, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "waymark.identity"):
        page = door.stranger.get("/login").text
        token = re.search(r'name="_csrf" value="([^"]+)"', page)
        assert token
        for password in (demo.PASSWORD + "x",) * 6:
            door.stranger.post("/login", data={"_csrf": token[1], "username": "Amir.Shah", "password": password})
        act(door, "link")
        act(door, "give:hr", reason="told me in confidence")
    lines = [json.loads(JsonLines().format(record)) for record in caplog.records]
    assert [one["event"] for one in lines] == ["login failed"] * 5 + ["login locked", "reset-sent", "membership-added"]
    assert lines[0]["person"] == AMIR
    text = json.dumps(lines)
    for secret in ("127.0.0.1", "Amir Shah", "@", "in confidence", demo.PASSWORD):
        assert secret not in text


def test_who_tries_names_behind_a_proxy_is_counted_by_their_own_address(site: Site) -> None:
    for proxies, header, expected in (
        (0, "203.0.113.7", "127.0.0.1"),
        (1, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (2, "198.51.100.1, 203.0.113.7", "198.51.100.1"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "nonsense", "unknown"),
        (1, "", "127.0.0.1"),
    ):
        app = create_app(replace(site.w.settings, proxies=proxies))
        found: list[str] = []
        app.before_request(lambda found=found: found.append(client_address()))
        app.test_client().get("/login", headers={"X-Forwarded-For": header}, environ_base={"REMOTE_ADDR": "127.0.0.1"})
        assert found == [expected]


def test_a_known_name_costs_as_many_hashes_as_an_unknown_one(door: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Time is measured by benchmarks/logins.py; here the work is counted: hashes and statements."""
    counted: list[str] = []
    verify, engine = PasswordHasher.verify, door.w.engine
    monkeypatch.setattr(PasswordHasher, "verify", lambda *given: counted.append("hash") or verify(*given))
    passwords.nobodys_hash()

    def count(_conn: object, _cursor: object, text: str, *_more: object) -> None:
        counted.append(text)

    sa.event.listen(engine, "before_cursor_execute", count)
    done = []
    for name in (AMIR, "nobody.here"):
        counted.clear()
        sessions.sign_in(engine, name, "not the password", door.clock.at, address="x")
        done.append(list(counted))
    sa.event.remove(engine, "before_cursor_execute", count)
    assert done[0] == done[1]
    assert done[0].count("hash") == 1


def test_people_without_an_account_are_somebodys_business_too(site: Site) -> None:
    with db.transaction(site.w.engine) as conn:
        conn.execute(person.insert().values(id="lou", name="Lou", email="", phone="", org_id="northfield"))
    assert "None" in site.get(ADA, "/people/lou").text
    assert act(site, "link", "lou").status_code == 422
    assert act(site, "give:manager", "lou").status_code == 303
