"""XX-A2: consent may be withdrawn at any moment after it was given, and silence is never a yes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.errors import NotWaiting
from tests.unit.processes.play import Play

Stage = Callable[[], Play]


def consented() -> Play:
    return Play().start().do("give_consent")


STAGES: dict[str, Stage] = {
    "triage": consented,
    "give_information": lambda: consented().do("triage", triage="more_information", information_needed="Which shifts?"),
    "offer_appointment": lambda: consented().do("triage"),
    "answer_offer": lambda: consented().through("triage", "offer_appointment"),
    "keep_or_move": lambda: consented().through("triage", "offer_appointment", "answer_offer"),
    "assess": lambda: Play().to_the_assessment(),
    "give_gp_consent": lambda: (
        Play().to_the_assessment().do("assess", gp_report_needed="yes", gp_report_reason="Results")
    ),
    "confirm_sharing": lambda: Play().to_the_assessment().do("assess"),
    "read_first": lambda: Play().to_the_report(),
    "release_report": lambda: Play().to_the_report().do("read_first"),
}


@pytest.mark.rule("XX-A2", "follows")
@pytest.mark.parametrize("stage", STAGES)
def test_xx_a2_follows_withdrawal_stops_the_case_wherever_it_stands(stage: str) -> None:
    play = STAGES[stage]()
    assert play.open == [stage]
    play.told.clear()
    play.withdraw()
    assert play.ended
    assert stage in play.events("cancelled")
    assert play.told == [
        ("employee", "consent-withdrawn"),
        ("referring_manager", "consent-withdrawn"),
        ("oh_admin", "consent-withdrawn"),
        ("practitioner", "consent-withdrawn"),
    ]


@pytest.mark.rule("XX-A2", "breaks")
def test_xx_a2_breaks_there_is_nothing_to_withdraw_before_consent_or_after_the_end() -> None:
    play = Play().start()
    with pytest.raises(NotWaiting):
        play.withdraw()
    assert play.open == ["give_consent"]
    ended = consented().withdraw()
    with pytest.raises(NotWaiting):
        ended.withdraw()


@pytest.mark.rule("XX-A2", "breaks")
def test_xx_a2_breaks_silence_is_reminded_of_and_then_the_manager_decides() -> None:
    play = Play().start().days(4)
    assert play.told == [("employee", "consent-reminder")]
    play.days(4)
    assert [(task.element_id, task.role) for task in play.step.tasks] == [
        ("decide_consent_silence", "referring_manager")
    ]
    play.do("decide_consent_silence", after_silence="ask_again", decision_reason="Sam was on leave")
    assert play.open == ["give_consent"]
    play.days(8).do("decide_consent_silence", after_silence="close", decision_reason="Still no word")
    assert play.ended
    assert play.told[-2:] == [("employee", "consent-no-answer"), ("referring_manager", "consent-no-answer")]
    assert set(play.opened.values()) == {"employee", "referring_manager"}


@pytest.mark.rule("XX-A2", "breaks")
def test_xx_a2_breaks_where_the_policy_says_so_silence_ends_the_case() -> None:
    play = Play(employer="harbour").start().days(8)
    assert play.ended
    assert set(play.opened) == {"give_consent"}


@pytest.mark.rule("XX-A6", "breaks")
def test_xx_a6_breaks_silence_about_sharing_shares_nothing() -> None:
    play = Play().to_the_assessment().do("assess").days(8)
    assert ("employee", "sharing-reminder") in play.told
    assert play.open == ["decide_sharing_silence"]
    play.do("decide_sharing_silence", after_silence="close", decision_reason="No word")
    assert play.ended
    assert "write_report" not in play.opened
