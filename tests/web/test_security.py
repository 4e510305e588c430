"""Logging in, tokens in forms, headers, and where a login leads."""

from __future__ import annotations

import pytest

from app.web.security import HEADERS, POLICY
from tests.web.conftest import Browser, hidden_inputs, make_app
from tests.web.fakes import PASSWORD, FakeDoors

POSTS = [
    "/tasks/t1",
    "/tasks/t1/claim",
    "/tasks/t1/unclaim",
    "/start/referral",
    "/cases/c1/withdraw",
    "/clock",
    "/logout",
]


def test_every_answer_carries_the_headers(browser: Browser) -> None:
    for url in ("/login", "/nowhere", "/assets/waymark.css", "/inbox"):
        answer = browser.get(url)
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, url
    assert "unsafe" not in POLICY


def test_pages_are_never_kept(grace: Browser) -> None:
    assert grace.get("/inbox").headers["Cache-Control"] == "no-store"


def test_secure_cookies_and_transport_when_not_on_the_loopback_interface() -> None:
    with make_app(FakeDoors(secure=True)).test_client() as client:
        answer = client.get("/login")
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
        cookie = answer.headers["Set-Cookie"]
        assert "Secure" in cookie
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


def test_over_tls_a_cookie_is_of_this_host_alone() -> None:
    """RFC 6265bis, 4.1.3.2: the browser refuses a cookie of that name that another host, or no TLS, would set."""
    with make_app(FakeDoors(secure=True)).test_client() as client:
        browser = Browser(client)
        page = client.get("/login", base_url="https://localhost")
        (visitor,) = page.headers.getlist("Set-Cookie")
        assert visitor.startswith("__Host-waymark_visitor=")
        typed = {**hidden_inputs(page.text), "username": "grace.obi", "password": PASSWORD}
        answer = client.post("/login", data=typed, base_url="https://localhost")
        assert answer.status_code == 303
        out = client.post("/logout", data={"_csrf": "csrf of grace.obi"}, base_url="https://localhost")
        assert out.status_code == 303
        for header in (visitor, *answer.headers.getlist("Set-Cookie"), *out.headers.getlist("Set-Cookie")):
            assert header.startswith("__Host-waymark")
            assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(header.split("; "))
            assert "Domain" not in header
        assert browser.get("/inbox", base_url="https://localhost").status_code == 303


def test_over_tls_a_cookie_without_the_prefix_is_nobodys() -> None:
    doors = FakeDoors(secure=True)
    doors.__dict__["open_sessions"].add("grace.obi")
    with make_app(doors).test_client() as client:
        client.set_cookie("waymark", "grace.obi")
        assert client.get("/inbox").status_code == 303
        client.set_cookie("__Host-waymark", "grace.obi")
        assert client.get("/inbox").status_code == 200


def test_a_page_asks_for_the_login_and_comes_back(browser: Browser) -> None:
    answer = browser.get("/tasks/t1?saved=1")
    assert (answer.status_code, answer.location) == (303, "/login?next=/tasks/t1?saved%3D1")
    page = browser.get(answer.location).text
    answer = browser.post("/login", page, {"username": "grace.obi", "password": PASSWORD})
    assert answer.location == "/tasks/t1?saved=1"
    assert "HttpOnly" in answer.headers.getlist("Set-Cookie")[0]


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/login",
        "/logout",
        "/assets/waymark.css",
        "/nowhere",
        "/tasks/t1/claim",
        "\n//evil.example",
        "/" + "x" * 600,
    ],
)
def test_a_login_leads_only_to_pages_of_ours(browser: Browser, target: str) -> None:
    page = browser.get("/login").text
    answer = browser.post("/login", page, {"username": "grace.obi", "password": PASSWORD, "next": target})
    assert answer.location == "/"


def test_a_wrong_password_says_so_and_keeps_the_name(browser: Browser) -> None:
    page = browser.get("/login").text
    answer = browser.post("/login", page, {"username": "grace.obi", "password": "wrong"})
    assert answer.status_code == 422
    assert 'value="grace.obi"' in answer.text
    assert 'href="#username"' in answer.text


def test_a_demo_offers_its_people(browser: Browser) -> None:
    page = browser.get("/login").text
    assert "Grace Obi" in page
    assert browser.post("/login", page, {"as": "grace.obi"}).status_code == 303


def test_without_a_demo_nobody_is_offered_and_no_button_works() -> None:
    with make_app(FakeDoors(demo=False)).test_client() as client:
        browser = Browser(client)
        page = browser.get("/login").text
        assert "Grace Obi" not in page
        assert PASSWORD not in page
        assert browser.post("/login", page, {"as": "grace.obi"}).status_code == 422


def test_without_a_demo_the_clock_stands(doors: FakeDoors) -> None:
    plain = FakeDoors(demo=False)
    with make_app(plain).test_client() as client:
        browser = Browser(client)
        browser.log_in("grace.obi")
        page = browser.get("/inbox").text
        assert "A day later" not in page
        assert client.post("/clock", data={"_csrf": "csrf of grace.obi", "by": "1d"}).status_code == 404
    assert plain.__dict__["moved"] == []


@pytest.mark.parametrize("url", POSTS)
@pytest.mark.parametrize("token", ["", "wrong", "csrf of amir.shah"])
def test_a_post_without_the_token_of_the_session_does_nothing(
    grace: Browser, doors: FakeDoors, url: str, token: str
) -> None:
    answer = grace.client.post(url, data={"_csrf": token, "by": "1d"})
    assert answer.status_code == 400
    assert doors.commands.calls == []
    assert grace.get("/inbox").status_code == 200


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}]
)
def test_a_post_from_elsewhere_does_nothing_even_with_the_token(
    grace: Browser, doors: FakeDoors, headers: dict[str, str]
) -> None:
    answer = grace.client.post("/tasks/t1/claim", data={"_csrf": "csrf of grace.obi"}, headers=headers)
    assert answer.status_code == 400
    assert doors.commands.calls == []


def test_a_login_form_is_bound_to_its_visitor(doors: FakeDoors) -> None:
    with make_app(doors).test_client() as one, make_app(doors).test_client() as other:
        page = Browser(one).get("/login").text
        Browser(other).get("/login")
        answer = Browser(other).post("/login", page, {"username": "grace.obi", "password": PASSWORD})
        assert answer.status_code == 400


def test_logging_out_ends_the_session(grace: Browser) -> None:
    assert grace.client.post("/logout", data={"_csrf": "csrf of grace.obi"}).location == "/login"
    assert grace.get("/inbox").status_code == 303


@pytest.mark.parametrize("url", ["/people", "/incidents", "/incidents/i1", "/deployments"])
def test_pages_of_administrators_are_theirs_alone(grace: Browser, url: str) -> None:
    assert grace.get(url).status_code == 403


def test_an_administrator_sees_them(ada: Browser) -> None:
    for url in ("/people", "/incidents", "/deployments"):
        assert ada.get(url).status_code == 200
