"""XX-A1 to XX-A10: for each rule a case that follows it, and one that breaks it and hears the answer."""

from __future__ import annotations

from datetime import date

import pytest

from app import engine
from app.engine import Counted, Paused
from app.errors import InvalidAnswers, NotWaiting
from tests.unit.processes.play import BUNDLE, CALENDAR, ITEMS, REFERRAL, Play, form_of

EMPLOYER_SIDE = ("referring_manager", "line_manager", "hr")


@pytest.mark.rule("XX-A1", "follows")
def test_xx_a1_follows_a_full_referral_goes_to_the_employee() -> None:
    play = Play().start()
    assert play.open == ["give_consent"]
    assert play.parties == {"employee": "sam", "line_manager": "alex"}
    assert {"reason", "questions", "job_title", "absent_since"} <= play.answered[0][1].keys()


@pytest.mark.rule("XX-A1", "breaks")
@pytest.mark.parametrize(
    ("missing", "answer"),
    [
        ("employee", "Select the employee"),
        ("line_manager", "Select the line manager"),
        ("job_title", "Enter the job"),
        ("absence", "Select whether they are at work"),
        ("absent_since", "Enter the first day of absence"),
        ("reason", "Enter the reason for the referral"),
        ("questions", "Enter the questions that you would like answered"),
    ],
)
def test_xx_a1_breaks_a_referral_that_leaves_something_out_is_not_sent(missing: str, answer: str) -> None:
    with pytest.raises(InvalidAnswers) as caught:
        Play().start(**{missing: None})
    assert caught.value.messages == {missing: answer}


@pytest.mark.rule("XX-A2", "follows")
def test_xx_a2_follows_consent_comes_before_occupational_health() -> None:
    play = Play().start()
    assert {task.role for task in play.step.tasks} == {"employee"}
    play.do("give_consent")
    assert play.answered[-1][1] == {
        "consent": "given",
        "channel": "online",
        "text_version": "consent-to-referral 1.0",
    }
    assert play.open == ["triage"]


@pytest.mark.rule("XX-A2", "breaks")
def test_xx_a2_breaks_a_refusal_ends_the_case_and_nobody_else_is_asked() -> None:
    play = Play().start().do("give_consent", consent="refused")
    assert play.ended
    assert play.opened == {"give_consent": "employee"}
    assert play.told == [("employee", "consent-refused"), ("referring_manager", "consent-refused")]


@pytest.mark.rule("XX-A2", "breaks")
def test_xx_a2_breaks_an_answer_that_is_neither_yes_nor_no_is_not_taken() -> None:
    play = Play().start()
    with pytest.raises(InvalidAnswers) as caught:
        play.do("give_consent", consent=None)
    assert caught.value.messages.keys() == {"consent"}
    assert play.open == ["give_consent"]


@pytest.mark.rule("XX-A3", "follows")
def test_xx_a3_follows_more_information_is_asked_reminded_of_and_given() -> None:
    play = Play().start().do("give_consent")
    play.do("triage", triage="more_information", information_needed="Which shifts?")
    assert play.open == ["give_information"]
    play.days(7)
    assert play.told == [("referring_manager", "information-reminder")] * 2
    play.do("give_information", information="Early shifts")
    assert play.open == ["triage"]
    play.do("triage")
    assert play.open == ["offer_appointment"]


@pytest.mark.rule("XX-A3", "follows")
def test_xx_a3_follows_a_silent_manager_brings_the_referral_back_to_triage() -> None:
    play = Play().start().do("give_consent")
    play.do("triage", triage="more_information", information_needed="Which shifts?").days(20)
    assert play.open == ["triage"]


