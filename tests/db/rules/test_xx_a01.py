"""XX-A1: a referral names everybody and everything that occupational health needs."""

from __future__ import annotations

import pytest

from app.cases import queries
from app.errors import InvalidAnswers, NotAllowed
from tests.db.rules.playing import Play


@pytest.mark.rule("XX-A1", "follows")
def test_xx_a1_follows_a_full_referral_is_a_case_with_its_people_and_words(play_on_both: Play) -> None:
    play = play_on_both.start()
    case = play.case("manager")
    assert {(one.role, one.name) for one in case.parties} == {
        ("employee", "Grace Obi"),
        ("referring_manager", "Amir Shah"),
        ("line_manager", "Helen Ward"),
    }
    said = dict(case.submissions[0].fields)
    assert said["What is their job?"] == "Staff nurse"
    assert said["Since when have they been absent?"] == "2 February 2026"
    assert said["Please describe the reason in your own words"].startswith("Four weeks away")
    assert said["Which questions would you like answered?"] == "What would help with a return?"
    assert "XX-A1" in play.rules_beside("manager", "started the case")
    assert "XX-A1" in play.rules_beside("manager", "Referral made")


@pytest.mark.rule("XX-A1", "follows")
def test_xx_a1_follows_the_employee_reads_what_was_written_about_them_before_answering(play: Play) -> None:
    shown = play.start().task("employee", "give_consent").form.answers
    assert shown["reason"].startswith("Four weeks away")
    assert shown["questions"] == "What would help with a return?"


@pytest.mark.rule("XX-A1", "breaks")
@pytest.mark.parametrize(
    ("missing", "sentence"),
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
def test_xx_a1_breaks_what_is_left_out_is_named_at_its_field_and_no_case_begins(
    play: Play, missing: str, sentence: str
) -> None:
    with pytest.raises(InvalidAnswers) as caught:
        play.start(**{missing: None})
    assert caught.value.messages == {missing: sentence}
    assert queries.cases(play.waymark, play.actor("manager")).items == []
    assert play.inbox("employee") == []


@pytest.mark.rule("XX-A1", "breaks")
@pytest.mark.parametrize("who", ["daniel.price", "practitioner", "office", "ada.stone", "irene.vale"])
def test_xx_a1_breaks_only_managers_and_hr_refer(play: Play, who: str) -> None:
    assert "referral" not in {one.key for one in queries.startable(play.waymark, play.actor(who))}
    with pytest.raises(NotAllowed):
        play.start(by=who)


@pytest.mark.rule("XX-A1", "breaks")
def test_xx_a1_breaks_nobody_of_another_employer_can_be_referred(play: Play) -> None:
    with pytest.raises(InvalidAnswers) as caught:
        play.start(employee="callum.reid")
    assert caught.value.messages.keys() == {"employee"}
