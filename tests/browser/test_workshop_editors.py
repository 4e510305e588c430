"""Process owners change diagrams, tables and forms in the browser: by keyboard, without loss, told what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app import db
from app.cases import commands, queries
from app.identity import Actor, clock
from app.identity.people import actor_of_person
from tests.browser.modeller import LIBRARIES, Editor, differences, installed
from tests.browser.visitor import Live, Visit, Visitor
from tests.web.workshop.conftest import DIAGRAM, FORM, OWNER, PROCESS, small

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(180),
    pytest.mark.skipif(
        not all(map(installed, LIBRARIES)), reason="the editors are not installed; `make setup` does it"
    ),
]
TABLE = "review-policy.dmn"
TASK = "Review what it does not cover"
DUE = "{http://camunda.org/schema/1.0/bpmn}dueDate"


@dataclass(frozen=True)
class Draft:
    """A draft, and its owner at a browser."""

    live: Live
    actor: Actor
    id: str
    visitor: Visitor

    @property
    def page(self) -> Page:
        return self.visitor.page

    def open(self, name: str) -> None:
        self.visitor.go(f"/workshop/drafts/{self.id}/files/{name}")
        self.page.locator('#bench[data-ready="true"]').wait_for()
        expect(self.page.locator("#found-count")).not_to_contain_text("looking through")

    def file(self, name: str) -> str:
        return queries.draft_files(self.live.waymark, self.actor, self.id).files[name].decode()

    def put(self, name: str, data: bytes, seen: int) -> None:
        """Somebody else saves."""
        with db.reading(self.live.waymark.engine) as connection:
            now = clock.read(connection, demo=True).now
        commands.save_file(self.live.waymark, self.actor, self.id, name, data, seen, now)

    def save(self) -> None:
        self.page.keyboard.press("Control+s")
        expect(self.page.locator("#status")).to_contain_text("Saved at")

    def step(self, name: str) -> Locator:
        return self.page.locator("#twin").get_by_role("button", name=name, exact=True)

    def row(self, name: str) -> Locator:
        return self.page.locator("#twin tr").filter(has=self.page.get_by_role("button", name=name, exact=True))

    def control(self, label: str) -> Locator:
        """In “This step”."""
        return self.page.locator("#step").get_by_label(label, exact=True)

    def write(self, label: str, words: str) -> None:
        self.control(label).fill(words)
        self.control(label).press("Tab")

    def on_a_phone(self) -> None:
        self.page.set_viewport_size({"width": 375, "height": 800})
        self.visitor.check_width()


@pytest.fixture
def draft(visit: Visit, live: Live) -> Draft:
    with db.reading(live.waymark.engine) as connection:
        actor, now = actor_of_person(connection, OWNER), clock.read(connection, demo=True).now
    opened = commands.open_draft(live.waymark, actor, PROCESS, "Ask sooner", now)
    return Draft(live, actor, opened, visit(OWNER))


@pytest.fixture
def stock(browser: Browser) -> Callable[[str, str], list[str]]:
    """`stock(".bpmn", text)`: what the desktop modeller's own library warns of or would save otherwise."""

    def opened(kind: str, text: str) -> list[str]:
        page = browser.new_page()
        saved, warnings = Editor.load(page, kind).saved(text)
        page.close()
        return [*warnings, *differences(kind, text, saved)]

    return opened


Stock = Callable[[str, str], list[str]]