@pytest.mark.rule("XX-A3", "breaks")
def test_xx_a3_breaks_declining_without_a_reason_is_not_taken() -> None:
    play = Play().start().do("give_consent")
    with pytest.raises(InvalidAnswers) as caught:
        play.do("triage", triage="decline", practitioner=None)
    assert caught.value.messages == {"decline_reason": "Enter the reason for declining"}
    play.do("triage", triage="decline", practitioner=None, decline_reason="Please ask the school's own service")
    assert play.ended
    assert play.told == [("referring_manager", "referral-declined"), ("employee", "referral-declined")]


@pytest.mark.rule("XX-A4", "follows")
@pytest.mark.parametrize("kind", ["in_person", "telephone", "video"])
def test_xx_a4_follows_an_appointment_is_offered_moved_and_kept(kind: str) -> None:
    play = Play().start().through("give_consent", "triage")
    play.do("offer_appointment", appointment_kind=kind)
    play.do("answer_offer", appointment_reply="another_time", suggestion="Mornings")
    assert play.open == ["offer_appointment"]
    play.through("offer_appointment", "answer_offer")
    play.do("keep_or_move", appointment_reply="cancel")
    assert play.open == ["offer_appointment"]
    play.through("offer_appointment", "answer_offer").to_appointment()
    assert play.open == ["record_attendance"]
    play.do("record_attendance", attendance="cancelled_by_us")
    assert play.open == ["offer_appointment"]
    play.do("offer_appointment", appointment_at="2026-03-18T09:30").do("answer_offer").to_appointment()
    play.do("record_attendance")
    assert play.open == ["assess"]


def missed_twice() -> Play:
    play = Play().start().through("give_consent", "triage", "offer_appointment", "answer_offer").to_appointment()
    play.do("record_attendance", attendance="not_attended")
    assert play.open == ["offer_appointment"]
    play.do("offer_appointment", appointment_at="2026-03-19T09:30").do("answer_offer").to_appointment()
    return play.do("record_attendance", attendance="not_attended")


@pytest.mark.rule("XX-A4", "breaks")
def test_xx_a4_breaks_missed_twice_no_third_is_offered_unless_the_manager_says_so() -> None:
    play = missed_twice()
    assert [(task.element_id, task.role) for task in play.step.tasks] == [("decide_after_missed", "referring_manager")]
    with pytest.raises(InvalidAnswers):
        play.do("decide_after_missed", after_missed="another")
    play.do("decide_after_missed", after_missed="another", decision_reason="The bus did not come")
    assert play.open == ["offer_appointment"]


@pytest.mark.rule("XX-A4", "breaks")
@pytest.mark.parametrize(("word", "then"), [("available_information", ["assess"]), ("close", [])])
def test_xx_a4_breaks_missed_twice_the_manager_may_go_on_without_or_end(word: str, then: list[str]) -> None:
    play = missed_twice().do("decide_after_missed", after_missed=word, decision_reason="Agreed with Sam")
    assert play.open == then
    assert play.ended == (not then)


@pytest.mark.rule("XX-A5", "follows")
def test_xx_a5_follows_the_named_practitioner_does_all_that_follows() -> None:
    play = Play().to_the_report().through("read_first", "release_report")
    assert play.parties["practitioner"] == "dr-lind"
    by_practitioner = {element for element, role in play.opened.items() if role == "practitioner"}
    assert by_practitioner == {"record_attendance", "assess", "write_report", "release_report"}


@pytest.mark.rule("XX-A5", "breaks")
@pytest.mark.parametrize(("name", "says"), [(None, "Select the practitioner"), ("alex", None)])
def test_xx_a5_breaks_no_referral_is_accepted_without_a_practitioner_of_the_provider(
    name: str | None, says: str | None
) -> None:
    play = Play().start().do("give_consent")
    with pytest.raises(InvalidAnswers) as caught:
        play.do("triage", practitioner=name)
    assert caught.value.messages.keys() == {"practitioner"}
    assert says in (None, caught.value.messages["practitioner"])


