"""Two ways to use a page: with the mouse, and with the keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from playwright.sync_api import Locator, Page, expect

#: more stops than any of our pages has
MOST_STOPS = 150
_HAS_FOCUS = "(one) => one.contains(document.activeElement)"


class Hand:
    """Fills in what stands beside a label; how a control is worked is for the subclasses."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def fill(self, place: Locator, label: str, value: Any, today: datetime) -> None:
        """`value`: a text or the label of a choice, a bool for a box, a timedelta for a date from today on, rows."""
        group = place.get_by_role("group", name=label, exact=True)
        if isinstance(value, timedelta):
            self._date(group, today + value)
        elif isinstance(value, (list, tuple)):
            self._rows(place, label, value, today)
        elif isinstance(value, bool):
            self.tick(place.get_by_label(label, exact=True))
        elif group.count():
            self.choose(group, group.get_by_label(value, exact=True))
        else:
            control = place.get_by_label(label, exact=True)
            write = self.select if control.evaluate("(one) => one.tagName") == "SELECT" else self.write
            write(control, value)

    def _date(self, group: Locator, at: datetime) -> None:
        for name, number in (("Day", at.day), ("Month", at.month), ("Year", at.year)):
            self.write(group.get_by_label(name, exact=True), str(number))
        time = group.get_by_label("Time, like 14:30")
        if time.count():
            self.write(time, "10:30")

    def _rows(self, place: Locator, label: str, rows: Sequence[Mapping[str, Any]], today: datetime) -> None:
        """Rows of a list, as many as are wanted, each filled by its own labels."""
        drawn = place.locator(".wm-list__row")
        while (number := drawn.count()) < len(rows):
            self.activate(place.get_by_role("button", name=re.compile(f"^Add.*: {re.escape(label)}$")))
            expect(drawn).to_have_count(number + 1)
        for number, row in enumerate(rows):
            for name, value in row.items():
                self.fill(drawn.nth(number), name, value, today)

    def follow(self, name: str | re.Pattern[str]) -> None:
        """Follow the first link of this name; its page is there when this returns."""
        with self.page.expect_navigation():
            self.activate(self.page.get_by_role("link", name=name, exact=isinstance(name, str)).first)

    def go_through(self, link: Locator) -> None:
        """Follow this very link; its page is there when this returns."""
        with self.page.expect_navigation():
            self.activate(link)

    def press(self, name: str) -> None:
        """Press the visible button of this name."""
        self.activate(self.page.get_by_role("button", name=name, exact=True).first)

    def activate(self, control: Locator) -> None:
        raise NotImplementedError

    def write(self, control: Locator, text: str) -> None:
        raise NotImplementedError

    def select(self, control: Locator, label: str) -> None:
        raise NotImplementedError

    def choose(self, group: Locator, radio: Locator) -> None:
        raise NotImplementedError

    def tick(self, box: Locator) -> None:
        raise NotImplementedError

    def toggle(self, box: Locator) -> None:
        """Tick a box that is empty, empty one that is ticked."""
        raise NotImplementedError


class Mouse(Hand):
    def activate(self, control: Locator) -> None:
        control.click()

    def write(self, control: Locator, text: str) -> None:
        control.fill(text)

    def select(self, control: Locator, label: str) -> None:
        control.select_option(label=label)

    def choose(self, group: Locator, radio: Locator) -> None:
        radio.check()

    def tick(self, box: Locator) -> None:
        box.check()

    def toggle(self, box: Locator) -> None:
        box.set_checked(not box.is_checked())


class Keyboard(Hand):
    """Tab from stop to stop, Enter, Space and the arrow keys, as somebody does who has no mouse."""

    def activate(self, control: Locator) -> None:
        self._tab_to(control)
        self._key("Enter")

    def write(self, control: Locator, text: str) -> None:
        self._tab_to(control)
        self._key("Control+A")
        self.page.keyboard.type(text)

    def select(self, control: Locator, label: str) -> None:
        self._tab_to(control)
        chosen = control.locator("option:checked")
        self._until(lambda: chosen.inner_text() == label, "ArrowDown")

    def choose(self, group: Locator, radio: Locator) -> None:
        self._tab_to(group)
        if radio.evaluate(_HAS_FOCUS):
            self._key("Space")
        self._until(radio.is_checked, "ArrowDown")

    def tick(self, box: Locator) -> None:
        self._tab_to(box)
        self._key("Space")
        expect(box).to_be_checked()

    def toggle(self, box: Locator) -> None:
        ticked = box.is_checked()
        self._tab_to(box)
        self._key("Space")
        expect(box).to_be_checked(checked=not ticked)

    def _tab_to(self, control: Locator) -> None:
        control.wait_for()
        self._until(lambda: bool(control.evaluate(_HAS_FOCUS)), "Tab")

    def _until(self, done: Callable[[], bool], key: str) -> None:
        for _ in range(MOST_STOPS):
            if done():
                return
            self._key(key)
        raise AssertionError(f"{key} does not lead there on {self.page.url}")

    def _key(self, name: str) -> None:
        self.page.keyboard.press(name)
