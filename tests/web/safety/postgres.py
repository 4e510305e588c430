"""The site over PostgreSQL, whose clock is the real one: cases are played in the past, logins are of this moment."""

from __future__ import annotations

from datetime import UTC, datetime

from flask.testing import FlaskClient

from app.cases import Waymark
from app.settings import Settings
from tests.chaos.world import World
from tests.web.safety.site import Site


def real_now() -> datetime:
    return datetime.now(UTC)  # what PostgreSQL's clock_timestamp() says, too


class PostgresSite(Site):
    """Over a database that is there already, and stays as it is: whoever changes it takes another."""

    def __init__(self, settings: Settings) -> None:
        self.w = Waymark.open(settings)
        self.world = World(self.w)
        self.app, self.api_app = self.served(None)
        self.stranger = self.app.test_client()
        self._browsers: dict[str, FlaskClient] = {}
