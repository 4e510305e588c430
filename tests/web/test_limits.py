"""Too much in a short time is refused in words, for a while, and for nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.errors import TooManyRequests
from app.settings import Settings
from app.traffic import Limits


class Clock:
    """The time as the limits see it."""

    def __init__(self) -> None:
        self.at = 1_000_000.0

    def time(self) -> float:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    for place in ("limits.storage.memory.time", "limits.strategies.time", "app.traffic.limiting.time"):
        monkeypatch.setattr(place, SimpleNamespace(time=found.time))
    return found


@pytest.fixture
def app(sqlite_settings: Settings) -> Iterator[Flask]:
    limited = replace(sqlite_settings, limit_posts="3/minute", limit_logins="2/minute", limit_api="4/minute", proxies=1)
    made = create_app(limited)
    yield made
    made.extensions["waymark"].w.engine.dispose()


def post(client: FlaskClient, url: str, address: str = "198.51.100.7", **more: Any) -> Any:
    return client.post(url, headers={"X-Forwarded-For": address}, **more)


def test_a_limit_is_for_one_and_for_a_while(clock: Clock) -> None:
    limits = Limits({"posts": "2/minute", "free": ""})
    for who in ("a", "b"):
        limits.take("posts", who)
        limits.take("posts", who)
    for _ in range(50):
        limits.take("free", "a")
        limits.take("unknown", "a")
    with pytest.raises(TooManyRequests) as refused:
        limits.take("posts", "a")
    assert refused.value.seconds == 60
    clock.at += 59
    with pytest.raises(TooManyRequests) as refused:
        limits.take("posts", "a")
    assert refused.value.seconds == 1
    clock.at += 2
    limits.take("posts", "a")


def test_what_a_cookie_holds_is_not_kept(clock: Clock) -> None:
    limits = Limits({"posts": "2/minute"})
    limits.take("posts", "a secret cookie")
    assert limits.limiter is not None
    assert limits.limiter.storage.storage
    assert "secret" not in repr(vars(limits.limiter.storage))


@pytest.mark.parametrize("text", ["often", "3", "3/fortnight", "x/minute"])
def test_a_limit_that_is_none_stops_the_start(text: str) -> None:
    with pytest.raises(ValueError, match=r"rate limit|granularity"):
        Limits({"posts": text})


def test_logins_are_limited_by_address(app: Flask, clock: Clock) -> None:
    for _ in range(2):
        assert post(app.test_client(), "/login").status_code == 400
    answer = post(app.test_client(), "/login")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"
    assert "You can go on after 60 seconds" in answer.text
    assert "what you typed is still there" in answer.text
    # a cookie of one's own making helps nobody
    client = app.test_client()
    client.set_cookie("waymark", "made up")
    assert post(client, "/login").status_code == 429
    # others, and those who only look, are not held back
    assert post(app.test_client(), "/login", "198.51.100.8").status_code == 400
    assert app.test_client().get("/login", headers={"X-Forwarded-For": "198.51.100.7"}).status_code == 200
    clock.at += 60
    assert post(app.test_client(), "/login").status_code == 400


def test_an_address_is_what_the_proxy_says_and_nobody_before_it(app: Flask, clock: Clock) -> None:
    for number in range(2):
        post(app.test_client(), "/login", f"10.0.0.{number}, 198.51.100.7")
    assert post(app.test_client(), "/login", "10.9.9.9, 198.51.100.7").status_code == 429


def test_posts_are_limited_by_session(app: Flask, clock: Clock) -> None:
    one, other = app.test_client(), app.test_client()
    one.set_cookie("waymark", "one")
    other.set_cookie("waymark", "other")
    for _ in range(3):
        assert post(one, "/tasks/x").status_code == 401
    assert post(one, "/tasks/x").status_code == 429
    assert post(one, "/tasks/x", "198.51.100.9").status_code == 429
    assert post(other, "/tasks/x").status_code == 401
    assert one.get("/inbox").status_code == 303


def test_the_api_is_limited_by_address_and_says_so_as_a_problem(app: Flask, clock: Clock) -> None:
    client = app.test_client()
    for _ in range(4):
        assert client.get("/api/v1/tasks").status_code == 401
    answer = client.get("/api/v1/tasks")
    assert (answer.status_code, answer.content_type) == (429, "application/problem+json")
    assert answer.headers["Retry-After"] == "60"
    assert answer.get_json(force=True)["type"] == "urn:waymark:problem:too-many-requests"
    clock.at += 61
    assert client.get("/api/v1/tasks").status_code == 401


def test_settings_have_generous_limits_that_can_be_switched_off(tmp_path: Any) -> None:
    env = {"WAYMARK_VAR": str(tmp_path)}
    usual = Settings.from_env(env)
    assert (usual.limit_posts, usual.limit_logins, usual.limit_api) == ("120/minute", "60/minute", "1200/minute")
    Limits({"a": usual.limit_posts, "b": usual.limit_logins, "c": usual.limit_api})
    changed = Settings.from_env(
        {**env, "WAYMARK_LIMIT_POSTS": "off", "WAYMARK_LIMIT_API": "5/second", "WAYMARK_PROXIES": "2"}
    )
    assert (changed.limit_posts, changed.limit_api, changed.proxies) == ("", "5/second", 2)
    assert "token" not in repr(replace(usual, metrics_token="a token"))
