"""A process owner at a browser without JavaScript, over a database with one small process."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app, db
from app.cases import Waymark
from app.cases.simulating import furnish
from app.clock import SystemClock
from app.engine import Bundle
from app.identity import passwords
from app.identity.sessions import open_session
from app.identity.tables import account
from app.web.security import COOKIE
from tests.databases import settings_for

OWNER = "owen.pike"
#: tables that logging in and looking at a page write to
OF_LOGINS = frozenset({"login_session", "account", "account_event"})


REDIRECTED = 303


class Room:
    """The product with some processes in force, and people who are logged in."""

    def __init__(self, template: bytes, folder: Path, bundles: Iterable[Bundle]) -> None:
        (folder / "waymark.db").write_bytes(template)
        self.w = Waymark.open(settings_for(folder))
        furnish(self.w, bundles)
        self.app = create_app(self.w.settings)

    def close(self) -> None:
        self.w.engine.dispose()
        self.app.extensions["waymark"].w.engine.dispose()

    def browser(self, name: str = OWNER) -> Browser:
        with db.transaction(self.w.engine) as connection:
            token = open_session(connection, name, SystemClock().now())
        client = self.app.test_client()
        client.set_cookie(COOKIE, token)
        return Browser(client)

    def give_password(self, name: str, password: str) -> None:
        """Without one, nobody here logs in by the page."""
        with db.transaction(self.w.engine) as connection:
            hashed = {"password_hash": passwords.hash_password(password)}
            connection.execute(account.update().where(account.c.username == name).values(hashed))

    def content(self) -> dict[str, list[Any]]:
        """Every row of every table, but for those of logins."""
        with db.reading(self.w.engine) as connection:
            tables = [one for one in db.metadata.sorted_tables if one.name not in OF_LOGINS]
            return {one.name: sorted(map(repr, connection.execute(sa.select(one)))) for one in tables}


class Browser:
    """Posts what the page holds, as a browser does."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.text, self.status, self.url = "", 0, ""

    def go(self, url: str) -> str:
        self.url = url
        return self._take(self.client.get(url))

    def _take(self, answer: TestResponse) -> str:
        self.text, self.status = answer.text, answer.status_code
        return self.text

    @property
    def words(self) -> str:
        """What a person reads on the page."""
        main = self.text[self.text.index("<main") : self.text.index("</main>")]
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())

    def hidden(self) -> dict[str, Any]:
        """The hidden inputs of the page by name; a list where there are several."""
        main = self.text[self.text.index("<main") : self.text.index("</main>")]
        found: dict[str, Any] = {}
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', main):
            if value or name.startswith("_"):
                found.setdefault(name, []).append(unescape(value))
        return {name: values[0] if len(values) == 1 else values for name, values in found.items()}

    def send(self, **fields: Any) -> str:
        """Post the form of the page with these fields beside what is hidden in it."""
        answer = self.client.post(self.url, data={**self.hidden(), **fields})
        self._take(self.client.get(answer.location) if answer.status_code == REDIRECTED else answer)
        return self.text

    def press(self, doing: str, **fields: Any) -> str:
        """A button of a trial."""
        return self.send(_do=doing, **fields)


NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
