"""XX-A9: a GP or specialist report has its own consent, reminders and 21 days; the employer learns nothing of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from app.cases import queries
from app.cases.views import ClockLine
from app.errors import InvalidAnswers, NotFound
from tests.chaos.invariants import broken
from tests.db.rules.playing import MONDAY, Play

EMPLOYER = ("manager", "line_manager", "hr")
GP_PATH = ("give_gp_consent", "send_gp_request", "see_gp_report", "receive_gp_report", "read_gp_report")
REST = ("confirm_sharing", "write_report", "read_first", "release_report", "read_report")
ROADS: dict[str, Callable[[Play], Play]] = {
    "agreed": lambda play: play.through(*GP_PATH),
    "refused": lambda play: play.do("give_gp_consent", gp_consent="refused"),
    "no answer": lambda play: play.days(8),
    "kept back": lambda play: play.through("give_gp_consent", "send_gp_request").do(
        "see_gp_report", gp_access="withhold"
    ),
}


@pytest.mark.rule("XX-A9", "follows")
def test_xx_a9_follows_consent_21_days_reminders_and_the_report(play_on_both: Play) -> None:
    play = play_on_both.gp_asked()
    assert play.task("employee", "give_gp_consent").form.answers["gp_report_reason"] == "What the scan of January says"
    play.through("give_gp_consent", "send_gp_request")
    access = play.task("employee", "see_gp_report")
    assert access.due_at is not None
    assert (access.due_at.date() - play.now.date()).days == 21
    assert "XX-A9" in access.rules
    play.do("see_gp_report", gp_access="amendment")
    play.days(30)
    assert play.told("office").count("an answer has not come yet") == 2
    assert "XX-A9" in play.rules_beside("office", "Reminder: Every two weeks")
    play.do("receive_gp_report").do("read_gp_report")
    assert play.open == ["confirm_sharing"]
    assert "XX-A9" in play.rules_beside("practitioner", "GP or specialist report read")


@pytest.mark.rule("XX-A9", "follows")
def test_xx_a9_follows_after_21_days_without_word_the_report_may_be_sent(play: Play) -> None:
    play.gp_asked().through("give_gp_consent", "send_gp_request").days(20)
    assert play.open == ["see_gp_report"]
    assert play.told("employee")[0] == "a date to remember"
    play.days(2)
    assert play.open == ["receive_gp_report"]


@pytest.mark.rule("XX-A9", "follows")
def test_xx_a9_follows_a_report_that_does_not_come_is_decided_about(play: Play) -> None:
    play.gp_asked().do("give_gp_consent", gp_see_first="no")
    play.do("send_gp_request", told_see_first=None).days(43)
    assert play.open == ["decide_gp_late"]
    play.do("decide_gp_late", after_silence="ask_again").days(43).do("decide_gp_late")
    assert play.open == ["confirm_sharing"]


def own_clock(play: Play, who: str) -> ClockLine | None:
    return next((one for one in play.case(who).clocks if one.name == "Report later than promised"), None)


@pytest.mark.rule("XX-A9", "follows")
@pytest.mark.rule("XX-2", "follows")
def test_xx_a9_follows_the_clock_stops_says_why_and_runs_on(play_on_both: Play) -> None:
    play = play_on_both.gp_asked().do("give_gp_consent")
    before = own_clock(play, "office")
    assert before is not None
    assert before.paused_since is None
    since = play.do("send_gp_request").now
    play.do("see_gp_report").days(30)
    for who in ("employee", "office", "practitioner"):
        shown = own_clock(play, who)
        assert shown is not None
        assert (shown.paused_since, shown.waiting_for) == (since, "the report of the GP or specialist")
    assert "XX-A9" in play.rules_beside("employee", "The clock stopped, waiting for the employee to see")
    assert broken(play.waymark, [play.case_id]) == []
    play.days(10)
    assert "the report is later than promised" not in play.told("office")
    play.do("receive_gp_report")
    after = own_clock(play, "practitioner")
    assert after is not None
    assert after.paused_since is None
    assert after.at > max(before.at, play.now)
    assert "Stopped from" in after.how
    assert "XX-A9" in play.rules_beside("practitioner", "The clock runs on")
    assert play.row.next_due_at <= after.at
    assert broken(play.waymark, [play.case_id]) == []
    play.until(after.at)
    assert play.told("office").count("the report is later than promised") == 1
    assert play.told("manager").count("the report is later than promised") == 0


@pytest.mark.rule("XX-2", "breaks")
@pytest.mark.rule("XX-A9", "breaks")
def test_xx_2_breaks_no_other_wait_stops_the_clock(play: Play) -> None:
    play.gp_asked().do("give_gp_consent").days(40)
    assert play.open == ["send_gp_request"]
    assert play.told("office").count("the report is later than promised") == 1


@pytest.mark.rule("XX-A9", "breaks")
def test_xx_a9_breaks_a_clock_that_stands_still_tells_the_employer_nothing(play: Play) -> None:
    """Were the clock shown to them, its standing still would tell: nothing else stops it."""
    play.gp_asked().through("give_gp_consent", "send_gp_request", "see_gp_report")
    while_waiting = [(one.name, one.at, one.paused_since) for one in play.case("manager").clocks]
    play.days(10).do("receive_gp_report")
    told = [(one.name, one.at, one.paused_since) for one in play.case("manager").clocks]
    assert while_waiting == told == []
    for who in EMPLOYER:
        assert "report_overdue" not in play.everything(who)
        assert (
            re.search("clock (stopped|runs on)|timer_(paused|resumed)|later than promised", play.everything(who))
            is None
        )
    kinds = {entry["kind"] for entry in play.history("practitioner")}
    assert {"engine.timer_paused", "engine.timer_resumed"} <= kinds


@pytest.mark.rule("XX-A9", "breaks")
@pytest.mark.parametrize("road", ["refused", "no answer"])
def test_xx_a9_breaks_without_consent_the_case_goes_on_and_nobody_asks_the_gp(play: Play, road: str) -> None:
    ROADS[road](play.gp_asked())
    assert play.open == ["confirm_sharing"]
    assert play.inbox("office", "groups") == []
    assert play.told("practitioner") == ["the case goes on as it is"]
    play.through("confirm_sharing", "write_report", "read_first", "release_report", "read_report")
    assert play.ended


@pytest.mark.rule("XX-A9", "breaks")
def test_xx_a9_breaks_a_report_that_the_employee_keeps_back_is_stopped(play: Play) -> None:
    ROADS["kept back"](play.gp_asked())
    assert play.open == ["confirm_sharing"]
    assert play.told("office")[0] == "please stop a request"


@pytest.mark.rule("XX-A9", "breaks")
def test_xx_a9_breaks_consent_without_the_rights_chosen_is_not_taken(play: Play) -> None:
    play.gp_asked()
    with pytest.raises(InvalidAnswers) as caught:
        play.do("give_gp_consent", gp_see_first=None, doctor=None)
    assert caught.value.messages == {
        "doctor": "Enter the name of the doctor",
        "gp_see_first": "Select yes if you would like to see the report first",
    }
    play.do("give_gp_consent")
    with pytest.raises(InvalidAnswers) as caught:
        play.do("send_gp_request", told_see_first=None)
    assert caught.value.messages.keys() == {"told_see_first"}


@pytest.mark.rule("XX-A9", "breaks")
@pytest.mark.parametrize("road", ROADS)
def test_xx_a9_breaks_the_employer_finds_no_trace_of_it_at_any_moment(play: Play, road: str) -> None:
    play.gp_asked()
    moments = ("give_gp_consent", "", *REST, "")
    for number, element in enumerate(moments):
        for who in EMPLOYER:
            found = re.search(r".{40}(\bgp\b|gp[-_]|specialist|doctor|surgery)", play.everything(who).lower())
            assert found is None, (who, play.open, found)
        if number == 0:
            ROADS[road](play)
        elif element:
            play.do(element)
    processes = {one.process for one in play.case("manager").diagrams}
    assert processes == {"referral", "assessment", "appointment", "report", "release"}
    for one in play.case("manager").diagrams:
        assert not any("gp" in element for element in (*one.done, *one.marks, *one.standing))
    with pytest.raises(NotFound):
        queries.diagram(play.waymark, play.actor("manager"), play.case_id, "gp-report", now=play.now)
    assert queries.diagram(play.waymark, play.actor("practitioner"), play.case_id, "gp-report", now=play.now)


@pytest.mark.rule("XX-A9", "breaks")
@pytest.mark.parametrize("road", ROADS)
def test_xx_a9_breaks_with_or_without_it_the_employer_sees_the_same_steps(play: Play, road: str) -> None:
    play.to("assess").through("assess", *REST)
    without = seen_by_the_manager(play)
    play.case_id, play.now = "", MONDAY
    ROADS[road](play.gp_asked()).through(*REST)
    assert seen_by_the_manager(play) == without


def seen_by_the_manager(play: Play) -> dict[str, Any]:
    """All but times, ids and hashes, which differ from case to case."""
    case, entries = play.case("manager"), play.history("manager")
    said = [entry["data"] for entry in entries if entry["kind"] != "command.start"]
    return {
        "timeline": [(one.who, one.what, one.detail, one.rules) for one in case.timeline],
        "answers": [(one.title, one.fields) for one in case.submissions],
        "diagrams": [(one.process, one.marks, one.done) for one in case.diagrams],
        "notices": play.told("manager"),
        "history": [(entry["seq"], entry["kind"], entry["actor"]) for entry in entries],
        "commitments": [sorted(data.get("commitments", {})) for data in said],
        "facts": [data.get("facts") for data in said],
    }
