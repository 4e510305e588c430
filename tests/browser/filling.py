"""A form on a page filled in by the names of its fields, as scenarios and diagrams write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as NotThere

from tests.browser.hands import Hand

#: how long a question that follows from an answer may take to appear, in milliseconds
SOON = 3000
#: what kind of question a place in the form is
_KIND = """(one) => {
    if (one.querySelector(':scope > .wm-shown')) return 'shown';
    if (one.querySelector(':scope > .wm-list')) return 'list';
    if (one.querySelector(':scope > .wm-group')) return 'group';
    if (one.querySelector('select')) return 'select';
    if (one.querySelector('[name$="[day]"]')) return 'date';
    const box = one.querySelector('[type=radio], [type=checkbox]');
    return box ? box.type : 'text';
}"""


class Filling:
    """Fills the form that is open on a page."""

    def __init__(self, page: Page, hand: Hand) -> None:
        self.page, self.hand = page, hand
        self.form = page.locator("form.wm-form")

    def fill(self, answers: Mapping[str, Any], prefix: str = "") -> None:
        """`answers`: field name to value, dates as ISO texts. Questions are answered in the order of the page; those
        that come up by an answer when they are there. What the form does not ask because of the answers is left."""
        left = {prefix + key: value for key, value in answers.items()}
        while left:
            at = self._next(left)
            if not at:
                hidden = str(self.form.locator("[name=_hidden]").input_value()).split()
                assert left.keys() <= set(hidden), f"{sorted(left)} not asked on {self.page.url}"
                return
            self._answer(at, left.pop(at))

    def _next(self, left: Mapping[str, Any]) -> str:
        """The first question on the page that has an answer; "" when none comes up."""
        wanted = self.page.locator(", ".join(f'form.wm-form [data-at="{at}"]' for at in left)).first
        if not wanted.count():
            # what was typed last counts when one leaves it
            self.page.evaluate("document.activeElement?.blur()")
        try:
            return str(wanted.get_attribute("data-at", timeout=SOON))
        except NotThere:
            return ""

    def _answer(self, at: str, value: Any) -> None:
        item = self.form.locator(f'[data-at="{at}"]')
        kind = item.evaluate(_KIND)
        if kind == "list":
            self._rows(item, at, value)
        elif kind == "group":
            self.fill(value, f"{at}.")
        elif kind == "checkbox":
            self._boxes(item, value)
        elif kind != "shown":
            self._one(item, kind, value)

    def _one(self, item: Locator, kind: str, value: Any) -> None:
        if kind == "date":
            self._date(item, datetime.fromisoformat(value))
        elif kind == "radio":
            self.hand.choose(item, item.locator(f'[value="{value}"]'))
        elif kind == "select":
            label = item.locator(f'option[value="{value}"]').text_content()
            self.hand.select(item.locator("select"), str(label).strip())
        else:
            self.hand.write(item.locator("input, textarea"), str(value))

    def _date(self, item: Locator, at: datetime) -> None:
        for name, number in (("day", at.day), ("month", at.month), ("year", at.year)):
            self.hand.write(item.locator(f'[name$="[{name}]"]'), str(number))
        time = item.locator('[name$="[time]"]')
        if time.count():
            self.hand.write(time, f"{at:%H:%M}")

    def _boxes(self, item: Locator, value: Any) -> None:
        """One box (a bool), or as many as are wanted, and no others."""
        wanted = {str(one) for one in value} if isinstance(value, list) else {"true"} if value else set()
        for box in item.locator("[type=checkbox]").all():
            if box.is_checked() != (box.get_attribute("value") in wanted):
                self.hand.toggle(box)

    def _rows(self, item: Locator, at: str, rows: Sequence[Mapping[str, Any]]) -> None:
        drawn = item.locator(".wm-list__row")
        while drawn.count() < len(rows):
            with self.page.expect_navigation():
                self.hand.activate(item.locator("[name=_add]"))
        for number, row in enumerate(rows):
            self.fill(row, f"{at}.{number}.")
