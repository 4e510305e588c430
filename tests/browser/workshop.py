"""A process owner at a browser of their own, and a change made in the three editors: a reminder, a row, a hint."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.browser.bench import Bench
from tests.browser.story import Person, Story
from tests.browser.visitor import Live

OWNER, PROCESS = "owen.pike", "clarify_process"
HOME = f"/workshop/processes/{PROCESS}"
DIAGRAM, TABLE, FORM = "clarify_process.bpmn", "clarification-policy.dmn", "clarify-process.form"
CLOSE = "Close, with the charge"
HINT = "Which words, and on which page or form? We ask you if you leave this empty."
#: columns of the table, by their place in a row
EMPLOYER, DAYS_TO_CLOSE = 1, 20


@dataclass(frozen=True)
class Owner:
    """Owen Pike at a browser of his own, in the workshop."""

    person: Person
    live: Live

    @property
    def page(self) -> Page:
        return self.person.page

    @property
    def main(self) -> Locator:
        return self.person.main

    def bench(self) -> Bench:
        """The editor that is open."""
        found = Bench(self.page)
        found.ready()
        return found

    def follow(self, name: str | re.Pattern[str]) -> Owner:
        self.person.hand.follow(name)
        self.person.look()
        return self

    def edit(self, name: str) -> Bench:
        """A file of the draft, from the draft's page."""
        with self.page.expect_navigation():
            self.main.locator(f'a[href$="/files/{name}"]').first.click()
        return self.bench()

    def back_to_the_draft(self) -> Owner:
        self.person.hand.go_through(self.page.locator(".wm-back a"))
        self.person.look()
        return self

    def running(self) -> dict[str, str]:
        """Of the process: version to running cases, as its page counts them."""
        self.person.go(HOME)
        rows = self.page.locator("table", has=self.page.locator("caption", has_text="Versions of this process"))
        found = rows.locator("tbody tr").all()
        return {
            row.locator("th a").inner_text().split()[-1]: row.locator("td").nth(2).inner_text().strip() for row in found
        }


def draw_the_reminder(owen: Owner) -> None:
    """A clock on the task, a notice and an end, drawn; what they say through “This step”; the task gets another id."""
    bench, page = owen.edit(DIAGRAM), owen.page
    owen.person.look()
    bench.step(CLOSE).click()
    page.locator('.djs-palette [data-action="create"]').click()
    page.locator(".djs-popup-search input").press_sequentially("timer boundary")
    page.locator(".djs-popup .entry", has_text="(non-interrupting)").click()
    task = page.locator('#place [data-element-id="close_clarification"] .djs-visual').bounding_box()
    assert task
    at = (task["x"] + task["width"] * 0.3, task["y"] + task["height"])
    page.mouse.move(at[0], at[1] - 30)
    page.mouse.move(*at, steps=3)
    page.mouse.click(*at)
    bench.write("Name", "Soon late")
    pad = page.locator(".djs-context-pad.open")
    pad.locator('[data-action="append"]').click()
    page.locator(".djs-popup-search input").press_sequentially("service task")
    page.locator(".djs-popup .entry", has_text="Service task").click()
    bench.write("Name", "Remind to close")
    pad.locator('[data-action="append.end-event"]').click()
    # the name is typed in the picture itself, and saved without leaving it
    page.locator(".djs-direct-editing-content").press_sequentially("Reminder sent")
    bench.save()
    found = page.locator("#found")
    expect(found).to_contain_text("at “Soon late”")
    expect(found).to_contain_text("“Remind to close” does not say what it does. at “Remind to close”")
    expect(bench.row("Remind to close")).to_contain_text("1 error")
    expect(page.locator(".djs-overlays .wm-badge--error")).not_to_have_count(0)
    at_fault(page, "Remind to close").click()
    expect(bench.control("Name")).to_have_value("Remind to close")
    bench.control("Notice that it sends").select_option("clarify-soon")
    bench.control("Add somebody").select_option("oh_admin")
    bench.write("Add a rule", "WW-2.1b")
    at_fault(page, "Soon late").click()
    bench.control("When").select_option("workdays")
    bench.write("How many days", "1")
    bench.control("What pages call it").select_option("remind")
    bench.write("Add a rule", "XX-2")
    bench.step("Reminder sent").click()
    bench.write("Add a rule", "XX-2")
    bench.step(CLOSE).click()
    page.locator("#all summary").click()
    page.locator("#properties").get_by_text("General", exact=True).click()
    page.locator("#properties").get_by_label("ID", exact=True).fill("close_question")
    bench.save()
    # drawn where there was no room: they are moved, and lie on nothing any more
    expect(bench.row("Remind to close")).to_contain_text("1 warning")
    expect(found).to_contain_text("lies on another shape")
    drag(bench, "Reminder sent", -350)
    drag(bench, "Remind to close", -180)
    bench.save()
    expect(page.locator("#found-count")).to_have_text("Nothing is wrong in this draft.")
    expect(page.locator(".djs-overlays .wm-badge--error")).to_have_count(0)
    expect(bench.row("Soon late")).to_contain_text("1 working day")
    owen.person.look("mended")
    owen.back_to_the_draft()


