"""Conflict of interest: nobody acts in their own case for the organisation, hears an appeal from their own decision, or
approves their own notes. Refused when a task is taken, passed on, given, and done (NW-10, WW-1.3b)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from app import db, definitions, records
from app.cases import commands, queries
from app.cases.parties.conflict import ConflictOfInterest, NotImpartial, OtherPart, OwnCase, OwnDecision
from app.cases.parties.joining import OnBothSides
from app.cases.tables import case, task
from app.engine import Bundle
from app.errors import InvalidAnswers, WaymarkError
from app.history import history_event
from app.identity import Actor
from app.identity.people import actor_of_person, create_membership, create_person
from app.settings import ROOT
from tests.chaos.invariants import broken
from tests.chaos.world import EMPLOYEE, MANAGER, NOW, OTHER_MANAGER, World
from tests.unit.engine.models import Diagram

RUTH, HANA, OTTO = "ruth.bell", "hana.west", "otto.lang"
HR = {"camunda__candidateGroups": "hr"}
NOT_LINE = {"notHeldBy": "line_manager"}


def process(hearer: str = "hr") -> Bundle:
    """A decision, an appeal from it, notes and their approval; the hearing is for nobody who is the line manager."""
    diagram = Diagram("appeal", "Appeal").start(camunda__formRef="referral", props={"starters": "manager hr"})
    diagram.user("decide", **HR).user("note", **HR)
    diagram.user("hear", props={"notDoneBy": "decide", **NOT_LINE}, camunda__candidateGroups=hearer)
    diagram.user("approve", props={"notDoneBy": "note"}, **HR).end()
    diagram.chain("start", "decide", "hear", "note", "approve", "end")
    form = (ROOT / "forms" / "referral.form").read_bytes()
    return Bundle("appeal", {"appeal.bpmn": diagram.xml(), "referral.form": form})


@pytest.fixture
def town(world: World) -> World:
    """Three people in HR, one of them a manager too."""
    with db.transaction(world.engine) as connection:
        create_person(connection, "Hana West", "northfield", ["employee", "hr"], person_id=HANA)
        create_person(connection, "Otto Lang", "northfield", ["employee", "hr", "manager"], person_id=OTTO)
        definitions.deploy(connection, process(), "system", "", NOW)
    return world


def who(world: World, name: str) -> Actor:
    with db.reading(world.engine) as connection:
        return actor_of_person(connection, name)


def begin(world: World, **changes: Any) -> str:
    answers = {**world.answers("start", NOW), **changes}
    return commands.start(world.waymark, who(world, MANAGER), "appeal", answers, NOW).case_id


def do(world: World, case_id: str, element: str, name: str) -> None:
    commands.complete(world.waymark, who(world, name), world.task(case_id, element), {}, None, NOW)


def claim(world: World, case_id: str, element: str, name: str) -> None:
    commands.claim(world.waymark, who(world, name), world.task(case_id, element), NOW)


def join(world: World, case_id: str, role: str, person: str, by: str = MANAGER) -> None:
    commands.join(world.waymark, who(world, by), case_id, role, person, "", NOW, why="conflict")


def assignee(world: World, case_id: str, element: str) -> Any:
    return world.scalar(sa.select(task.c.assignee_id).where(task.c.case_id == case_id, task.c.element_id == element))


def in_queue(world: World, name: str) -> dict[str, tuple[bool, str]]:
    items = queries.inbox(world.waymark, who(world, name), "groups", now=NOW).items
    return {one.name: (one.can_claim, one.barred_by) for one in items}


# -- an appeal, and notes ------------------------------------------------------------------------------------------


@pytest.mark.rule("NW-10", "breaks")
def test_nobody_hears_an_appeal_from_their_own_decision(town: World) -> None:
    case_id = begin(town)
    do(town, case_id, "decide", RUTH)
    sentence = "You did “decide” in this case, so somebody else has to do this."
    assert in_queue(town, RUTH) == {"hear": (False, sentence)}
    assert in_queue(town, HANA) == {"hear": (True, "")}
    shown = queries.task(town.waymark, who(town, RUTH), town.task(case_id, "hear"), NOW)
    assert (shown.can_work, shown.can_claim, shown.barred_by) == (False, False, sentence)
    for refused in (claim, do):
        with pytest.raises(OwnDecision, match="You did “decide”"):
            refused(town, case_id, "hear", RUTH)
    claim(town, case_id, "hear", HANA)
    with pytest.raises(NotImpartial):
        commands.pass_on(town.waymark, who(town, HANA), town.task(case_id, "hear"), RUTH, NOW)
    assert RUTH not in dict(queries.colleagues(town.waymark, who(town, HANA), town.task(case_id, "hear")))
    do(town, case_id, "hear", HANA)
    assert broken(town.waymark) == []


@pytest.mark.rule("WW-1.3b", "breaks")
def test_nobody_approves_their_own_notes_and_what_was_done_before_rules_nothing_else_out(town: World) -> None:
    case_id = begin(town)
    for element, name in (("decide", RUTH), ("hear", HANA), ("note", RUTH)):
        do(town, case_id, element, name)
    with pytest.raises(OwnDecision, match="You did “note”"):
        claim(town, case_id, "approve", RUTH)
    do(town, case_id, "approve", HANA)
    assert town.row(case_id).status == "completed"


@pytest.mark.rule("NW-10", "breaks")
def test_whoever_is_or_was_in_a_role_that_rules_it_out_does_not_hear_it(town: World) -> None:
    case_id = begin(town, line_manager=OTTO)
    do(town, case_id, "decide", RUTH)
    for _ in ("is", "was"):
        with pytest.raises(OtherPart, match="Line manager"):
            claim(town, case_id, "hear", OTTO)
        if town.row(case_id).parties["line_manager"] == [OTTO]:
            join(town, case_id, "line_manager", OTHER_MANAGER)
    do(town, case_id, "hear", HANA)


@pytest.mark.rule("NW-10", "breaks")
def test_a_party_with_a_conflict_is_not_given_the_task_which_goes_to_the_team(town: World) -> None:
    case_id = begin(town)
    join(town, case_id, "hr", RUTH)
    assert assignee(town, case_id, "decide") == RUTH
    do(town, case_id, "decide", RUTH)
    assert assignee(town, case_id, "hear") is None
    assert in_queue(town, HANA) == {"hear": (True, "")}
    said = "“hear” was given to nobody: Ruth Bell has a part in the case that rules it out"
    assert said in [one.what for one in queries.case(town.waymark, who(town, MANAGER), case_id, NOW).timeline]
    join(town, case_id, "hr", HANA)
    assert assignee(town, case_id, "hear") == HANA
    assert broken(town.waymark) == []


@pytest.mark.rule("NW-10", "breaks")
def test_where_there_is_no_team_the_case_says_that_somebody_has_to_be_named(town: World) -> None:
    with db.transaction(town.engine) as connection:
        create_membership(connection, RUTH, "northfield", "manager")
        definitions.deploy(connection, process("line_manager"), "system", "", NOW)
    form = process("line_manager")
    assert form.key == "appeal"
    case_id = begin(town, line_manager=RUTH)
    do(town, case_id, "decide", RUTH)
    assert assignee(town, case_id, "hear") is None
    shown = queries.case_people(town.waymark, who(town, MANAGER), case_id, NOW)
    assert shown.nobody == ["“hear” waits for somebody else to be named as line manager."]
    assert [one.stuck for one in queries.case(town.waymark, who(town, MANAGER), case_id, NOW).tasks] == [True]


# -- one's own case ------------------------------------------------------------------------------------------------


def test_nobody_works_on_their_own_case_for_the_organisation(town: World) -> None:
    """HR's own case stands in HR's queue: the others can take it."""
    case_id = begin(town, employee=RUTH)
    words = "This case is about you, so somebody else has to do this on behalf of the organisation."
    assert in_queue(town, RUTH) == {"decide": (False, words)}
    for refused in (claim, do):
        with pytest.raises(OwnCase):
            refused(town, case_id, "decide", RUTH)
    with pytest.raises(NotImpartial):
        join(town, case_id, "hr", RUTH)
    with pytest.raises(WaymarkError):
        commands.cancel(town.waymark, who(town, RUTH), case_id, "I would rather not", NOW)
    view = queries.case(town.waymark, who(town, RUTH), case_id, NOW)
    assert not view.can_cancel
    do(town, case_id, "decide", HANA)


@pytest.mark.rule("XX-A1", "breaks")
def test_nobody_refers_themselves_and_nobody_is_their_own_line_manager(town: World) -> None:
    for changes, field in (({"employee": MANAGER}, "employee"), ({"line_manager": EMPLOYEE}, "line_manager")):
        with pytest.raises(InvalidAnswers) as caught:
            begin(town, **changes)
        assert list(caught.value.messages) == [field]
    with db.transaction(town.engine) as connection:
        create_membership(connection, EMPLOYEE, "northfield", "manager")
    with pytest.raises(InvalidAnswers) as caught:
        begin(town, line_manager=EMPLOYEE)
    assert "cannot act in it for an organisation" in caught.value.messages["line_manager"]
    assert town.scalar(sa.select(sa.func.count()).select_from(case)) == 0


def test_whoever_is_with_the_employee_acts_for_no_organisation(town: World) -> None:
    case_id = begin(town)
    join(town, case_id, "companion", OTTO, by=EMPLOYEE)
    with pytest.raises(OnBothSides):
        join(town, case_id, "line_manager", OTTO)


# -- at the same moment --------------------------------------------------------------------------------------------


def at_once(*commands_: Callable[[], None]) -> list[str]:
    """Each in a thread of its own, all let go together; the classes of what was refused."""
    gate, refused = threading.Barrier(len(commands_)), []

    def run(command: Callable[[], None]) -> None:
        gate.wait()
        try:
            command()
        except WaymarkError as error:
            refused.append(type(error).__name__)

    threads = [threading.Thread(target=run, args=(one,)) for one in commands_]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return refused


@pytest.mark.rule("NW-10", "breaks")
def test_who_has_taken_it_and_then_gets_a_part_that_rules_it_out_loses_it(town: World) -> None:
    case_id = begin(town)
    do(town, case_id, "decide", RUTH)
    claim(town, case_id, "hear", OTTO)
    commands.save_draft(town.waymark, who(town, OTTO), town.task(case_id, "hear"), {"x": "begun"}, NOW)
    join(town, case_id, "line_manager", OTTO)
    assert assignee(town, case_id, "hear") is None
    assert town.scalar(sa.select(sa.func.count()).select_from(records.draft)) == 0
    assert broken(town.waymark) == []


@pytest.mark.rule("NW-10", "breaks")
def test_claim_and_join_at_once_leave_nobody_with_a_task_that_they_may_not_do(town: World) -> None:
    orders = set()
    for _ in range(6):
        case_id = begin(town)
        do(town, case_id, "decide", RUTH)
        refused = at_once(
            partial(claim, town, case_id, "hear", OTTO),
            partial(join, town, case_id, "line_manager", OTTO),
        )
        orders.add(tuple(refused))
        assert set(refused) <= {"OtherPart"}
        assert town.row(case_id).parties["line_manager"] == [OTTO]
        assert assignee(town, case_id, "hear") is None
        with pytest.raises(ConflictOfInterest):
            do(town, case_id, "hear", OTTO)
    assert orders
    assert broken(town.waymark) == []


def test_two_hand_over_the_same_part_at_once_and_one_person_has_it(town: World) -> None:
    case_id = begin(town)
    join(town, case_id, "hr", RUTH)
    at_once(
        lambda: join(town, case_id, "hr", HANA),
        lambda: join(town, case_id, "hr", OTTO),
    )
    (holder,) = town.row(case_id).parties["hr"]
    assert holder in {HANA, OTTO}
    assert assignee(town, case_id, "decide") == holder
    count = sa.select(sa.func.count()).select_from(history_event).where(history_event.c.kind == "command.join")
    assert town.scalar(count.where(history_event.c.case_id == case_id)) == 3
    assert broken(town.waymark) == []
