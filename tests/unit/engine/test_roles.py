"""Whose a task is, worked out when it becomes open: one activity asks each of several parts in its own role."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from app.engine import Incident, Retry
from tests.unit.decisions.dmn_builder import decision, dmn, table
from tests.unit.engine.migrating import move, refused, said
from tests.unit.engine.models import Bundle, Diagram, Play, bundle, instances, load

BY_PART = {"camunda__candidateGroups": "${part.role}"}
ROLES = {"roles": "line_manager hr employee"}
#: who takes part, by policy: role, part, and whether they must be there
PARTS = table(
    ["employer"],
    ["role", "raci", "required"],
    [
        (["-"], ['"line_manager"', '"A"', "true"]),
        (['"mill"'], ['"hr"', '"C"', "false"]),
        (["-"], ['"employee"', '"C"', "true"]),
    ],
    policy="RULE ORDER",
)


def asking(*, policy: str = "RULE ORDER", sequential: bool = False, **more: Any) -> Bundle:
    """A table says who takes part, and each of them is asked."""
    diagram = Diagram().start().end()
    diagram.add(
        "businessRuleTask",
        "who",
        camunda__decisionRef="PARTS",
        camunda__resultVariable="parts",
        camunda__mapDecisionResult="resultList",
    )
    answers = {"outputCollection": "replies", "outputElement": "reply"}
    diagram.user(
        "ask",
        inside=instances("parts", "part", sequential=sequential),
        props={**ROLES, **answers},
        **{**BY_PART, **more},
    )
    diagram.user("hold").chain("start", "who", "ask", "hold", "end")
    parts = PARTS.replace('hitPolicy="RULE ORDER"', f'hitPolicy="{policy}"')
    return bundle(diagram, files={"parts.dmn": dmn(decision("PARTS", parts))})


def roles(play: Play) -> list[str]:
    return [task.role for task in play.step.tasks]


@pytest.mark.parametrize("policy", ["RULE ORDER", "COLLECT"])
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_each_part_that_a_table_gave_is_asked_in_its_role(policy: str, order: tuple[int, ...]) -> None:
    play = Play(asking(policy=policy), {"employer": "mill"})
    assert roles(play) == ["line_manager", "hr", "employee"]
    assert [task.facts["part"]["raci"] for task in play.step.tasks] == ["A", "C", "C"]
    ids = [task.id for task in play.step.tasks]
    for at in order:
        # who is left keeps the role: it was worked out when the task became open, and is kept with it
        play.do("ask", [task.id for task in play.step.tasks].index(ids[at]), reply=at)
    assert (play.open(), play.task("hold").facts["replies"]) == (["hold"], [0, 1, 2])


def test_the_table_decides_who_takes_part() -> None:
    assert roles(Play(asking(), {"employer": "other"})) == ["line_manager", "employee"]


def test_one_after_the_other() -> None:
    play = Play(asking(sequential=True), {"employer": "mill"})
    seen = [roles(play)]
    for _ in range(2):
        play.do("ask")
        seen.append(roles(play))
    assert seen == [["line_manager"], ["hr"], ["employee"]]


def test_inside_a_sub_process_for_each_part() -> None:
    inner = Diagram("inner").start("is").user("first", "second", props=ROLES, **BY_PART).end("ie")
    inner.chain("is", "first", "second", "ie")
    diagram = Diagram().start().sub("each", inner, instances("parts", "part")).end().chain("start", "each", "end")
    play = Play(bundle(diagram), {"parts": [{"role": "hr"}, {"role": "employee"}]})
    assert [(task.element_id, task.role) for task in play.step.tasks] == [("first", "hr"), ("first", "employee")]
    play.do("first", 1)
    assert [(task.element_id, task.role) for task in play.step.tasks] == [("first", "hr"), ("second", "employee")]


def simple(group: str = "${role}", may_be: str = "line_manager hr employee", loop: str = "") -> Bundle:
    diagram = Diagram().start().end()
    diagram.user("ask", inside=loop, props={"roles": may_be} if may_be else {}, camunda__candidateGroups=group)
    return bundle(diagram.chain("start", "ask", "end"))


def test_a_list_of_roles() -> None:
    play = Play(simple("${who}", loop=instances("roles", "who")), {"roles": ["hr", "employee"]})
    assert roles(play) == ["hr", "employee"]


@pytest.mark.parametrize(
    ("fact", "said"),
    [("owner", "would go to “owner”"), (None, "would go to no role"), (["hr"], "would go to no role"), ("", "“”")],
)
def test_a_role_that_nobody_looked_at_is_an_incident(fact: Any, said: str) -> None:
    play = Play(simple(), {"role": fact})
    (incident,) = play.step.incidents
    assert isinstance(incident, Incident)
    assert (incident.element_id, play.step.tasks) == ("ask", ())
    assert said in incident.detail
    assert "line_manager, hr, employee" in incident.detail
    play.give(Retry(incident.task_id, {"role": "hr"}))
    assert roles(play) == ["hr"]


def test_the_diagram_says_what_it_may_be() -> None:
    element = load(simple()).outline.element("case", "ask")
    assert element is not None
    assert (element.role, element.roles) == ("", ("line_manager", "hr", "employee"))
    plain = load(simple("hr", "")).outline.element("case", "ask")
    assert plain is not None
    assert (plain.role, plain.roles) == ("hr", ("hr",))


def test_a_move_keeps_a_role_that_is_said_as_before() -> None:
    play = Play(simple(), {"role": "hr"})
    assert said(play, simple(may_be="hr employee")) == []
    move(play, simple(may_be="hr employee"))
    assert roles(play) == ["hr"]


@pytest.mark.parametrize(
    ("group", "may_be", "told", "role"),
    [
        ("line_manager", "", [("role", "ask")], "line_manager"),
        ("hr", "", [], "hr"),
        ('${if role = "hr" then "employee" else role}', "hr employee", [("role", "ask")], "employee"),
        ("${lower case(role)}", "hr employee", [], "hr"),
    ],
)
def test_a_move_works_out_a_role_that_is_said_in_another_way(
    group: str, may_be: str, told: list[tuple[str, str]], role: str
) -> None:
    play = Play(simple(), {"role": "hr"})
    assert said(play, simple(group, may_be)) == told
    move(play, simple(group, may_be))
    assert roles(play) == [role]
    play.do("ask")
    assert play.step.status == "completed"


def test_a_move_from_a_role_to_an_expression() -> None:
    play = Play(simple("line_manager", ""), {"role": "hr"})
    assert said(play, simple()) == [("role", "ask")]
    move(play, simple())
    assert roles(play) == ["hr"]


@pytest.mark.parametrize(("group", "may_be"), [("${role}", "employee"), ("${other}", "hr employee")])
def test_a_move_to_nobody_is_refused(group: str, may_be: str) -> None:
    play = Play(simple(), {"role": "hr"})
    assert refused(play, simple(group, may_be)) == ["ask"]