def drag(bench: Bench, name: str, by: int) -> None:
    """Move a step in the picture, `by` px to the right."""
    bench.step(name).click()
    drawn = bench.page.locator(f'#place [data-element-id="{bench.step(name).get_attribute("data-step")}"] .djs-visual')
    box = drawn.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 5  # arrows may lie over the middle
    bench.page.mouse.move(x, y)
    bench.page.mouse.down()
    bench.page.mouse.move(x + by, y, steps=4)
    bench.page.mouse.up()


def at_fault(page: Page, name: str) -> Locator:
    """In the list of findings: the first one about this step."""
    return page.locator("#found li", has_text=f"at “{name}”").first.get_by_role("button")


def add_the_row(owen: Owner) -> None:
    """Harbour Logistics gets a row: copied from the one for everybody, which lint finds twice, then made its own."""
    bench, page = owen.edit(TABLE), owen.page
    owen.person.look()
    rows = page.locator("#place tbody tr")
    for choice in ("Copy rule", "Paste rule above"):
        page.locator('[data-element-id="clarification_default_employer"]').click(button="right")
        page.locator(".context-menu-group-entry", has_text=choice).click()
    expect(rows).to_have_count(4)
    bench.save()
    expect(page.locator("#found")).to_contain_text("Rows 3 and 4 ask the same.")
    expect(page.locator('#place [data-finding="warning"]')).not_to_have_count(0)

    def enter(column: int, words: str) -> None:
        rows.nth(2).locator("td").nth(column).click()
        expect(page.locator("#place .cm-content")).to_be_focused()
        page.keyboard.press("Control+a")
        page.keyboard.type(words)

    enter(EMPLOYER, "harbour")
    bench.save()
    expect(page.locator("#found-elsewhere")).to_contain_text('put it in quotation marks: "harbour"')
    page.keyboard.press("Control+a")
    page.keyboard.type('"harbour"')
    enter(DAYS_TO_CLOSE, "5")
    bench.save()
    expect(page.locator("#found-count")).to_have_text("Nothing is wrong in this draft.")
    owen.back_to_the_draft()


def change_the_hint(owen: Owner, story: Story) -> None:
    """In the form editor, seen as staff see it; a second window that had the form open keeps what is typed there."""
    other = story.person(OWNER)
    other.go(owen.page.url.removeprefix(owen.live.url))
    second = Owner(other, owen.live)
    late = second.edit(FORM)
    bench, page = owen.edit(FORM), owen.page
    hint_of(page).fill(HINT)
    page.get_by_role("button", name="See it as staff do").click()
    expect(page.frame_locator("#seen-page").get_by_text(HINT)).to_be_visible()
    owen.person.look("previewed")
    bench.save()
    hint_of(second.page).fill("Something else")
    late.save()
    apart = second.page.locator("#apart")
    expect(apart).to_contain_text("Owen Pike saved this file on")
    expect(apart).to_contain_text("Both are kept.")
    second.person.look("apart")
    second.follow("See what is different")
    expect(second.main).to_contain_text("Something else")
    owen.back_to_the_draft()
    expect(owen.main).to_contain_text("Nothing is wrong in this draft.")


def hint_of(page: Page) -> Locator:
    """The field for the hint of the question, in the form editor."""
    page.locator("#place .fjs-form-field", has_text="What is unclear, or what is unusual?").first.click()
    page.locator("#place .fjs-properties-container").get_by_text("General", exact=True).click()
    return page.locator("#place").get_by_role("textbox", name="Field description")
