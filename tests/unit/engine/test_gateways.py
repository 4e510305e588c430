"""Conditions, joins and the facts that meet there."""

from __future__ import annotations

from itertools import permutations

import pytest

from app.engine import Retry
from app.errors import NotWaiting
from tests.unit.engine.models import Bundle, Diagram, Play, bundle, message, message_definition


def choice(first: str, default: bool = True) -> Bundle:
    diagram = Diagram().start().user("yes", "no").end("e1", "e2")
    attributes = {"default": "f_no"} if default else {}
    diagram.add("exclusiveGateway", "given", **attributes, name="Consent given?").chain("start", "given")
    diagram.flow("given", "yes", first).flow("given", "no", "" if default else '${consent = "refused"}', element="f_no")
    return bundle(diagram.chain("yes", "e1").chain("no", "e2"))


@pytest.mark.parametrize(
    "condition",
    [
        '${consent = "given"}',
        '${consent == "given"}',
        '=consent = "given"',
        'consent = "given"',
        '${consent eq "given" && !stopped}',
    ],
)
def test_conditions_as_modeler_users_write_them(condition: str) -> None:
    assert Play(choice(condition), {"consent": "given", "stopped": False}).open() == ["yes"]
    assert Play(choice(condition), {"consent": "refused", "stopped": False}).open() == ["no"]


def test_null_is_false_where_there_is_a_default() -> None:
    play = Play(choice("${answers > 3}"), {})
    assert play.open() == ["no"]
    assert play.step.events[1].data == {"taken": ["no"]}


def test_no_way_out_is_an_incident_that_names_the_gateway_and_the_facts() -> None:
    play = Play(choice('${consent = "given"}', default=False), {"other": "secret"})
    incident = play.step.incidents[0]
    assert (incident.element_id, incident.name, incident.process) == ("given", "Consent given?", "case")
    assert incident.detail == (
        "No way out of “Consent given?” fits, and it has no default flow. It looked at: consent (not known)."
    )
    assert play.step.status == "running"
    assert "failed:given" in play.kinds()


def test_a_condition_that_is_not_yes_or_no_is_an_incident() -> None:
    play = Play(choice("${consent}"), {"consent": "given"})
    assert "must be true or false" in play.step.incidents[0].detail


def test_flows_are_tried_in_the_order_of_the_file() -> None:
    diagram = Diagram().start().add("exclusiveGateway", "x").user("a", "b").end("e1", "e2").chain("start", "x")
    diagram.flow("x", "b", "${true}").flow("x", "a", "${true}").chain("a", "e1").chain("b", "e2")
    assert Play(bundle(diagram)).open() == ["b"]


def fork(*branches: str, back: bool = False) -> Bundle:
    diagram = Diagram().start().add("exclusiveGateway", "merge").add("parallelGateway", "split").user(*branches)
    diagram.add("parallelGateway", "join").user("z").end().add("exclusiveGateway", "again", default="f_end")
    diagram.chain("start", "merge", "split").chain("join", "z", "again").flow("again", "end", element="f_end")
    diagram.flow("again", "merge", "${more}")
    for branch in branches:
        diagram.chain("split", branch, "join")
    return bundle(diagram)


@pytest.mark.parametrize("order", list(permutations("abc")))
def test_a_join_keeps_what_each_branch_wrote(order: tuple[str, ...]) -> None:
    play = Play(fork("a", "b", "c"), {"a": "old", "b": "old", "c": "old", "kept": 1, "both": {"k": 0}})
    for branch in order:
        play.do(branch, **{branch: "new", "kept": 1, "both": {"by": branch}})
    facts = play.task("z").facts
    assert facts == {"a": "new", "b": "new", "c": "new", "kept": 1, "both": {"by": order[-1]}}


def test_a_fact_given_again_as_it_was_is_no_change() -> None:
    play = Play(fork("a", "b"), {"x": "old"})
    play.do("a", x="new")
    play.do("b", x="old")  # its form was opened before
    assert play.task("z").facts["x"] == "new"


def test_a_branch_that_outlives_a_join_does_not_put_old_facts_back() -> None:
    diagram = Diagram().start().add("parallelGateway", "split").user("a", "b", "late", "z").end("end", "e2")
    diagram.add("exclusiveGateway", "m").add("exclusiveGateway", "again", default="f_on").user("decide")
    diagram.add("parallelGateway", "join").chain("start", "split", "m", "a", "decide", "again").chain(
        "split", "b", "join"
    )
    diagram.flow("again", "join", element="f_on").flow("again", "m", "${again}").chain("join", "z", "end")
    diagram.timer("t", "a", "P1D").chain("t", "late", "e2")
    play = Play(bundle(diagram))
    play.do("a", x=1)
    play.do("decide", again=True)
    play.at("2026-03-04")
    play.do("a", x=2)
    play.do("decide", again=False)
    play.do("b")
    play.do("z")
    play.do("late", said="later")
    assert play.facts() == {"x": 2, "again": False, "said": "later"}


def test_joins_in_a_loop_wait_in_any_order_of_arrival() -> None:
    play = Play(fork("a", "b", "c"), {"more": True, **dict.fromkeys("abc", 0)})
    size = 0
    for turn in range(1, 61):
        order = list(permutations("abc"))[turn % 6]
        for branch in order:
            assert "z" not in play.open()
            play.do(branch, **{branch: turn})
        assert play.open() == ["z"]
        assert {name: play.task("z").facts[name] for name in "abc"} == {"a": turn, "b": turn, "c": turn}
        play.do("z")
        size = size or len(play.state or b"")
    assert len(play.state or b"") < size * 1.2


