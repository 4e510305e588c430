"""XX-A5: one named practitioner assesses, and stays the practitioner of the case."""

from __future__ import annotations

import pytest

from app.cases import commands, queries
from app.errors import InvalidAnswers, NotFound
from tests.db.rules.playing import Play

OTHER = "nina.kaur"
TASKS = ("record_attendance", "assess", "write_report", "release_report")


@pytest.mark.rule("XX-A5", "follows")
def test_xx_a5_follows_the_named_practitioner_does_all_that_follows(play_on_both: Play) -> None:
    play = play_on_both.to("record_attendance").do("record_attendance")
    for own, others in (("assess", "confirm_sharing"), ("write_report", "read_first"), ("release_report", "")):
        assert [row.name for row in play.inbox("practitioner")] == [play.task("practitioner", own).name]
        play.through(own, *filter(None, [others]))
    assert ("practitioner", "Dr Samuel Okoro") in {(one.role, one.name) for one in play.case("employee").parties}
    assert "XX-A5" in play.rules_beside("manager", "Assessed")


@pytest.mark.rule("XX-A5", "breaks")
@pytest.mark.parametrize("element", TASKS)
def test_xx_a5_breaks_a_colleague_neither_sees_nor_does_what_is_the_named_ones(play: Play, element: str) -> None:
    play.to(element)
    task_id, colleague = play.task_id(element), play.actor(OTHER)
    assert [*play.inbox(OTHER, "mine"), *play.inbox(OTHER, "groups")] == []
    with pytest.raises(NotFound):
        queries.task(play.waymark, colleague, task_id, play.now)
    with pytest.raises(NotFound):
        commands.claim(play.waymark, colleague, task_id, play.now)
    with pytest.raises(NotFound):
        commands.save_draft(play.waymark, colleague, task_id, {"notes": "Mine now"}, play.now)
    with pytest.raises(NotFound):
        play.do(element, by=OTHER)
    with pytest.raises(NotFound):
        play.case(OTHER)
    assert play.open == [element]


@pytest.mark.rule("XX-A5", "breaks")
@pytest.mark.parametrize("name", [None, "amir.shah", "olivia.hart"])
def test_xx_a5_breaks_no_referral_is_accepted_without_a_practitioner_of_the_provider(
    play: Play, name: str | None
) -> None:
    play.to("triage")
    with pytest.raises(InvalidAnswers) as caught:
        play.do("triage", practitioner=name)
    assert caught.value.messages.keys() == {"practitioner"}
    assert play.open == ["triage"]


@pytest.mark.rule("XX-A5", "follows")
def test_xx_a5_follows_whoever_is_named_has_the_case_and_nobody_else(play: Play) -> None:
    play.to("triage").do("triage", practitioner=OTHER).through("offer_appointment", "answer_offer").to_appointment()
    assert [row.name for row in play.inbox(OTHER)] == ["Record attendance"]
    assert play.inbox("practitioner") == []
    with pytest.raises(NotFound):
        play.do("record_attendance")
