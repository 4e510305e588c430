"""The page on which a file of a draft is edited, by the words that stand on it."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect


@dataclass(frozen=True)
class Bench:
    """An editor on a page: waited for, saved, and used by the names of steps and fields."""

    page: Page

    def ready(self) -> None:
        self.page.locator('#bench[data-ready="true"]').wait_for()
        expect(self.page.locator("#found-count")).not_to_contain_text("looking through")

    def save(self) -> None:
        self.page.keyboard.press("Control+s")
        expect(self.page.locator("#status")).to_contain_text("Saved at")

    def step(self, name: str) -> Locator:
        """In the list of all steps."""
        return self.page.locator("#twin").get_by_role("button", name=name, exact=True)

    def row(self, name: str) -> Locator:
        return self.page.locator("#twin tr").filter(has=self.page.get_by_role("button", name=name, exact=True))

    def control(self, label: str) -> Locator:
        """In “This step”."""
        return self.page.locator("#step").get_by_label(label, exact=True)

    def write(self, label: str, words: str) -> None:
        self.control(label).fill(words)
        self.control(label).press("Tab")