def test_lists_of_two_branches_do_not_lose_entries_in_silence() -> None:
    play = Play(fork("a", "b"), {"seen": ["start"]})
    play.do("a", seen=["start", "from a"])
    play.do("b", seen=["start", "from b"])
    assert play.task("z").facts["seen"] == ["start", "from b"]  # the newest, whole; none is mixed


def test_true_and_one_are_different_facts() -> None:
    play = Play(fork("a", "b"), {"flag": 1})
    play.do("a", flag=True)
    play.do("b")
    assert play.task("z").facts["flag"] is True


def test_parallel_branches_do_not_see_each_others_changes() -> None:
    play = Play(fork("a", "b"), {"plan": {"days": 1}})
    play.do("a", plan={"days": 2})
    assert play.task("b").facts["plan"] == {"days": 1}


def inclusive() -> Bundle:
    diagram = Diagram().start().add("inclusiveGateway", "or", default="f_c").user("a", "b", "c", "z").end()
    diagram.add("inclusiveGateway", "join").chain("start", "or").chain("join", "z", "end")
    diagram.flow("or", "a", "${x > 1}").flow("or", "b", "${x > 2}").flow("or", "c", element="f_c")
    for branch in "abc":
        diagram.flow(branch, "join")
    return bundle(diagram)


@pytest.mark.parametrize(("x", "expected"), [(1, ["c"]), (2, ["a"]), (3, ["a", "b"])])
def test_inclusive_gateway(x: int, expected: list[str]) -> None:
    play = Play(inclusive(), {"x": x})
    assert play.open() == expected
    for branch in expected:
        assert "z" not in play.open()
        play.do(branch, **{branch: True})
    assert play.open() == ["z"]
    assert set(expected) <= set(play.task("z").facts)


def test_a_join_that_two_rounds_come_to_at_once_fires_for_each() -> None:
    """A repeated timer has begun its fork a second time before the first came to the join."""
    diagram = Diagram().start().user("work", "a", "b", "z").end("e1", "e2").add("parallelGateway", "split")
    diagram.add("parallelGateway", "join").chain("start", "work", "e1").timer("again", "work", "R/P7D")
    diagram.chain("again", "split", "a", "join", "z", "e2").chain("split", "b", "join")
    play = Play(bundle(diagram))
    play.at("2026-03-09T09:00")
    play.at("2026-03-16T09:00")
    for round_ in (1, 2):
        play.do("a", a=round_)
    play.do("work")
    assert sorted(play.do("b", b=1)) == ["b", "z"]
    assert sorted(play.do("b", b=2)) == ["z", "z"]
    assert [(task.facts["a"], task.facts["b"]) for task in play.step.tasks] == [(1, 1), (2, 2)]
    play.do("z")
    play.do("z")
    assert play.step.status == "completed"


def test_an_inclusive_join_waits_for_a_branch_that_failed() -> None:
    diagram = Diagram().start().add("inclusiveGateway", "or", default="f_b").user("a", "b", "z").end()
    diagram.add("inclusiveGateway", "join").add("serviceTask", "fails", camunda__topic="unheard-of")
    diagram.chain("start", "or").flow("or", "a", "${true}").flow("or", "fails", "${true}")
    diagram.flow("or", "b", element="f_b").chain("a", "join", "z", "end").chain("fails", "join").chain("b", "join")
    play = Play(bundle(diagram))
    assert play.do("a") == []
    assert [incident.element_id for incident in play.step.incidents] == ["fails"]


def test_a_join_that_waits_for_a_branch_that_cannot_come_is_an_incident() -> None:
    diagram = Diagram().start().add("exclusiveGateway", "x", default="f_a").user("a", "b").end().chain("start", "x")
    diagram.add("parallelGateway", "join", name="Both done").flow("x", "a", element="f_a").flow("x", "b", "${false}")
    play = Play(bundle(diagram.chain("a", "join", "end").chain("b", "join")))
    play.do("a")
    assert play.step.status == "running"
    assert play.step.incidents[0].name == "Both done"
    assert "cannot come" in play.step.incidents[0].detail
    with pytest.raises(NotWaiting):
        play.give(Retry(play.step.incidents[0].task_id))


def test_a_join_that_waits_in_vain_inside_a_phase_is_an_incident_too() -> None:
    inner = Diagram("inner").start("is").add("exclusiveGateway", "x", default="f_a").user("a", "b").end("ie")
    inner.add("parallelGateway", "join").chain("is", "x").flow("x", "a", element="f_a").flow("x", "b", "${false}")
    inner.chain("a", "join", "ie").chain("b", "join")
    diagram = Diagram().start().sub("phase", inner).user("kind").end("e1", "e2").chain("start", "phase", "e1")
    diagram.boundary("withdrawn", "phase", message_definition("m")).chain("withdrawn", "kind", "e2")
    play = Play(bundle(diagram, tops=message("m")))
    play.do("a")
    assert [incident.element_id for incident in play.step.incidents] == ["join"]
    assert play.tell("m") == ["kind"]
