"""What the commands answer: to a second completion, to a stranger, to a key that comes again, to an ended case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from app.cases import commands
from app.cases.completing import ChangedMeanwhile
from app.cases.receipts import KeyReused
from app.cases.tables import case, receipt
from app.errors import (
    AlreadyDone,
    CaseEnded,
    ClaimedByAnother,
    InvalidAnswers,
    NotAllowed,
    NotFound,
    NotWaiting,
    TaskClosed,
    WaymarkError,
)
from app.history import history_event
from app.records import draft
from tests.chaos.invariants import broken
from tests.chaos.world import (
    ADMINISTRATOR,
    COLLEAGUE,
    EMPLOYEE,
    MANAGER,
    NOW,
    OFFICE,
    OTHER_MANAGER,
    PRACTITIONER,
    SECOND_OFFICE,
    STRANGER,
    World,
    days,
)


def count(world: World, table: sa.Table) -> int:
    return int(world.scalar(sa.select(sa.func.count()).select_from(table)))


def unchanged(world: World, refused: type[WaymarkError], act: Callable[[], Any]) -> WaymarkError:
    """`act` is refused, with the HTTP status of its class, and leaves everything as it was."""
    before = [count(world, table) for table in (history_event, receipt, draft, case)]
    with pytest.raises(refused) as caught:
        act()
    assert type(caught.value) is refused
    assert [count(world, table) for table in (history_event, receipt, draft, case)] == before
    assert broken(world.waymark) == []
    return caught.value


def test_a_second_completion_is_told_so(world: World) -> None:
    case_id, now = world.case_at("triage")
    world.complete(case_id, "triage", now)
    for who in (OFFICE, SECOND_OFFICE):
        error = unchanged(world, AlreadyDone, lambda who=who: world.complete(case_id, "triage", now, who=who))
        assert error.status == 409


def test_a_version_that_is_not_the_newest_is_refused(world: World) -> None:
    case_id, now = world.case_at("triage")
    task_id, clerk = world.task(case_id, "triage"), world.actors[OFFICE]
    version = commands.claim(world.waymark, clerk, task_id, now)
    assert version == 2
    answers = world.answers("triage", now)
    for stale in (1, 3):
        unchanged(
            world,
            ChangedMeanwhile,
            lambda stale=stale: commands.complete(world.waymark, clerk, task_id, answers, stale, now),
        )
    assert commands.complete(world.waymark, clerk, task_id, answers, version, now).case_id == case_id


@pytest.mark.parametrize("who", [EMPLOYEE, MANAGER, OTHER_MANAGER, STRANGER, ADMINISTRATOR, PRACTITIONER, COLLEAGUE])
def test_a_task_that_is_not_theirs_is_not_there(world: World, who: str) -> None:
    case_id, now = world.case_at("triage")
    task_id, actor, w = world.task(case_id, "triage"), world.actors[who], world.waymark
    for act in (
        lambda: commands.complete(w, actor, task_id, {}, None, now),
        lambda: commands.claim(w, actor, task_id, now),
        lambda: commands.unclaim(w, actor, task_id, now),
        lambda: commands.save_draft(w, actor, task_id, {}, now),
    ):
        unchanged(world, NotFound, act)


def test_a_task_that_never_was_and_one_of_another_case_are_alike(world: World) -> None:
    world.case_at("triage")
    clerk, now = world.actors[OFFICE], NOW
    errors = [
        unchanged(world, NotFound, lambda one=one: commands.complete(world.waymark, clerk, one, {}, None, now))
        for one in ("no-such-task", "", world.task(world.start().case_id, "give_consent"))
    ]
    assert len({error.detail for error in errors}) == 1


def test_claims(world: World) -> None:
    case_id, now = world.case_at("triage")
    task_id, w = world.task(case_id, "triage"), world.waymark
    first, second = world.actors[OFFICE], world.actors[SECOND_OFFICE]
    assert commands.unclaim(w, first, task_id, now) == 1
    assert commands.claim(w, first, task_id, now) == 2
    assert commands.claim(w, first, task_id, now) == 2
    unchanged(world, ClaimedByAnother, lambda: commands.claim(w, second, task_id, now))
    unchanged(world, NotAllowed, lambda: commands.unclaim(w, second, task_id, now))
    unchanged(world, ClaimedByAnother, lambda: commands.save_draft(w, second, task_id, {}, now))
    unchanged(world, ClaimedByAnother, lambda: world.complete(case_id, "triage", now, who=SECOND_OFFICE))
    assert commands.unclaim(w, first, task_id, now) == 3
    assert commands.claim(w, second, task_id, now) == 4
    world.complete(case_id, "triage", now, who=SECOND_OFFICE)
    unchanged(world, AlreadyDone, lambda: commands.claim(w, first, task_id, now))
    unchanged(world, AlreadyDone, lambda: commands.unclaim(w, second, task_id, now))


def test_what_the_case_gave_to_somebody_cannot_be_given_back(world: World) -> None:
    case_id, now = world.case_at("triage")
    given, w = world.task(world.start().case_id, "give_consent"), world.waymark
    unchanged(world, NotAllowed, lambda: commands.unclaim(w, world.actors[EMPLOYEE], given, now))
    assert commands.claim(w, world.actors[EMPLOYEE], given, now) == 1
    assert world.row(case_id).status == "running"


def test_a_draft_is_kept_until_the_task_is_done(world: World) -> None:
    case_id, now = world.case_at("triage")
    task_id, w = world.task(case_id, "triage"), world.waymark
    commands.save_draft(w, world.actors[OFFICE], task_id, {"triage": "accept"}, now)
    commands.save_draft(w, world.actors[SECOND_OFFICE], task_id, {"anything": ["goes", 1]}, now)
    assert count(world, draft) == 1
    unchanged(world, InvalidAnswers, lambda: commands.complete(w, world.actors[OFFICE], task_id, {}, None, now))
    assert count(world, draft) == 1
    world.complete(case_id, "triage", now)
    assert count(world, draft) == 0
    unchanged(world, AlreadyDone, lambda: commands.save_draft(w, world.actors[OFFICE], task_id, {}, now))


@pytest.mark.parametrize("ending", ["cancel", "withdraw", "timer"])
def test_a_draft_goes_with_its_task(world: World, ending: str) -> None:
    """Nobody will ever send it, and it may hold what the employee has just withdrawn."""
    w = world.waymark
    case_id, now = world.case_at("give_consent" if ending == "timer" else "assess")
    element, who = ("give_consent", EMPLOYEE) if ending == "timer" else ("assess", PRACTITIONER)
    commands.save_draft(w, world.actors[who], world.task(case_id, element), {"notes": "half a sentence"}, now)
    if ending == "cancel":
        commands.cancel(w, world.actors[MANAGER], case_id, "Gone", now)
    elif ending == "withdraw":
        commands.withdraw_consent(w, world.actors[EMPLOYEE], case_id, now)
    else:
        commands.fire_due(w, now + days(60))
    unchanged(
        world, TaskClosed, lambda: commands.save_draft(w, world.actors[who], world.task(case_id, element), {}, now)
    )
    assert count(world, draft) == 0


def test_a_key_that_comes_again_gets_the_first_answer(world: World) -> None:
    first = world.start(key="k1")
    assert world.start(key="k1") == first
    assert world.start(key="k2") != first
    assert world.start().case_id != world.start().case_id
    case_id, now = world.case_at("triage")
    done = world.complete(case_id, "triage", now, key="k3")
    assert world.complete(case_id, "triage", now + days(1), key="k3") == done
    assert broken(world.waymark) == []


def test_a_key_is_its_owners(world: World) -> None:
    first = world.start(key="k1")
    other = world.start(key="k1", who=OTHER_MANAGER)
    assert other.case_id != first.case_id


def test_a_key_that_was_used_for_something_else_is_refused(world: World) -> None:
    w, manager = world.waymark, world.actors[MANAGER]
    world.start(key="k1")
    others = {**world.answers("start", NOW), "reason": "Another reason"}
    unchanged(world, KeyReused, lambda: commands.start(w, manager, "referral", others, NOW, "k1"))
    case_id, now = world.case_at("triage")
    second, _ = world.case_at("triage")
    world.complete(case_id, "triage", now, key="k2")
    unchanged(world, KeyReused, lambda: world.complete(second, "triage", now, key="k2"))
    answers = {**world.answers("triage", now), "practitioner": COLLEAGUE}
    task_id = world.task(case_id, "triage")
    unchanged(world, KeyReused, lambda: commands.complete(w, world.actors[OFFICE], task_id, answers, None, now, "k2"))


def test_an_empty_key_is_no_key(world: World) -> None:
    assert world.start(key="").case_id != world.start(key="").case_id
    assert count(world, receipt) == 0


def test_withdrawal_needs_a_consent_and_the_employee(world: World) -> None:
    w, case_id = world.waymark, world.start().case_id
    error = unchanged(world, NotWaiting, lambda: commands.withdraw_consent(w, world.actors[EMPLOYEE], case_id, NOW))
    assert "consent" in error.detail
    world.complete(case_id, "give_consent", NOW)
    for who in (MANAGER, OFFICE, STRANGER, ADMINISTRATOR):
        unchanged(world, NotFound, lambda who=who: commands.withdraw_consent(w, world.actors[who], case_id, NOW))
    commands.withdraw_consent(w, world.actors[EMPLOYEE], case_id, NOW, "I have changed my mind")
    assert broken(w) == []


def test_ending_a_case_needs_standing_and_a_reason(world: World) -> None:
    case_id, now = world.case_at("offer_appointment")
    w = world.waymark
    for who in (STRANGER, ADMINISTRATOR, COLLEAGUE):
        unchanged(world, NotFound, lambda who=who: commands.cancel(w, world.actors[who], case_id, "Why", now))
    for who in (EMPLOYEE, PRACTITIONER):
        unchanged(world, NotAllowed, lambda who=who: commands.cancel(w, world.actors[who], case_id, "Why", now))
    for reason in ("", "  \n", "x" * 2001):
        unchanged(
            world,
            InvalidAnswers,
            lambda reason=reason: commands.cancel(w, world.actors[MANAGER], case_id, reason, now),
        )
    unchanged(world, NotFound, lambda: commands.cancel(w, world.actors[MANAGER], "no-such-case", "Why", now))


@pytest.mark.parametrize("ending", ["completed", "cancelled", "withdrawn"])
def test_nothing_more_happens_in_an_ended_case(world: World, ending: str) -> None:
    case_id, now = world.case_at({"completed": "nothing"}.get(ending, "triage"))
    w, task_id = world.waymark, world.task(case_id, "triage")
    if ending == "cancelled":
        commands.cancel(w, world.actors[MANAGER], case_id, "Gone", now)
    if ending == "withdrawn":
        commands.withdraw_consent(w, world.actors[EMPLOYEE], case_id, now)
    assert world.row(case_id).status != "running"
    closed = AlreadyDone if ending == "completed" else TaskClosed
    clerk, answers = world.actors[OFFICE], world.answers("triage", now)
    unchanged(world, closed, lambda: commands.complete(w, clerk, task_id, answers, None, now))
    unchanged(world, closed, lambda: commands.claim(w, clerk, task_id, now))
    unchanged(world, closed, lambda: commands.unclaim(w, clerk, task_id, now))
    unchanged(world, closed, lambda: commands.save_draft(w, clerk, task_id, answers, now))
    unchanged(world, CaseEnded, lambda: commands.cancel(w, world.actors[MANAGER], case_id, "Again", now))
    unchanged(world, CaseEnded, lambda: commands.withdraw_consent(w, world.actors[EMPLOYEE], case_id, now))
    assert commands.fire_due(w, now + days(3650)) == 0
    assert broken(w) == []


@pytest.mark.parametrize("who", [EMPLOYEE, OFFICE, PRACTITIONER, ADMINISTRATOR])
def test_who_may_not_start_does_not(world: World, who: str) -> None:
    w, answers = world.waymark, world.answers("start", NOW)
    unchanged(world, NotAllowed, lambda: commands.start(w, world.actors[who], "referral", answers, NOW))


def test_a_start_that_cannot_be(world: World) -> None:
    w, manager, answers = world.waymark, world.actors[MANAGER], world.answers("start", NOW)
    unchanged(world, NotFound, lambda: commands.start(w, manager, "no-such-process", answers, NOW))
    unchanged(world, InvalidAnswers, lambda: commands.start(w, manager, "referral", {}, NOW, "k"))
    # somebody of another employer is no choice of this form
    theirs = {**answers, "employee": "callum.reid"}
    unchanged(world, InvalidAnswers, lambda: commands.start(w, manager, "referral", theirs, NOW))
    case_id, _ = world.case_at("triage")
    unchanged(world, NotFound, lambda: commands.start(w, manager, "referral", answers, NOW, previous_case=case_id))
    assert world.start(key="k").reference.startswith("R-2026-")
