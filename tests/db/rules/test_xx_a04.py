"""XX-A4: an appointment is offered, moved and cancelled; after two missed ones the referring manager decides."""

from __future__ import annotations

import pytest

from app.errors import InvalidAnswers, NotFound
from tests.db.rules.playing import Play


@pytest.mark.rule("XX-A4", "follows")
@pytest.mark.parametrize("kind", ["in_person", "telephone", "video"])
def test_xx_a4_follows_an_appointment_is_offered_and_kept(play: Play, kind: str) -> None:
    play.to("offer_appointment").do("offer_appointment", appointment_kind=kind)
    shown = play.task("employee", "answer_offer").form.answers
    assert (shown["appointment_kind"], shown["place"]) == (kind, "We call you")
    play.through("answer_offer", "record_attendance")
    assert play.open == ["assess"]
    assert play.rules_beside("manager", "Appointment attended") == ("XX-A4",)


@pytest.mark.rule("XX-A4", "follows")
def test_xx_a4_follows_it_is_moved_before_and_after_the_answer_and_cancelled_by_either_side(play_on_both: Play) -> None:
    play = play_on_both.to("answer_offer")
    play.do("answer_offer", appointment_reply="another_time", suggestion="Mornings, please")
    assert play.task("office", "offer_appointment").form.answers["suggestion"] == "Mornings, please"
    play.through("offer_appointment", "answer_offer")
    play.do("keep_or_move", appointment_reply="another_time", change_suggestion="The week after")
    assert play.task("office", "offer_appointment").form.answers["change_suggestion"] == "The week after"
    play.through("offer_appointment", "answer_offer").do("keep_or_move", appointment_reply="cancel")
    play.through("offer_appointment", "answer_offer").to_appointment()
    play.do("record_attendance", attendance="cancelled_by_us")
    assert play.open == ["offer_appointment"]
    assert play.row.facts.get("missed", 0) == 0
    play.through("offer_appointment", "answer_offer", "record_attendance")
    assert play.open == ["assess"]


@pytest.mark.rule("XX-A4", "follows")
def test_xx_a4_follows_the_employee_is_reminded_of_the_offer_and_of_the_time(play: Play) -> None:
    play.to("answer_offer").days(2)
    play.until(play.now.replace(hour=17))
    assert play.told("employee") == ["an appointment is offered to you"]
    play.days(1)
    play.until(play.now.replace(hour=17))
    assert play.open == ["keep_or_move"]
    play.to_appointment()
    assert play.told("employee")[0] == "your appointment is near"
    assert play.open == ["record_attendance"]
    assert "XX-A4" in play.rules_beside("employee", "Time of the appointment")


def missed_twice(play: Play) -> Play:
    play.to("record_attendance").do("record_attendance", attendance="not_attended")
    play.through("offer_appointment", "answer_offer").to_appointment()
    return play.do("record_attendance", attendance="not_attended")


@pytest.mark.rule("XX-A4", "follows")
def test_xx_a4_follows_after_one_missed_a_new_one_is_offered_with_kind_words(play: Play) -> None:
    play.to("record_attendance").do("record_attendance", attendance="not_attended")
    assert play.open == ["offer_appointment"]
    assert play.told("employee")[0] == "we are sorry that we missed you"
    assert "please tell us" in " ".join(play.notices("employee")[0].split())


@pytest.mark.rule("XX-A4", "breaks")
def test_xx_a4_breaks_missed_twice_no_third_is_offered_by_itself(play_on_both: Play) -> None:
    play = missed_twice(play_on_both)
    assert play.open == ["decide_after_missed"]
    assert [row.name for row in play.inbox("manager")] == ["Decide how to go on"]
    assert play.inbox("office", "groups") == []
    play.days(30)
    assert play.open == ["decide_after_missed"]
    assert "something has waited too long" in play.told("manager")
    with pytest.raises(InvalidAnswers) as caught:
        play.do("decide_after_missed", decision_reason=None)
    assert caught.value.messages.keys() == {"decision_reason"}
    with pytest.raises(NotFound):
        play.do("decide_after_missed", by="line_manager")
    play.do("decide_after_missed")
    assert play.open == ["offer_appointment"]
    assert play.rules_beside("manager", "completed “Decide how to go on”") == ("XX-A4",)


@pytest.mark.rule("XX-A4", "breaks")
def test_xx_a4_breaks_a_third_that_is_missed_goes_to_the_manager_again(play: Play) -> None:
    missed_twice(play).do("decide_after_missed").through("offer_appointment", "answer_offer").to_appointment()
    play.do("record_attendance", attendance="not_attended")
    assert play.open == ["decide_after_missed"]


@pytest.mark.rule("XX-A4", "breaks")
def test_xx_a4_breaks_missed_twice_the_manager_may_go_on_without_or_end(play: Play) -> None:
    missed_twice(play).do("decide_after_missed", after_missed="available_information")
    assert play.open == ["assess"]


@pytest.mark.rule("XX-A4", "breaks")
def test_xx_a4_breaks_missed_twice_the_manager_may_end_the_case(play: Play) -> None:
    missed_twice(play).do("decide_after_missed", after_missed="close")
    assert play.ended
    for who in ("employee", "manager", "practitioner"):
        assert play.told(who)[0] == "the case has ended"


@pytest.mark.rule("XX-A4", "breaks")
def test_xx_a4_breaks_an_offer_without_a_time_or_place_is_not_sent(play: Play) -> None:
    play.to("offer_appointment")
    with pytest.raises(InvalidAnswers) as caught:
        play.do("offer_appointment", appointment_at=None, place=None)
    assert caught.value.messages == {
        "appointment_at": "Enter the date and time of the appointment",
        "place": "Enter where to come, or how to join",
    }