@pytest.mark.rule("XX-A6", "follows")
def test_xx_a6_follows_the_employer_sees_what_the_employee_shares_and_nothing_else() -> None:
    changed = [{**ITEMS[0], "share": "no"}, {"item": "Sitting for long is hard", "share": "yes"}]
    play = Play().to_the_assessment().do("assess").do("confirm_sharing", items=changed)
    assert play.seen_by("practitioner")["sharing"]["items"] == changed
    play.through("write_report", "read_first", "release_report")
    assert play.seen_by(*EMPLOYER_SIDE)["sharing"] == {"items": changed[1:]}


@pytest.mark.rule("XX-A6", "breaks")
def test_xx_a6_breaks_an_item_without_the_employees_word_is_not_taken() -> None:
    play = Play().to_the_assessment()
    with pytest.raises(InvalidAnswers) as caught:
        play.do("assess", items=[ITEMS[0], {"item": "Something told in confidence"}])
    assert caught.value.messages == {"items.1.share": "Select whether the employee says that this may be shared"}


@pytest.mark.rule("XX-A6", "breaks")
def test_xx_a6_breaks_clinical_notes_and_private_items_reach_nobody_else_at_any_time() -> None:
    play = Play().to_the_report().through("read_first", "release_report", "read_report")
    for roles in (EMPLOYER_SIDE, ("oh_admin",), ("administrator", "auditor", "process_owner")):
        seen = str(play.seen_by(*roles))
        assert ITEMS[1]["item"] not in seen
        assert "Seen and examined" not in seen
    assert ITEMS[1]["item"] in str(play.seen_by("employee", subject=True))


@pytest.mark.rule("XX-A7", "follows")
def test_xx_a7_follows_the_employee_reads_first_and_has_facts_corrected() -> None:
    play = Play().to_the_report()
    assert play.open == ["read_first"]
    assert "report" not in play.seen_by(*EMPLOYER_SIDE)
    due = play.task("read_first").due
    assert due is not None
    assert due.how.startswith("5 working days")
    play.do("read_first", employee_word="correct", correction="I lift 10 kg, not 5")
    play.do("answer_correction", correction="change", reply="Thank you, corrected")
    assert play.open == ["write_report"]
    play.do("write_report", answers="A phased return, lifting up to 10 kg")
    play.do("read_first", employee_word="correct", correction="I would like the opinion changed")
    play.do("answer_correction", correction="explain", reply="It stands because of the examination")
    assert play.open == ["read_first"]
    play.do("read_first")
    assert play.open == ["release_report"]
    assert "correction" not in play.seen_by(*EMPLOYER_SIDE).get("report-employee", {})


@pytest.mark.rule("XX-A7", "follows")
def test_xx_a7_follows_a_report_kept_back_ends_without_one() -> None:
    play = Play().to_the_report().do("read_first", employee_word="withhold")
    assert play.ended
    assert play.step.facts["released_at"] is None
    assert play.told[-2:] == [("referring_manager", "no-report"), ("employee", "no-report")]
    assert "report" not in play.seen_by(*EMPLOYER_SIDE)
    assert "sharing" not in play.seen_by(*EMPLOYER_SIDE)


@pytest.mark.rule("XX-A7", "breaks")
def test_xx_a7_breaks_silence_holds_the_report_and_the_practitioner_decides() -> None:
    play = Play().to_the_report().days(9)
    assert ("employee", "report-reminder") in play.told
    assert [(task.element_id, task.role) for task in play.step.tasks] == [("decide_report_silence", "practitioner")]
    assert play.step.facts.get("released_at") is None
    play.do("decide_report_silence", after_silence="ask_again", decision_reason="Sam was away")
    assert play.open == ["read_first"]
    play.days(11).do("decide_report_silence", after_silence="close", decision_reason="Still no word")
    assert play.ended
    assert play.step.facts["released_at"] is None


@pytest.mark.rule("XX-A7", "breaks")
def test_xx_a7_breaks_silence_releases_only_where_the_employers_policy_says_so() -> None:
    play = Play(employer="harbour").to_the_report().days(9)
    assert play.open == ["read_first"]
    play.days(7)
    assert play.open == ["release_report"]


