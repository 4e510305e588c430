"""Many say the same at once: one of them is heard, the others are told so, and leave no trace."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from app.cases import Waymark, commands
from app.errors import SaidTooLate
from app.records import submission
from app.settings import Settings
from tests.chaos.crowd import crowd, successes
from tests.chaos.invariants import broken
from tests.chaos.world import MANAGER, NOW
from tests.db.said.square import EMPLOYEE, Square, square

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

CLIENTS, ROUNDS = (16, 200) if os.environ.get("WAYMARK_CHAOS") else (6, 8)


def contest(at: Square, element: str) -> tuple[list[str], list[list[Any]]]:
    """The cases, and what each of the clients was told, round by round. Half of them are the employee, half the
    manager; `element` by its id, or by "wait" the one wait of it."""
    cases = [at.begin("talk") for _ in range(ROUNDS)]
    waits = [at.wait_of(case_id, element) for case_id in cases]
    people = [at.actors[EMPLOYEE], at.actors[MANAGER if element == "stop" else EMPLOYEE]]

    def act(waymark: Waymark, turn: int, meet: Callable[[], None]) -> Any:
        meet()
        who, answers = people[os.getpid() % 2], {"words": "stop", "urgent": "no"} if element == "stop" else {}
        return commands.say(waymark, who, cases[turn], waits[turn], answers, NOW)

    return cases, crowd(at.waymark.settings, CLIENTS, ROUNDS, act)


@pytest.fixture(name="at")
def _at(postgres_settings: Settings) -> Any:
    made = square(postgres_settings)
    yield made
    made.engine.dispose()


def test_of_many_who_stop_a_case_one_is_heard(at: Square) -> None:
    cases, found = contest(at, "stop")
    for turn, case_id in enumerate(cases):
        answers = [client[turn] for client in found]
        assert len(successes(answers)) == 1
        assert {type(one) for one in answers if isinstance(one, BaseException)} == {SaidTooLate}
        assert at.open(case_id) == ["stopped"]
        assert len(at.told(case_id, "case.said")) == 1
    sealed = at.rows(sa.select(submission).where(submission.c.form_id == "stopped"))
    assert len(sealed) == ROUNDS
    assert broken(at.waymark) == []


def test_control_what_does_not_interrupt_is_heard_from_each(at: Square) -> None:
    """The contest is one: without an end to the wait nobody is refused."""
    cases, found = contest(at, "note")
    assert all(len(successes([client[turn] for client in found])) == CLIENTS for turn in range(ROUNDS))
    assert all(at.open(case_id).count("noted") == CLIENTS for case_id in cases)
    assert broken(at.waymark) == []
