"""The whole web application over one SQLite database, with everybody of the demo logged in and holding API tokens."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import TestResponse

from app import db, definitions, forms, web
from app.api import PREFIX, create_api
from app.cases import Waymark, commands, demo, queries
from app.cases.tables import case, task
from app.clock import Clock, FixedClock, SystemClock
from app.forms import Form
from app.identity import clock as clocks
from app.identity.reading import digest
from app.identity.tables import api_token, login_session
from app.settings import Settings
from app.web.doors import Doors
from tests.chaos.world import SECOND_OFFICE, World, furnish
from tests.databases import settings_for
from tests.web.safety.script import CAST

#: a Monday without a bank holiday near it; the clock stands, the demo's offset moves
T0 = datetime(2026, 11, 2, 9, tzinfo=UTC)
EVERYBODY = (*(one[0] for one in demo.PEOPLE), SECOND_OFFICE)
#: those of one employer or of the provider, and strangers from elsewhere
_HERE = frozenset({"northfield", demo.PROVIDER.id})


def _one_of_each() -> tuple[str, ...]:
    """Everybody who plays a part in the case, and of the others one for each place and what they are there."""
    parts = (*CAST, SECOND_OFFICE)
    sorts = {(org if org in _HERE else "elsewhere", held): name for name, _, org, held in reversed(demo.PEOPLE)}
    return (*parts, *sorted(set(sorts.values()) - {*parts}))


#: who looks at every page
PEOPLE = _one_of_each()
FILE = "waymark.db"


def cookie(name: str) -> str:
    return f"cookie-of-{name}"


def csrf(name: str) -> str:
    return f"csrf-of-{name}"


def bearer(name: str, scopes: str = "read write") -> str:
    return f"wm_{name}-{scopes.replace(' ', '-')}"


def furnished(settings: Settings) -> None:
    """People, processes, a login for everybody and two tokens each."""
    world = furnish(settings)
    with db.transaction(world.engine) as connection:
        for name in EVERYBODY:
            log_in(connection, name)
            for scopes in ("read write", "read"):
                give_token(connection, name, scopes)
    world.engine.dispose()


def log_in(connection: sa.Connection, name: str, at: datetime = T0) -> None:
    row = {"token_hash": digest(cookie(name)), "person_id": name, "csrf": csrf(name)}
    moments = {"created_at": at, "seen_at": at, "expires_at": at + timedelta(hours=12)}
    connection.execute(login_session.insert(), {**row, **moments})


def give_token(connection: sa.Connection, name: str, scopes: str, days: int = 90, at: datetime = T0) -> None:
    row = {"token_hash": digest(bearer(name, scopes)), "person_id": name, "label": scopes, "scopes": scopes.split()}
    connection.execute(api_token.insert(), {**row, "created_at": at, "expires_at": at + timedelta(days=days)})


class Site:
    """Pages and API as they are served, and the database behind them: one for many tests, for templates take long."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.w = Waymark.open(settings_for(folder))
        self.world = World(self.w)
        self.clock = FixedClock(T0)
        self.app, self.api_app = self.served(self.clock)
        self.put(b"")

    def served(self, clock: Clock | None) -> tuple[Flask, Flask]:
        pages = Flask("site", static_folder=None)
        web.register(pages, Doors(self.w, queries, commands, clock or SystemClock()))
        api = create_api(self.w, clock=clock)
        pages.wsgi_app = DispatcherMiddleware(pages.wsgi_app, {PREFIX: api.wsgi_app})  # type: ignore[method-assign]
        return pages, api

    def put(self, data: bytes) -> Site:
        """Begin anew with this database."""
        self.close()
        for file in self.folder.glob(f"{FILE}*"):
            file.unlink()
        if data:
            (self.folder / FILE).write_bytes(data)
        self.clock.at = T0
        self.stranger = self.app.test_client()
        self._browsers: dict[str, FlaskClient] = {}
        return self

    def close(self) -> None:
        self.w.engine.dispose()

    def data(self) -> bytes:
        """The database as one file."""
        with self.w.engine.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
        return (self.folder / FILE).read_bytes()

    def browser(self, name: str) -> FlaskClient:
        if name not in self._browsers:
            self._browsers[name] = self.app.test_client()
            self._browsers[name].set_cookie("waymark", cookie(name))
        return self._browsers[name]

    def get(self, name: str, url: str) -> TestResponse:
        """A page, or with a path below /api/v1 an answer of the API."""
        return self.send(name, "GET", url)

    def send(self, name: str, method: str, url: str, scopes: str = "read write", **more: Any) -> TestResponse:
        if not url.startswith(PREFIX):
            return self.browser(name).open(url, method=method, **more)
        headers = {"Authorization": f"Bearer {bearer(name, scopes)}", **more.pop("headers", {})}
        return self.stranger.open(url, method=method, headers=headers, **more)

    def post(self, name: str, url: str, fields: Mapping[str, Any] | None = None, **more: Any) -> TestResponse:
        """As a form of ours would."""
        return self.browser(name).post(url, data={"_csrf": csrf(name), **(fields or {})}, **more)

    @property
    def now(self) -> datetime:
        with db.reading(self.w.engine) as connection:
            return clocks.read(connection, self.clock, demo=True).now

    def pass_time(self, by: timedelta) -> None:
        """What falls due happens, each thing at its own time."""
        until = self.now + by
        for row in self.world.rows(sa.select(case.c.id)):
            self.world.pass_time(row.id, until)
        if by > timedelta():
            with db.transaction(self.w.engine) as connection:
                clocks.advance(connection, by, demo=True)

    def form(self, case_id: str, form_id: str) -> Form:
        with db.reading(self.w.engine) as connection:
            bundle = definitions.get(connection, self.world.row(case_id).definition_sha)
        return forms.load(bundle.files[f"{form_id}.form"])

    def tasks(self, case_id: str) -> list[sa.Row[Any]]:
        query = sa.select(task).where(task.c.case_id == case_id).order_by(task.c.opened_at, task.c.id)
        return self.world.rows(query)

    def open_task(self, case_id: str, element: str) -> sa.Row[Any]:
        found = [one for one in self.tasks(case_id) if one.state == "open" and one.element_id == element]
        assert found, (element, [one.element_id for one in self.tasks(case_id) if one.state == "open"])
        return found[0]


def elements_of(text: str) -> list[str]:
    """Ids of all elements in a BPMN file."""
    return re.findall(r'\bid="([a-z_]+)"', text.partition("<bpmndi:")[0])