@pytest.mark.rule("XX-A8", "follows")
def test_xx_a8_follows_release_goes_to_the_referring_manager_and_its_time_is_kept() -> None:
    play = Play().to_the_report().through("read_first", "release_report")
    released_at = play.step.facts["released_at"]
    assert released_at.startswith("2026-03-12T")
    assert [(task.element_id, task.role) for task in play.step.tasks] == [("read_report", "referring_manager")]
    assert ("referring_manager", "report-released") in play.told
    assert play.seen_by("referring_manager")["report"]["answers"] == "A phased return over four weeks"
    play.do("read_report")
    assert play.ended
    assert play.step.facts["released_at"] == released_at


@pytest.mark.rule("XX-A8", "breaks")
def test_xx_a8_breaks_nothing_is_released_unchecked() -> None:
    play = Play().to_the_report().do("read_first")
    with pytest.raises(InvalidAnswers) as caught:
        play.do("release_report", checked=None)
    assert caught.value.messages == {"checked": "Check the report, then confirm it here"}
    assert play.step.facts.get("released_at") is None
    assert "report" not in play.seen_by(*EMPLOYER_SIDE)


def gp_asked() -> Play:
    return Play().to_the_assessment().do("assess", gp_report_needed="yes", gp_report_reason="Results of the scan")


@pytest.mark.rule("XX-A9", "follows")
def test_xx_a9_follows_consent_access_reminders_and_the_report() -> None:
    play = gp_asked()
    assert play.open == ["give_gp_consent"]
    play.through("give_gp_consent", "send_gp_request")
    due = play.task("see_gp_report").due
    assert due is not None
    assert due.at.date() == date(2026, 4, 2)
    play.do("see_gp_report", gp_access="amendment")
    play.days(30)
    assert play.told.count(("oh_admin", "gp-report-chase")) == 2
    play.do("receive_gp_report").do("read_gp_report", gp_report_needed="yes", gp_report_reason="A specialist, too")
    assert play.open == ["give_gp_consent"]
    play.through("give_gp_consent", "send_gp_request", "see_gp_report", "receive_gp_report", "read_gp_report")
    assert play.open == ["confirm_sharing"]


@pytest.mark.rule("XX-A9", "follows")
def test_xx_a9_follows_after_21_days_without_word_the_report_may_be_sent() -> None:
    play = gp_asked().through("give_gp_consent", "send_gp_request").days(20)
    assert play.open == ["see_gp_report"]
    play.days(2)
    assert play.open == ["receive_gp_report"]
    play.days(43)
    assert play.open == ["decide_gp_late"]
    play.do("decide_gp_late", after_silence="ask_again", decision_reason="The surgery is slow")
    assert play.open == ["receive_gp_report"]
    play.days(43).do("decide_gp_late", after_silence="close", decision_reason="Enough is known")
    assert play.open == ["confirm_sharing"]


def promised(play: Play) -> Counted:
    """Occupational health's own clock."""
    return next(timer.due for timer in play.step.timers if timer.element_id == "report_overdue")


@pytest.mark.rule("XX-A9", "follows")
@pytest.mark.rule("XX-2", "follows")
def test_xx_a9_follows_the_own_clock_stands_still_while_the_report_is_waited_for() -> None:
    play = gp_asked().do("give_gp_consent")
    before = promised(play)
    since = play.do("send_gp_request").now
    assert promised(play).paused == Paused(
        since, "the employee to see the GP report first", "gp-report", "see_gp_report"
    )
    assert [event.rules for event in play.step.events if event.kind == "timer_paused"] == [("XX-A9",)]
    play.do("see_gp_report").days(40)
    assert promised(play).paused == Paused(
        since, "the report of the GP or specialist", "gp-report", "receive_gp_report"
    )
    assert before.at < play.now
    assert ("oh_admin", "report-late") not in play.told
    play.do("receive_gp_report")
    after = promised(play)
    assert after.paused is None
    day_0, passed = CALENDAR.day_zero(since), 0
    while CALENDAR.open_day_after(day_0, passed) < play.now.date():
        passed += 1
    assert after.at == CALENDAR.closing(CALENDAR.open_day_after(before.at.date(), passed))
    assert f"while waiting for the report of the GP or specialist: {passed} working days" in after.how
    play.until(after.at)
    assert play.told.count(("oh_admin", "report-late")) == play.told.count(("practitioner", "report-late")) == 1
    assert play.open == ["read_gp_report"]


