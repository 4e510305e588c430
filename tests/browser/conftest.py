"""The whole product in a thread on a free port, and headless Chromium to play it."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright
from werkzeug.serving import make_server

from app import create_app, db, definitions
from app.cases import Waymark, demo
from app.identity import clock
from app.settings import ROOT, Settings
from tests.browser.story import Story
from tests.browser.visitor import Live, Notebook, Visit, Visitor
from tests.databases import create_schema, settings_for

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
#: what a test waits for at most, in milliseconds
PATIENCE = 8000
#: an answer of 4xx is part of some tests and says so in the console; the library of decision tables says of itself
#: that it is minified and no production build
EXPECTED = ("Failed to load resource", "a minified copy of the development build of Inferno")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


def chromium() -> str | None:
    """Path of a Chromium on this machine."""
    return next((found for name in CHROMIUMS if (found := shutil.which(name))), None)


def prepare(settings: Settings) -> Waymark:
    """Deploy what is shipped, create the demo's people; no cases."""
    waymark = Waymark.open(settings)
    with db.transaction(waymark.engine) as connection:
        now = clock.read(connection, demo=True).now
        for bundle in definitions.collect(ROOT / "processes", ROOT / "forms"):
            definitions.deploy(connection, bundle, "", "For a test", now)
        demo.create_people(connection)
    return waymark


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database with the demo's people and what is shipped, made once."""
    folder = tmp_path_factory.mktemp("furnished")
    settings = settings_for(folder)
    create_schema(settings)
    prepare(settings).engine.dispose()
    return (folder / "waymark.db").read_bytes()


@pytest.fixture
def live_settings(tmp_path: Path) -> Settings:
    """Of the running product; a file of tests may have its own, in the same folder."""
    return settings_for(tmp_path)


@pytest.fixture
def live(furnished: bytes, live_settings: Settings, socket_enabled: None) -> Iterator[Live]:
    (live_settings.var / "waymark.db").write_bytes(furnished)
    waymark = Waymark.open(live_settings)
    app = create_app(live_settings)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Live(f"http://127.0.0.1:{server.server_port}", waymark, app.extensions["waymark"])
    server.shutdown()
    thread.join()
    server.server_close()
    waymark.engine.dispose()
    app.extensions["waymark"].w.engine.dispose()


@pytest.fixture(scope="session")
def playwright_runs() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright_runs: Playwright) -> Iterator[Browser]:
    """Chromium of this machine; without one the test is skipped, or fails if WAYMARK_REQUIRE_BROWSER is 1."""
    path = chromium()
    if path is None:
        message = f"no Chromium on this machine (looked for {', '.join(CHROMIUMS)})"
        if os.environ.get("WAYMARK_REQUIRE_BROWSER") == "1":
            pytest.fail(message)
        pytest.skip(message)
    opened = playwright_runs.chromium.launch(executable_path=path, args=FLAGS)
    yield opened
    opened.close()


@pytest.fixture
def visit(browser: Browser, live: Live) -> Iterator[Visit]:
    """`visit("grace.obi", width=375, scripts=False)`: a browser of its own with that person logged in."""
    contexts: list[BrowserContext] = []
    visitors: list[Visitor] = []

    def enter(username: str = "", *, width: int = 1280, scripts: bool = True) -> Visitor:
        context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=scripts)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        visitor = Visitor(context.new_page(), live, [])
        _watch(visitor)
        visitors.append(visitor)
        if username:
            visitor.go("/login")
            visitor.page.locator(f'button[name="as"][value="{username}"]').click()
            visitor.page.get_by_role("button", name="Log out").wait_for()
        return visitor

    yield enter
    for context in contexts:
        context.close()
    assert [fault for visitor in visitors for fault in visitor.faults] == []


@pytest.fixture(scope="session")
def notebook(tmp_path_factory: pytest.TempPathFactory, testrun_uid: str) -> Notebook:
    """Shared by the workers of a run, so that each kind of page is checked once and no more."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"looked-at-{testrun_uid}"
    folder.mkdir(exist_ok=True)
    return Notebook(folder)


@pytest.fixture
def story(visit: Visit, live: Live, notebook: Notebook) -> Story:
    """A referral to be played: `story.person("grace.obi")` is somebody at their own browser."""
    return Story(visit, live, notebook)


def _watch(visitor: Visitor) -> None:
    page, faults, home = visitor.page, visitor.faults, visitor.live.url
    page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
    page.on(
        "console",
        lambda message: (
            faults.append(message.text)
            if message.type == "error" and not any(known in message.text for known in EXPECTED)
            else None
        ),
    )
    page.on("request", lambda sent: faults.append(sent.url) if not sent.url.startswith((home, "data:")) else None)
