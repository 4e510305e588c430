"""Cases that talk: a conference that a clarification starts, a committee and a specialist, a wait with a timer."""

from __future__ import annotations

from app.cases import commands
from tests.chaos.invariants import broken
from tests.chaos.world import MANAGER, NOW, days
from tests.db.messages.town import HR, Town


def test_a_clarification_starts_a_conference_and_hears_what_was_agreed(town: Town) -> None:
    asking = town.begin("clarification", file=7)
    [held] = town.cases_of("conference")
    assert town.open(held) == ["hold"]
    assert town.waits(asking) == [("agreed", asking)]
    town.do(held, "hold", who=HR)
    assert town.row(held).status == "completed"
    assert town.open(asking) == ["close"]
    assert town.facts(asking)["agreed"] == {"outcome": "adjust", "file": 7}
    assert town.letters("name", "state") == [("agenda", "started"), ("agreed", "delivered")]
    assert town.waits(asking) == []
    assert broken(town.waymark) == []


def test_two_pairs_exchange_questions_and_answers_crosswise(town: Town) -> None:
    """Round by round, the answers of the two pairs given in the other order: each reaches its own."""
    pairs = [(town.begin("committee", file), town.begin("specialist", file)) for file in (1, 2)]
    for turn in (1, 2, 3):
        commands.deliver(town.waymark, NOW)
        for _asks, answers in reversed(pairs):
            assert town.open(answers) == ["think"]
            assert town.facts(answers)["asked"] == {"round": turn}
            town.quietly(answers, "think", who=HR)
        commands.deliver(town.waymark, NOW)
        assert [town.facts(asks)["heard"] for asks, _ in pairs] == [{"to_round": turn}] * 2
    assert [town.open(asks) for asks, _ in pairs] == [["decide"], ["decide"]]
    assert town.letters() == ["delivered"] * 12
    assert broken(town.waymark) == []


def test_a_message_that_comes_first_is_kept_until_somebody_waits(town: Town) -> None:
    says, hears = town.begin("speaker"), town.begin("listener")
    town.do(says, "prepare")
    assert town.letters() == ["waiting"]
    assert commands.deliver(town.waymark, NOW + days(30)) == 0
    town.do(hears, "get_ready", NOW + days(30))
    assert town.waits(hears) == [("word", "1")]
    assert commands.deliver(town.waymark, NOW + days(30)) == 1
    assert town.open(hears) == ["used"]
    assert town.facts(hears)["heard"] == {"file": 1}
    assert town.letters() == ["delivered"]
    assert broken(town.waymark) == []


def test_a_timer_takes_the_wait_away_and_a_late_answer_finds_nobody(town: Town) -> None:
    asking = town.begin("clarification")
    [held] = town.cases_of("conference")
    late = NOW + days(20)
    assert commands.fire_due(town.waymark, late) == 1
    assert (town.open(asking), town.waits(asking)) == (["chase"], [])
    town.do(held, "hold", late, who=HR)
    assert town.letters("name", "state") == [("agenda", "started"), ("agreed", "waiting")]
    assert broken(town.waymark) == []


def test_words_of_one_case_are_heard_in_the_order_in_which_they_were_said(town: Town) -> None:
    says, hears = town.begin("hasty"), town.begin("collector")
    town.do(says, "prepare")
    assert [town.facts(hears)[f"word{at}"] for at in range(3)] == [{"at": 0}, {"at": 1}, {"at": 2}]
    assert town.letters() == ["delivered"] * 3
    assert broken(town.waymark) == []


def test_one_message_is_taken_by_one_case_the_one_that_waited_longest(town: Town) -> None:
    first, second = town.begin("listener"), town.begin("listener")
    town.do(second, "get_ready", NOW)
    town.do(first, "get_ready", NOW + days(1))
    says = town.begin("speaker", now=NOW + days(2))
    town.do(says, "prepare", NOW + days(2))
    assert (town.open(second), town.open(first)) == (["used"], [])
    town.do(town.begin("speaker", now=NOW + days(3)), "prepare", NOW + days(3))
    assert town.open(first) == ["used"]
    assert broken(town.waymark) == []


def test_a_case_does_not_hear_itself(town: Town) -> None:
    asks = town.begin("speaker")
    town.do(asks, "prepare")
    assert town.letters() == ["waiting"]
    assert commands.deliver(town.waymark, NOW) == 0


def test_the_end_of_a_case_takes_its_waits_with_it(town: Town) -> None:
    hears = town.begin("listener")
    town.do(hears, "get_ready")
    commands.cancel(town.waymark, town.actors[MANAGER], hears, "No longer needed", NOW)
    assert town.waits(hears) == []
    says = town.begin("speaker")
    town.do(says, "prepare")
    assert town.letters() == ["waiting"]
    assert broken(town.waymark) == []
