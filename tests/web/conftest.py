"""A client of the pages over the case layer in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import web
from tests.web.fakes import PASSWORD, FakeDoors, case_view, shipped, task_row, task_view


def make_app(doors: FakeDoors) -> Flask:
    app = Flask("pages", static_folder=None)
    web.register(app, doors)
    return app


class Browser:
    """A client that fills in forms as a browser without JavaScript does: it posts what the page holds."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, url: str, **more: Any) -> TestResponse:
        return self.client.get(url, **more)

    def post(self, url: str, page: str, fields: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Post `fields` with the hidden inputs of `page`'s form."""
        return self.client.post(url, data={**hidden_inputs(page), **(fields or {})}, **more)

    def log_in(self, username: str) -> None:
        page = self.get("/login").text
        answer = self.post("/login", page, {"username": username, "password": PASSWORD})
        assert answer.status_code == 303


def hidden_inputs(page: str) -> dict[str, str]:
    """The hidden inputs of the page's main form, by name."""
    main = page[page.index("<main") : page.index("</main>")]
    names = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', main)
    return {name: value for name, value in names if value or name.startswith("_")}


@pytest.fixture
def doors() -> FakeDoors:
    found = FakeDoors()
    found.queries.tasks = {"t1": task_view("t1", shipped("consent")), "t2": task_view("t2", shipped("sharing"))}
    found.queries.rows = {"mine": [task_row("t1")], "groups": [task_row("t3", can_claim=True)], "done": []}
    found.queries.cases_ = {"c1": case_view()}
    found.queries.starts = {"referral": shipped("referral")}
    return found


@pytest.fixture
def browser(doors: FakeDoors) -> Iterator[Browser]:
    with make_app(doors).test_client() as client:
        yield Browser(client)


@pytest.fixture
def grace(browser: Browser) -> Browser:
    """Logged in as an employee."""
    browser.log_in("grace.obi")
    return browser


@pytest.fixture
def ada(browser: Browser) -> Browser:
    """Logged in as an administrator."""
    browser.log_in("ada.stone")
    return browser
