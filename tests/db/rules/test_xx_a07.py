"""XX-A7: the employee reads the report first, may have facts corrected or keep it back; silence is policy."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.errors import InvalidAnswers, NotFound
from tests.db.rules.playing import REPORT, Play

EMPLOYER = ("manager", "line_manager", "hr")
LONDON = ZoneInfo("Europe/London")
CORRECTED = "Shorter shifts for six weeks"


def hidden_from_the_employer(play: Play, words: str = REPORT) -> bool:
    return not any(words in play.everything(who) for who in EMPLOYER)


@pytest.mark.rule("XX-A7", "follows")
def test_xx_a7_follows_the_employee_reads_first_and_the_employer_only_after_release(play_on_both: Play) -> None:
    play = play_on_both.to("read_first")
    task = play.task("employee", "read_first")
    assert task.form.answers["answers"] == REPORT
    assert task.due_how.startswith("5 working days")
    assert hidden_from_the_employer(play)
    play.do("read_first")
    assert hidden_from_the_employer(play)
    play.do("release_report")
    assert REPORT in play.everything("manager")
    assert play.rules_beside("employee", "Employee has read the report") == ("XX-A7",)


@pytest.mark.rule("XX-A7", "follows")
def test_xx_a7_follows_the_employer_cannot_count_the_rounds_of_correction(play: Play) -> None:
    """Between the confirmed list and the release the employer is shown one step, "Report"."""
    play.to("read_first").do("read_first", employee_word="correct", correction="Six weeks, I was told")
    play.do("answer_correction").do("write_report", answers=CORRECTED)
    rounds = [
        entry.what for entry in play.case("employee").timeline if "Read your report first” became open" in entry.what
    ]
    assert len(rounds) == 2
    case = play.case("manager")
    told = " ".join(entry.what for entry in case.timeline)
    assert "Write the report" not in told
    assert "Read your report first" not in told
    assert {name for one in case.diagrams for name in one.standing} == {"Assess and report", "Report"}


@pytest.mark.rule("XX-A7", "follows")
def test_xx_a7_follows_a_fact_is_corrected_and_the_first_wording_never_reaches_the_employer(play: Play) -> None:
    play.to("read_first").do("read_first", employee_word="correct", correction="Six weeks, I was told")
    assert play.task("practitioner", "answer_correction").form.answers["request"] == "Six weeks, I was told"
    play.do("answer_correction").do("write_report", answers=CORRECTED)
    task = play.task("employee", "read_first")
    assert (task.form.answers["answers"], task.form.answers["reply"]) == (CORRECTED, "Thank you, corrected")
    play.through("read_first", "release_report")
    assert CORRECTED in play.everything("manager")
    assert hidden_from_the_employer(play)
    assert hidden_from_the_employer(play, "Six weeks, I was told")
    assert hidden_from_the_employer(play, "Thank you, corrected")


@pytest.mark.rule("XX-A7", "follows")
def test_xx_a7_follows_an_opinion_may_stand_and_the_employee_hears_why(play: Play) -> None:
    play.to("read_first").do("read_first", employee_word="correct", correction="I would like it softer")
    play.do("answer_correction", correction="explain", reply="It rests on the examination")
    assert play.open == ["read_first"]
    assert play.task("employee", "read_first").form.answers["reply"] == "It rests on the examination"


@pytest.mark.rule("XX-A7", "breaks")
def test_xx_a7_breaks_a_correction_without_words_is_not_taken(play: Play) -> None:
    play.to("read_first")
    with pytest.raises(InvalidAnswers) as caught:
        play.do("read_first", employee_word="correct")
    assert caught.value.messages == {"correction": "Enter what should be corrected"}


@pytest.mark.rule("XX-A7", "breaks")
def test_xx_a7_breaks_a_report_kept_back_ends_the_case_and_the_manager_does_not_learn_why(play_on_both: Play) -> None:
    play = play_on_both.to("read_first").do("read_first", employee_word="withhold")
    assert play.ended
    assert play.row.facts.get("released_at") is None
    assert play.told("manager") == ["no report will come"]
    for who in EMPLOYER:
        seen = play.everything(who)
        assert REPORT not in seen
        assert "withhold" not in seen.lower()
        assert "kept back" not in seen.lower()


@pytest.mark.rule("XX-A7", "breaks")
def test_xx_a7_breaks_where_the_policy_holds_silence_releases_nothing_and_the_practitioner_decides(
    play_on_both: Play,
) -> None:
    play = play_on_both.to("read_first").days(9)
    assert "something is ready for you to read" in play.told("employee")
    assert [row.name for row in play.inbox("practitioner")] == ["Decide after no answer"]
    assert play.row.facts.get("released_at") is None
    assert hidden_from_the_employer(play)
    assert "XX-A7" in play.rules_beside("practitioner", "Deadline passed: No answer in time")
    for who in ("manager", "office", "employee"):
        with pytest.raises(NotFound):
            play.do("decide_report_silence", by=who)
    play.do("decide_report_silence")
    assert play.open == ["read_first"]
    play.days(9).do("decide_report_silence", after_silence="close")
    assert play.ended
    assert hidden_from_the_employer(play)
    assert play.told("manager") == ["no report will come"]


@pytest.mark.rule("XX-A7", "follows")
def test_xx_a7_follows_where_the_policy_releases_silence_leads_to_release_after_its_own_days(harbour: Play) -> None:
    harbour.to("read_first")
    due = harbour.task("employee", "read_first").due_at
    assert due is not None
    assert _local_day(due) - _local_day(harbour.now) == timedelta(days=14)
    harbour.days(9)
    assert harbour.open == ["read_first"]
    harbour.days(7)
    assert harbour.open == ["release_report"]
    assert hidden_from_the_employer(harbour)
    harbour.do("release_report")
    assert REPORT in harbour.everything("manager")


def _local_day(at: datetime) -> timedelta:
    return timedelta(days=at.astimezone(LONDON).toordinal())
