"""What is different, on its page: by the keyboard alone, on a phone, and without JavaScript."""

from __future__ import annotations

import re
from html import unescape

import pytest
from playwright.sync_api import Page, expect

from app import db
from app.cases import commands, queries
from app.identity.people import actor_of_person
from tests.browser.visitor import Live, Visit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

DIAGRAM, TABLE, PROCESS = "clarification_talk.bpmn", "clarification-policy.dmn", "clarify_report"
SHAPE = b"""<bpmndi:BPMNShape id="brand_new_di" bpmnElement="brand_new">
  <dc:Bounds x="260" y="300" width="100" height="80"/></bpmndi:BPMNShape>"""
CHANGES = {
    DIAGRAM: (
        (b'name="Choose a date"', b'name="Choose one of the dates"'),
        (b"<bpmn:boundaryEvent id=", b'<bpmn:task id="brand_new" name="Think" />\n<bpmn:boundaryEvent id='),
        (
            b"</bpmndi:BPMNPlane>",
            SHAPE + b"</bpmndi:BPMNPlane>",
        ),
    ),
    TABLE: ((b'answer_days"><text>2<', b'answer_days"><text>3<'),),
}
#: is the line that has the focus in sight, below the pictures that stay at the top?
IN_SIGHT = """() => {
  const one = document.activeElement.getBoundingClientRect();
  const pictures = document.activeElement.closest(".wm-diff").querySelector(".wm-besides").getBoundingClientRect();
  return one.top >= pictures.bottom - 1 && one.bottom <= innerHeight;
}"""


@pytest.fixture
def draft_id(live: Live) -> str:
    with db.reading(live.waymark.engine) as connection:
        owner = actor_of_person(connection, "owen.pike")
    now = live.doors.clock.now()
    made = commands.open_draft(live.waymark, owner, PROCESS, "Think first", now)
    held = queries.version_bundle(live.waymark, owner, PROCESS, 1).bundle.files
    for seen, (name, changes) in enumerate(CHANGES.items(), 1):
        data = held[name]
        for old, new in changes:
            assert old in data
            data = data.replace(old, new, 1)
        commands.save_file(live.waymark, owner, made, name, data, seen, now)
    return made


def lines(page: Page) -> list[str]:
    return page.locator(".wm-diff__entry .wm-diff__name").all_inner_texts()


def test_differences_by_the_keyboard_in_both_pictures(visit: Visit, draft_id: str) -> None:
    owen = visit("owen.pike")
    page = owen.page
    owen.go(f"/workshop/drafts/{draft_id}/compare")
    expect(page.locator(".wm-diff__summary")).to_contain_text("3 differences in 2 files")
    expect(page.locator(".wm-diagram--beside[data-ready]")).to_have_count(2)
    before, now = page.locator(".wm-beside").all()
    first = page.get_by_role("button", name="Choose one of the dates")
    first.focus()
    for picture in (before, now):
        expect(picture.locator('[data-element-id="choose_date"]')).to_have_class(
            "djs-element djs-shape wm-diff-changed wm-diff-chosen"
        )
    page.keyboard.press("ArrowDown")
    expect(page.locator(":focus")).to_have_text("Task “Think”")
    expect(page.locator(".wm-diff__entry[aria-current]")).to_have_count(1)
    assert page.evaluate(IN_SIGHT)
    expect(before.locator(".wm-diff-added, .wm-diff-chosen")).to_have_count(0)
    expect(now.locator(".wm-diff-added.wm-diff-chosen")).to_have_count(1)
    expect(now.locator(".wm-badge--added")).to_have_text("+")
    page.get_by_role("button", name="Row 1").click()
    expect(page.locator(".wm-rules-table [data-chosen]")).to_have_count(2)
    expect(page.locator(".wm-rules-table del")).to_have_text("2")
    expect(page.locator(".wm-rules-table ins")).to_have_text("3")
    owen.check_accessible()


def test_differences_on_a_phone_and_in_the_page_itself(visit: Visit, draft_id: str) -> None:
    phone = visit("owen.pike", width=375)
    phone.go(f"/workshop/drafts/{draft_id}/compare")
    phone.check_accessible()
    assert lines(phone.page) == ["User task “Choose one of the dates”", "Task “Think”", "Row 1"]
    # what a browser without JavaScript shows
    sent = phone.page.request.get(phone.page.url).text()
    words = [unescape(one) for one in re.findall(r'<span class="wm-diff__name">(.*?)</span>', sent)]
    assert words == lines(phone.page)
    assert '<del class="wm-diff__value">Choose a date</del>' in sent
    assert '<div class="wm-besides" hidden>' in sent