@pytest.mark.rule("XX-2", "breaks")
@pytest.mark.rule("XX-A9", "breaks")
def test_xx_2_breaks_no_other_wait_stops_the_clock() -> None:
    """Not an employee who thinks about consent to the report, not the office, not an appointment that is far off."""
    for play in (Play().start().do("give_consent"), gp_asked(), gp_asked().do("give_gp_consent")):
        due = promised(play)
        assert due.paused is None
        play.days(40)
        assert play.told.count(("oh_admin", "report-late")) == 1


@pytest.mark.rule("XX-A9", "breaks")
def test_xx_a9_breaks_without_consent_nobody_asks_the_gp() -> None:
    refused = gp_asked().do("give_gp_consent", gp_consent="refused")
    silent = gp_asked().days(8)
    for play in (refused, silent):
        assert play.open == ["confirm_sharing"]
        assert "send_gp_request" not in play.opened
    kept_back = gp_asked().through("give_gp_consent", "send_gp_request").do("see_gp_report", gp_access="withhold")
    assert kept_back.open == ["confirm_sharing"]
    assert "receive_gp_report" not in kept_back.opened
    with pytest.raises(InvalidAnswers) as caught:
        gp_asked().do("give_gp_consent", gp_see_first=None)
    assert caught.value.messages == {"gp_see_first": "Select yes if you would like to see the report first"}


@pytest.mark.rule("XX-A9", "breaks")
def test_xx_a9_breaks_the_employer_does_not_learn_that_a_gp_is_asked() -> None:
    before = Play().to_the_assessment().do("assess").seen_by(*EMPLOYER_SIDE)
    play = gp_asked().through("give_gp_consent", "send_gp_request", "see_gp_report", "receive_gp_report")
    new = play.seen_by(*EMPLOYER_SIDE).keys() - before.keys()
    said = {form: play.seen_by(*EMPLOYER_SIDE)[form] for form in new}
    assert said == {}


@pytest.mark.rule("XX-A10", "follows")
def test_xx_a10_follows_a_review_is_the_same_process_from_the_earlier_case() -> None:
    first = Play().to_the_report().through("read_first", "release_report", "read_report")
    form = form_of("referral")
    earlier = dict(first.answered)["referral"]
    filled = {
        field.key: earlier[field.prefill.removeprefix("referral.")]
        for field in form.fields
        if field.prefill and field.prefill.removeprefix("referral.") in earlier
    }
    assert filled == {key: REFERRAL[key] for key in ("employee", "line_manager", "job_title", "job_demands", "ground")}
    review = Play(follow_up=True).start(**{**filled, "ground": "review"})
    assert review.open == ["give_consent"]
    assert review.step.facts["follow_up"] is True


@pytest.mark.rule("XX-A10", "breaks")
def test_xx_a10_breaks_earlier_consent_does_not_carry_over() -> None:
    review = Play(follow_up=True).start(ground="review")
    assert review.open == ["give_consent"]
    with pytest.raises(NotWaiting):
        review.withdraw()
    review.do("give_consent", consent="refused")
    assert review.ended


@pytest.mark.rule("XX-A10", "breaks")
def test_xx_a10_breaks_a_practitioner_alone_starts_nothing_new() -> None:
    assert set(engine.describe(engine.load(BUNDLE)).starters) == {"manager", "hr"}
