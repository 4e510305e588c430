"""The running product, and one person at one browser."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from app.cases import Waymark
from app.web.doors import Doors


@dataclass
class Live:
    """The running product. `url`: without a slash at the end."""

    url: str
    waymark: Waymark
    doors: Doors

    def later(self, by: timedelta) -> None:
        """Move the demo's clock on, and let happen what is then due."""
        self.doors.move_clock(by)


@dataclass
class Visitor:
    """One person at one browser. Fails a test on script errors, on breaches of the policy, on foreign addresses."""

    page: Page
    live: Live
    faults: list[str]

    def go(self, path: str) -> None:
        self.page.goto(self.live.url + path)

    def press(self, name: str) -> None:
        """Press the visible button of this name."""
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def open_task(self, name: str) -> None:
        """From the inbox, mine or my groups; takes the task where it has to be taken."""
        for scope in ("mine", "groups"):
            self.go(f"/inbox?scope={scope}")
            link = self.page.get_by_role("link", name=name, exact=True)
            if link.count():
                link.first.click()
                return
        raise AssertionError(f"no task {name!r} in the inbox")

    def heading(self) -> str:
        # the words of a form that is being edited may hold headings of their own
        return self.page.locator("h1").first.inner_text()

    def check_accessible(self) -> None:
        """No violation that axe calls serious or critical, nothing wider than the window."""
        found = Axe().run(self.page).response["violations"]
        grave = [
            (one["id"], [node["html"] for node in one["nodes"]])
            for one in found
            if one["impact"] in {"serious", "critical"}
        ]
        assert grave == [], self.page.url
        self.check_width()

    def check_width(self) -> None:
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{self.page.url} is {wide} px too wide"

    @property
    def width(self) -> int:
        """Of the window, in px."""
        return (self.page.viewport_size or {"width": 0})["width"]


@dataclass(frozen=True)
class Notebook:
    """What this run has looked at already, over all its workers: a file for each thing in `folder`."""

    folder: Path

    def first_time(self, what: str) -> bool:
        try:
            (self.folder / hashlib.sha256(what.encode()).hexdigest()).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


Visit = Callable[..., Visitor]