def test_a_step_is_changed_by_keyboard_alone_and_nothing_else_changes(draft: Draft, stock: Stock) -> None:
    draft.open(DIAGRAM)
    page = draft.page
    expect(page.locator("#place").get_by_role("link", name="Powered by bpmn.io")).to_be_visible()
    draft.step(TASK).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#step-name")).to_be_focused()
    draft.visitor.check_accessible()
    for _ in ("name", "why", "who", "form", "its link", "until when"):
        page.keyboard.press("Tab")
    expect(draft.control("Until when")).to_be_focused()
    page.keyboard.type("Working days")
    page.keyboard.press("Tab")
    expect(draft.control("How many days")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("3")
    page.keyboard.press("Tab")
    expect(page.locator("#step")).to_contain_text("In words: 3 working days.")
    expect(page.locator("#status")).to_have_text("Changed, not saved yet.")
    expect(draft.row(TASK)).to_contain_text("3 working days")
    draft.save()
    before, after = small().files[DIAGRAM].decode(), draft.file(DIAGRAM)
    (difference,) = differences(".bpmn", before, after)
    assert difference.endswith(f"{DUE} was '${{workdays(policy.review_work_days)}}', is '${{workdays(3)}}'")
    assert stock(".bpmn", after) == []
    draft.on_a_phone()


def test_pickers_write_what_is_chosen_and_findings_stand_on_the_step_until_it_is_mended(draft: Draft) -> None:
    draft.open(DIAGRAM)
    page = draft.page
    draft.step("Every few days").click()
    draft.control("When").select_option("cycle")
    draft.write("How many days", "4")
    draft.step("Tell who flagged it").click()
    draft.control("Notice that it sends").select_option("policy-review-late")
    draft.step(TASK).click()
    draft.control("Who does it").select_option("hr")
    draft.write("Milestone", "Looked at")
    draft.write("Why am I asked?", "Somebody has to.")
    draft.write("Add a rule", "XX-2")
    draft.control("Form").select_option("")
    draft.save()
    after = draft.file(DIAGRAM)
    for written in (
        'camunda:candidateGroups="hr" camunda:dueDate',
        'name="milestone" value="Looked at"',
        "Somebody has to.</bpmn:documentation>",
        ">R/P4D</bpmn:timeCycle>",
        '<camunda:inputParameter name="template">policy-review-late</camunda:inputParameter>',
        'name="rules" value="XX-5 NW-24 NW-18 NW-11 XX-2"',
    ):
        assert written in after, written
    finding = page.locator("#found").get_by_role("button", name="has no form, so nobody can complete it")
    expect(page.locator("#found")).to_contain_text("Set its form")
    expect(page.locator('[data-container-id="review_gap"] .wm-badge--error')).to_have_count(1)
    expect(page.locator('[data-element-id="review_gap"].wm-error')).to_have_count(1)
    expect(draft.row(TASK)).to_contain_text("1 error")
    draft.step("Late").click()
    finding.press("Enter")
    expect(draft.control("Name")).to_have_value(TASK)
    expect(page.locator("#step")).to_contain_text("Set its form")
    draft.control("Form").select_option("policy-gap-review")
    draft.save()
    expect(page.locator('[data-container-id="review_gap"] .wm-badge--error')).to_have_count(0)
    expect(draft.row(TASK)).not_to_contain_text("error")


def test_nobodys_work_is_lost(draft: Draft) -> None:
    draft.open(DIAGRAM)
    page = draft.page
    theirs = small().files[DIAGRAM].replace(b'name="Late"', b'name="Too late"')
    draft.put(DIAGRAM, theirs, 1)
    draft.step("Late").click()
    draft.write("Name", "Very late")
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    # logged out and in again elsewhere: the page takes up the new login
    page.context.clear_cookies()
    again = page.context.new_page()
    again.goto(f"{draft.live.url}/login")
    again.locator(f'button[name="as"][value="{OWNER}"]').click()
    again.get_by_role("button", name="Log out").wait_for()
    draft.save()
    expect(page.locator("#apart")).to_contain_text("Owen Pike saved this file on")
    expect(page.locator("#apart")).to_be_focused()
    expect(page.locator("#apart a")).to_have_count(3)
    assert draft.file(DIAGRAM).encode() == theirs
    draft.write("Name", "Late indeed")
    draft.save()
    assert draft.id not in page.url
    page.reload()
    expect(draft.step("Late indeed")).to_be_visible()


def test_a_cell_of_a_table_is_changed_and_told_of(draft: Draft, stock: Stock) -> None:
    draft.open(TABLE)
    page = draft.page
    expect(page.locator("#place a[href*='bpmn.io']").first).to_be_visible()
    draft.visitor.check_accessible()

    def enter(words: str) -> None:
        expect(page.locator("#place .cm-content")).to_be_focused()
        page.keyboard.press("Control+a")
        page.keyboard.type(words)
        draft.save()

    page.locator('#place [data-element-id="review_policy_default_review_work_days"]').click()
    enter("twenty +")
    finding = page.locator("#found button").first
    expect(page.locator("#found .wm-found__place").first).to_contain_text("in Table: How policies are reviewed")
    expect(page.locator('#place [data-finding="error"]')).to_have_count(1)
    page.locator("h1").click()
    finding.press("Enter")
    enter("15")
    expect(page.locator("#found li")).to_have_count(0)
    before, after = small().files[TABLE].decode(), draft.file(TABLE)
    (difference,) = differences(".dmn", before, after)
    assert difference.endswith("text was '20', is '15'")
    assert stock(".dmn", after) == []
    draft.on_a_phone()


def test_a_form_is_changed_and_seen_as_staff_see_it(draft: Draft, stock: Stock) -> None:
    draft.open(FORM)
    page = draft.page
    page.locator("#place .fjs-form-field", has_text="What happened that the policy").first.click()
    page.locator("#place .fjs-properties-container").get_by_text("General", exact=True).click()
    page.locator("#place").get_by_role("textbox", name="Field label").fill("What is missing?")
    page.get_by_role("button", name="See it as staff do").click()
    seen = page.frame_locator("#seen-page")
    expect(seen.get_by_label("What is missing?")).to_be_visible()
    assert seen.locator("html").evaluate("one => one.clientWidth") <= 375
    seen.get_by_role("button", name="Start the case").click()
    expect(seen.locator(".nhsuk-error-summary")).to_contain_text("Select which policy it is")
    draft.visitor.check_accessible()
    assert draft.file(FORM).encode() == small().files[FORM]
    draft.save()
    before, after = small().files[FORM].decode(), draft.file(FORM)
    (difference,) = differences(".form", before, after)
    assert difference.endswith("is 'What is missing?'")
    assert stock(".form", after) == []
    draft.on_a_phone()
