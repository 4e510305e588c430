"""Pages in a real browser: accessible, usable on a phone, by keyboard, and without JavaScript."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Live, Visit, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def refer(visitor: Visitor) -> str:
    """Start a referral about Grace Obi; the case's address."""
    visitor.go("/start/referral")
    page = visitor.page
    page.get_by_label("Who is the employee?").select_option(label="Grace Obi")
    page.get_by_label("Who is their line manager?").select_option(label="Amir Shah")
    page.get_by_label("What is their job?").fill("Staff nurse, ward 7")
    page.get_by_label("What does the job ask of them?").fill("Twelve-hour shifts")
    page.get_by_label("Yes, at work").check()
    page.get_by_label("What is the main reason?").select_option(index=1)
    page.get_by_label("Please describe the reason in your own words").fill("The last hours are hard")
    page.get_by_label("Which questions would you like answered?").fill("Would shorter shifts help?")
    page.get_by_label("I have talked with the employee about this referral").check()
    visitor.press("Start the case")
    expect(page.locator("h1")).to_have_text("The case has been started")
    href = page.get_by_role("link", name="look at the case").get_attribute("href")
    assert href
    return href


@pytest.mark.parametrize("width", [1280, 375])
def test_every_page_is_accessible(visit: Visit, live: Live, width: int) -> None:
    amir = visit("amir.shah", width=width)
    case = refer(amir)
    amir.check_accessible()
    for path in (
        "/inbox",
        "/inbox?scope=groups",
        "/inbox?q=grace",
        "/cases",
        "/cases?q=grace",
        "/start",
        "/notices",
        "/nowhere",
    ):
        amir.go(path)
        amir.check_accessible()
    for path in (case, f"{case}?view=timeline", f"{case}?view=answers", f"{case}/cancel"):
        amir.go(path)
        amir.check_accessible()
    amir.go(f"{case}?view=diagram")
    amir.page.locator("#diagram[data-ready]").wait_for()
    amir.check_accessible()
    grace = visit("grace.obi", width=width)
    grace.open_task("Consent to the referral")
    grace.check_accessible()
    ada = visit("ada.stone", width=width)
    for path in ("/people", "/incidents", "/deployments"):
        ada.go(path)
        ada.check_accessible()
    visitor = visit(width=width)
    visitor.go("/login")
    visitor.check_accessible()


def test_a_message_has_the_focus_and_leads_to_its_input(visit: Visit) -> None:
    amir = visit("amir.shah", width=375)
    amir.go("/start/referral")
    amir.page.get_by_label("What is their job?").fill("Staff nurse")
    amir.press("Start the case")
    summary = amir.page.locator(".nhsuk-error-summary")
    expect(summary).to_be_focused()
    amir.check_accessible()
    expect(amir.page.get_by_label("What is their job?")).to_have_value("Staff nurse")
    links = summary.get_by_role("link")
    for number in range(links.count()):
        target = links.nth(number).get_attribute("href")
        assert target
        links.nth(number).click()
        expect(amir.page.locator(f"[id='{target[1:]}']")).to_be_focused()
    assert "Error: " in amir.page.title()


def test_the_keyboard_alone_logs_in_and_reaches_a_task(visit: Visit) -> None:
    refer(visit("amir.shah"))
    visitor = visit()
    visitor.go("/login")
    keyboard, page = visitor.page.keyboard, visitor.page
    keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    keyboard.press("Enter")
    keyboard.press("Tab")
    expect(page.get_by_label("Username")).to_be_focused()
    keyboard.type("grace.obi")
    keyboard.press("Tab")
    keyboard.type("waymark demo")
    keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Inbox")
    task = page.get_by_role("link", name="Consent to the referral", exact=True)
    for _ in range(20):
        keyboard.press("Tab")
        if task.evaluate("(one) => one === document.activeElement"):
            break
    keyboard.press("Enter")
    radio = page.get_by_label("Yes, I agree")
    for _ in range(30):
        keyboard.press("Tab")
        if radio.evaluate("(one) => one === document.activeElement"):
            break
    keyboard.press("Space")
    expect(radio).to_be_checked()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_question_appears_when_it_is_needed(visit: Visit, scripts: bool) -> None:
    amir = visit("amir.shah", scripts=scripts)
    amir.go("/start/referral")
    page = amir.page
    wanted = page.locator("[data-at]").filter(has=page.locator("[name^='absent_since']"))
    expect(wanted).to_have_count(0)
    page.get_by_label("What is their job?").fill("Staff nurse")
    page.get_by_label("No, absent at the moment").check()
    if not scripts:
        amir.press("Start the case")
        expect(page.get_by_text("there is more to fill in")).to_be_visible()
    expect(wanted).to_have_count(1)
    expect(page.get_by_label("What is their job?")).to_have_value("Staff nurse")
    if scripts:
        page.get_by_label("Yes, at work").check()
        expect(wanted).to_have_count(0)


