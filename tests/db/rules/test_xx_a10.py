"""XX-A10: a follow-up review is the same process, started by the practitioner from the earlier case."""

from __future__ import annotations

import pytest

from app.cases import queries
from app.errors import NotFound, NotWaiting
from tests.db.rules.playing import PRIVATE, Play


def reviewed(play: Play) -> tuple[Play, str]:
    """A case played to its end, and its id; the play then stands before its follow-up."""
    play.to("read_report").do("read_report")
    first = play.case_id
    play.days(28).case_id = ""
    return play, first


@pytest.mark.rule("XX-A10", "follows")
def test_xx_a10_follows_a_review_begins_with_what_is_known_and_asks_consent_again(play_on_both: Play) -> None:
    play, first = reviewed(play_on_both)
    known = queries.start_form(
        play.waymark, play.actor("practitioner"), "referral", previous_case=first, now=play.now
    ).answers
    assert known["employee"] == "grace.obi"
    assert known["line_manager"] == "helen.ward"
    assert known["job_title"] == "Staff nurse"
    assert "reason" not in known
    play.start(by="practitioner", previous=first, **{**known, "ground": "review", "reason": "A look after four weeks"})
    assert play.open == ["give_consent"]
    case = play.case("employee")
    assert case.previous_case is not None
    assert case.previous_case[0] == first
    assert {(one.role, one.name) for one in case.parties} >= {
        ("employee", "Grace Obi"),
        ("referring_manager", "Amir Shah"),
        ("practitioner", "Dr Samuel Okoro"),
    }
    assert play.row.facts["follow_up"] is True
    assert "XX-A10" in play.rules_beside("employee", "started the case")
    play.through("give_consent", "triage")
    assert play.open == ["offer_appointment"]


@pytest.mark.rule("XX-A10", "breaks")
@pytest.mark.parametrize(
    "who", ["manager", "line_manager", "hr", "employee", "office", "nina.kaur", "fiona.mackay", "ada.stone"]
)
def test_xx_a10_breaks_nobody_else_starts_one_from_the_case(play: Play, who: str) -> None:
    play.to("assess")
    first = play.case_id
    with pytest.raises(NotFound):
        queries.start_form(play.waymark, play.actor(who), "referral", previous_case=first, now=play.now)
    with pytest.raises(NotFound):
        play.start(by=who, previous=first)


@pytest.mark.rule("XX-A10", "breaks")
def test_xx_a10_breaks_earlier_consent_does_not_carry_over(play: Play) -> None:
    play, first = reviewed(play)
    play.start(by="practitioner", previous=first, ground="review")
    assert play.inbox("office", "groups") == []
    with pytest.raises(NotWaiting):
        play.withdraw()
    play.do("give_consent", consent="refused")
    assert play.ended
    assert PRIVATE not in play.everything("manager")


@pytest.mark.rule("XX-A10", "breaks")
def test_xx_a10_breaks_a_case_that_does_not_exist_has_no_follow_up(play: Play) -> None:
    with pytest.raises(NotFound):
        play.start(by="practitioner", previous="no-such-case")
