"""What goes wrong at a form: something is missing, two tabs are open, somebody is called away."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.story import REFERRAL, Story

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def test_what_is_missing_is_named_and_what_was_typed_stays(story: Story) -> None:
    asked = {**REFERRAL}
    missing = "Which questions would you like answered?"
    del asked[missing]
    amir = story.person("amir.shah").go("/start/referral").fill(asked).press("Start the case")
    summary = amir.page.locator(".nhsuk-error-summary")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="Enter the questions that you would like answered").click()
    expect(amir.page.get_by_label(missing)).to_be_focused()
    expect(amir.page.get_by_label("What is their job?")).to_have_value("Staff nurse, ward 7")
    expect(amir.page.get_by_label("Yes, at work")).to_be_checked()
    expect(amir.page.get_by_label("Who is the employee?").locator("option:checked")).to_have_text("Grace Obi")
    amir.page.keyboard.type("Would shorter shifts help?")
    amir.send("Start the case")
    expect(amir.page.locator("h1")).to_have_text("The case has been started")


def test_each_message_of_a_list_leads_to_its_own_row(story: Story) -> None:
    story.refer()
    story.through("Consent to the referral", "Triage the referral", "Offer an appointment", "Answer the offer")
    story.do("Record attendance")
    samuel = story.person("samuel.okoro").open("Assess, item by item")
    samuel.fill({"What was found, item by item": [{"Item": "Standing is hard"}, {"Item": "Sleeps badly"}]})
    samuel.press("Send")
    links = samuel.page.locator(".nhsuk-error-summary").get_by_role("link")
    expect(links).to_have_count(4)
    rows = samuel.page.locator(".wm-list__row")
    links.nth(2).click()
    focused = rows.nth(1).get_by_role("radio").first
    expect(focused).to_be_focused()
    expect(rows.nth(1).get_by_label("Item")).to_have_value("Sleeps badly")


def test_a_second_tab_that_sends_again_changes_nothing_and_keeps_what_was_typed(story: Story) -> None:
    story.refer()
    story.do("Consent to the referral")
    olivia, other = story.person("olivia.hart"), story.stranger()
    other.page.context.add_cookies(olivia.page.context.cookies())  # type: ignore[arg-type]
    other.go("/inbox")
    for who in (olivia, other):
        who.open("Triage the referral")
    other.fill(
        {"Can the referral be accepted?": "No, decline it", "Why can it not be accepted?": "The school helps sooner"}
    )
    olivia.fill(
        {"Can the referral be accepted?": "Yes, accept it", "Who will see the employee?": "Dr Samuel Okoro"}
    ).send()
    with other.page.expect_response(lambda answer: answer.request.is_navigation_request()) as answered:
        other.press("Send")
    assert answered.value.status == 409
    expect(other.page.locator("h1")).to_contain_text("This was not sent")
    expect(other.main).to_contain_text("The school helps sooner")
    assert "Under way" in story.shown("grace.obi")
    assert olivia.sees_task("Offer an appointment")


def test_a_draft_is_found_again_as_it_was_left(story: Story) -> None:
    story.refer()
    story.through("Consent to the referral", "Triage the referral")
    olivia = story.person("olivia.hart").open("Offer an appointment")
    olivia.fill({"How will they talk?": "By video", "Where, or how to join": "A link by e-mail"})
    olivia.page.get_by_label("Day").fill("31")
    olivia.page.get_by_label("Month").fill("13")
    olivia.page.get_by_label("Year").fill("2027")
    olivia.press("Save as draft")
    expect(olivia.page.get_by_role("status").first).to_contain_text("Your draft was saved")
    assert not story.person("grace.obi").sees_task("Answer the offer")
    again = story.stranger()
    again.page.context.add_cookies(olivia.page.context.cookies())  # type: ignore[arg-type]
    again.go("/inbox").open("Offer an appointment")
    expect(again.page.get_by_label("By video")).to_be_checked()
    expect(again.page.get_by_label("Where, or how to join")).to_have_value("A link by e-mail")
    expect(again.page.get_by_label("Month")).to_have_value("13")
    again.press("Send")
    expect(again.page.locator(".nhsuk-error-summary")).to_contain_text("real date")