def test_without_scripts_a_task_is_done_and_nothing_is_missing(visit: Visit) -> None:
    case = refer(visit("amir.shah", scripts=False))
    grace = visit("grace.obi", scripts=False)
    grace.open_task("Consent to the referral")
    grace.page.get_by_label("Yes, I agree").check()
    grace.press("Save as draft")
    expect(grace.page.get_by_role("status").first).to_contain_text("Your draft was saved")
    expect(grace.page.get_by_label("Yes, I agree")).to_be_checked()
    grace.press("Send")
    expect(grace.page.locator("h1")).to_have_text("Your answers have been sent")
    grace.go(f"{case}?view=diagram")
    expect(grace.page.locator("#diagram-text")).to_be_visible()


def test_a_draft_saves_itself(visit: Visit) -> None:
    refer(visit("amir.shah"))
    grace = visit("grace.obi")
    grace.page.clock.install()
    grace.open_task("Consent to the referral")
    grace.page.get_by_label("Yes, I agree").check()
    grace.page.clock.fast_forward(9000)
    expect(grace.page.get_by_text("Draft saved at")).to_be_visible()
    grace.page.reload()
    expect(grace.page.get_by_label("Yes, I agree")).to_be_checked()


def test_the_diagram_marks_where_the_case_stands(visit: Visit) -> None:
    amir = visit("amir.shah")
    case = refer(amir)
    amir.go(f"{case}?view=diagram")
    amir.page.locator("#diagram[data-ready]").wait_for()
    expect(amir.page.locator("#diagram .wm-here")).to_have_count(1)
    expect(amir.page.locator("#diagram-problem")).to_be_hidden()
    expect(amir.page.locator(".bjs-powered-by")).to_be_visible()
    expect(amir.page.locator("#diagram-text")).to_contain_text("Consent to the referral")


def test_the_clock_of_the_demo_moves_on(visit: Visit) -> None:
    amir = visit("amir.shah")
    refer(amir)
    before = amir.page.locator(".wm-demo time").get_attribute("datetime")
    amir.press("A week later")
    expect(amir.page.locator(".wm-demo time")).not_to_have_attribute("datetime", str(before))


def test_two_at_one_task_and_nothing_typed_is_lost(visit: Visit) -> None:
    refer(visit("amir.shah"))
    one, other = visit("grace.obi"), visit("grace.obi")
    for who in (one, other):
        who.open_task("Consent to the referral")
        who.page.get_by_label("No, I would rather not").check()
    one.press("Send")
    other.press("Send")
    expect(other.page.locator("h1")).to_contain_text("This was not sent")
    expect(other.page.get_by_text("No, I would rather not")).to_be_visible()


def test_consent_is_withdrawn_on_a_page_of_its_own(visit: Visit, live: Live) -> None:
    case = refer(visit("amir.shah"))
    grace = visit("grace.obi", width=375)
    grace.open_task("Consent to the referral")
    grace.page.get_by_label("Yes, I agree").check()
    grace.press("Send")
    live.later(timedelta(hours=1))
    grace.go(case)
    grace.page.get_by_role("link", name="Withdraw your consent").click()
    grace.check_accessible()
    grace.press("Withdraw my consent")
    expect(grace.page.locator("h1")).to_have_text("Your consent is withdrawn")
    assert re.search("has ended", grace.page.locator("main").inner_text())
