"""What else can become of a referral: refusal, a change of mind, silence, missed appointments, a GP, a correction."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.story import TO_THE_ASSESSMENT, Story

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

#: of the report in the scenario "report-shown-first"
FIRST_WORDING = "Shifts of at most eight hours"
#: what must not be read on any page of the employer's while a GP is asked
OF_A_GP = re.compile(r"\bGP\b|specialist|doctor|surgery", re.IGNORECASE)


def test_a_refusal_ends_it_kindly_and_reaches_nobody_else(story: Story) -> None:
    story.refer()
    grace = story.do("Consent to the referral", answers={"Do you agree to this referral?": "No, I would rather not"})
    expect(grace.main).to_contain_text("The case has ended")
    for username in ("grace.obi", "amir.shah"):
        assert "the referral does not go ahead" in story.told(username)
    assert "Consent refused" in story.shown("amir.shah", "timeline")
    for username in ("olivia.hart", "samuel.okoro"):
        who = story.person(username)
        assert not who.sees_task("Triage the referral")
        assert "R-" not in who.go("/notices").main.inner_text()
        assert "does not exist, or it is not yours to see" in who.go(story.case).main.inner_text()


def test_a_change_of_mind_half_way_stops_everything(story: Story) -> None:
    story.refer()
    story.through("Consent to the referral", "Triage the referral")
    olivia = story.person("olivia.hart").open("Offer an appointment")
    olivia.fill({"How will they talk?": "By video", "Where, or how to join": "A link that we send on Monday"})
    grace = story.person("grace.obi").go(story.case)
    grace.hand.follow("Withdraw your consent")
    grace.look().press("Withdraw my consent")
    expect(grace.page.locator("h1")).to_have_text("Your consent is withdrawn")
    olivia.press("Send")
    expect(olivia.page.locator("h1")).to_contain_text("This was not sent")
    expect(olivia.main).to_contain_text("A link that we send on Monday")
    for username in ("grace.obi", "amir.shah", "olivia.hart", "samuel.okoro"):
        assert "the case has stopped" in story.told(username)
        assert not story.person(username).sees_task("Offer an appointment")
    what = story.shown("amir.shah", "timeline")
    assert re.search(r"Grace Obi withdrew consent\s+by rule\s+XX-A2", what)
    assert "“Offer an appointment” was closed" in what
    assert "Withdraw your consent" not in story.shown("grace.obi")


def test_no_reply_is_reminded_of_and_then_the_manager_decides(story: Story) -> None:
    story.refer()
    grace = story.person("grace.obi")
    story.days_pass(grace, lambda: "a question is waiting for you" in story.told("grace.obi"))
    assert grace.sees_task("Consent to the referral")
    grace.open("Consent to the referral")
    expect(grace.main).to_contain_text("You were reminded on")
    amir = story.wait_for("amir.shah", "Decide after no answer")
    assert not grace.sees_task("Consent to the referral")
    story.do("Decide after no answer")
    assert grace.sees_task("Consent to the referral")
    story.wait_for("amir.shah", "Decide after no answer")
    story.do("Decide after no answer", answers={"What should happen now?": "Do not ask again"})
    expect(amir.main).to_contain_text("The case has ended")
    assert "the referral rests" in story.told("grace.obi")
    assert not story.person("olivia.hart").sees_task("Triage the referral")


def test_missed_twice_the_manager_decides_how_to_go_on(story: Story) -> None:
    missed = {"What happened?": "The employee did not attend"}
    story.refer()
    story.through(*TO_THE_ASSESSMENT[:-1])
    story.do("Record attendance", answers=missed)
    assert "we are sorry that we missed you" in story.told("grace.obi")
    story.through("Offer an appointment", "Answer the offer")
    story.do("Record attendance", answers=missed)
    assert not story.person("olivia.hart").sees_task("Offer an appointment")
    story.do("Decide how to go on")
    assert story.person("samuel.okoro").sees_task("Assess, item by item")
    assert "completed “Decide how to go on”" in story.shown("grace.obi", "timeline")


def test_a_gp_report_with_its_own_consent_of_which_the_employer_sees_nothing(story: Story) -> None:
    story.refer()
    story.through(*TO_THE_ASSESSMENT)
    needed = {
        "Do you need a report from their GP or a specialist?": "Yes",
        "What would you like to ask the GP or specialist?": "What the scan of January says",
    }
    story.do("Assess, item by item", answers=needed)
    grace = story.person("grace.obi").open("Consent to a GP report")
    expect(grace.main).to_contain_text("What the scan of January says")
    story.through("Consent to a GP report", "Ask the GP for a report")
    grace.open("See the GP report first")
    expect(grace.main).to_contain_text("in 21 days")
    check_that_the_employer_sees_nothing(story)
    grace.fill({"How does it stand?": "I have seen it, and it may be sent"}).send()
    olivia = story.person("olivia.hart").go("/inbox?scope=groups").pass_time("A week later").pass_time("A week later")
    olivia.pass_time("A day later")
    assert "an answer has not come yet" in story.told("olivia.hart")
    story.through("Record the GP report", "Read it, complete findings")
    check_that_the_employer_sees_nothing(story)
    assert grace.sees_task("Confirm what may be shared")
    assert OF_A_GP.search(story.shown("samuel.okoro", "timeline"))


def check_that_the_employer_sees_nothing(story: Story) -> None:
    pages = [story.shown("amir.shah", view) for view in ("now", "timeline", "answers")]
    pages += [story.told("amir.shah"), story.person("amir.shah").go("/inbox").main.inner_text()]
    for page in pages:
        assert not OF_A_GP.search(page)


def test_a_fact_is_corrected_before_the_manager_reads_it(story: Story) -> None:
    story.begin_from("report-shown-first")
    wrong = {
        "What would you like to happen?": "Something in it should be corrected first",
        "What should be corrected?": "Six weeks were agreed, not four",
    }
    story.do("Read your report first", answers=wrong)
    samuel = story.person("samuel.okoro").open("Answer the correction")
    expect(samuel.main).to_contain_text("Six weeks were agreed, not four")
    story.do("Answer the correction")
    story.do("Write the report", answers={"Answers to the manager’s questions": "Shorter shifts for six weeks"})
    grace = story.person("grace.obi").open("Read your report first")
    expect(grace.main).to_contain_text("Shorter shifts for six weeks")
    expect(grace.main).to_contain_text("Thank you, it is right now")
    story.through("Read your report first", "Check and release", "Read the report")
    answers = story.shown("amir.shah", "answers")
    assert "Shorter shifts for six weeks" in answers
    assert FIRST_WORDING not in answers
    assert "Six weeks were agreed" not in answers


def test_no_answer_about_the_report_holds_it_until_the_practitioner_decides(story: Story) -> None:
    story.begin_from("report-shown-first")
    assert FIRST_WORDING in story.person("grace.obi").open("Read your report first").main.inner_text()
    story.wait_for("samuel.okoro", "Decide after no answer")
    assert "something is ready for you to read" in story.told("grace.obi")
    samuel = story.do(
        "Decide after no answer", by="samuel.okoro", answers={"What should happen now?": "Do not ask again"}
    )
    expect(samuel.main).to_contain_text("The case has ended")
    assert "no report will come" in story.told("amir.shah")
    assert FIRST_WORDING not in story.shown("amir.shah", "answers")
    assert "no answer" not in story.shown("amir.shah", "timeline").lower()
