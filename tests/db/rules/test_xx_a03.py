"""XX-A3: the occupational health office accepts, asks for more, or declines and says why."""

from __future__ import annotations

import pytest

from app.errors import InvalidAnswers, NotFound
from tests.db.rules.playing import Play

ASKED = {"triage": "more_information", "information_needed": "Which shifts does she work?"}
STILL_NEEDED = "some information is still needed"


@pytest.mark.rule("XX-A3", "follows")
def test_xx_a3_follows_more_is_asked_for_reminded_of_by_the_clock_and_given(play_on_both: Play) -> None:
    play = play_on_both.to("triage").do("triage", **ASKED)
    shown = play.task("manager", "give_information")
    assert shown.form.answers["asked"] == "Which shifts does she work?"
    assert "remind" in {clock.kind for clock in shown.clocks}
    assert play.told("manager") == []
    play.days(3)
    assert play.told("manager") == [STILL_NEEDED]
    play.days(3)
    assert play.told("manager") == [STILL_NEEDED] * 2
    assert "XX-A3" in play.rules_beside("manager", "Reminder: Every few days")
    play.do("give_information")
    assert play.open == ["triage"]
    assert play.task("office", "triage").form.answers["information"] == "Early shifts since January"
    assert "XX-A3" in play.rules_beside("manager", "completed “Add the information asked for”")
    play.days(8)
    assert play.told("manager") == [STILL_NEEDED] * 2
    play.do("triage")
    assert play.open == ["offer_appointment"]


@pytest.mark.rule("XX-A3", "follows")
def test_xx_a3_follows_a_silent_manager_does_not_hold_the_referral_up(play: Play) -> None:
    play.to("triage").do("triage", **ASKED).days(20)
    assert play.open == ["triage"]
    assert [row.name for row in play.inbox("office", "groups")] == ["Triage the referral"]


@pytest.mark.rule("XX-A3", "breaks")
def test_xx_a3_breaks_triage_left_lying_is_overdue_and_the_office_is_told(play: Play) -> None:
    play.to("triage").days(3)
    (row,) = play.inbox("office", "groups")
    assert row.overdue
    assert play.told("office") == ["a referral waits for triage"]
    assert "XX-A3" in play.rules_beside("office", "Deadline passed: Triage late")
    play.do("triage")
    assert "after its deadline" in next(one.what for one in play.case("office").timeline if "completed “T" in one.what)


@pytest.mark.rule("XX-A3", "breaks")
@pytest.mark.parametrize(
    ("word", "field", "sentence"),
    [
        ("decline", "decline_reason", "Enter the reason for declining"),
        ("more_information", "information_needed", "Enter what else you need to know"),
    ],
)
def test_xx_a3_breaks_neither_declining_nor_asking_goes_without_words(
    play: Play, word: str, field: str, sentence: str
) -> None:
    play.to("triage")
    with pytest.raises(InvalidAnswers) as caught:
        play.do("triage", triage=word, practitioner=None)
    assert caught.value.messages == {field: sentence}
    assert play.open == ["triage"]


@pytest.mark.rule("XX-A3", "breaks")
def test_xx_a3_breaks_a_declined_referral_ends_and_both_read_why(play: Play) -> None:
    why = "The school's own service can help sooner"
    play.to("triage").do("triage", triage="decline", practitioner=None, decline_reason=why)
    assert play.ended
    for who in ("manager", "employee"):
        assert play.told(who)[0] == "the referral was not taken on"
        assert why not in play.notices(who)[0]
        assert why in str(play.case(who).submissions)


@pytest.mark.rule("XX-A3", "breaks")
@pytest.mark.parametrize("who", ["manager", "employee", "hr", "practitioner", "fiona.mackay"])
def test_xx_a3_breaks_only_the_office_triages(play: Play, who: str) -> None:
    play.to("triage")
    with pytest.raises(NotFound):
        play.do("triage", by=who)
