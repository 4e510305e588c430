"""Signals, errors and escalations stay within the case and within their scope."""

from __future__ import annotations

import pytest

from tests.unit.engine.models import Bundle, Diagram, Play, bundle, timer_definition

TOPS = (
    '<bpmn:signal id="sig" name="stop"/><bpmn:error id="err" name="Refused" errorCode="refused"/>'
    '<bpmn:error id="other" name="Other" errorCode="other"/>'
    '<bpmn:escalation id="esc" name="Late" escalationCode="late"/>'
)


def definition(kind: str, ref: str) -> str:
    return f'<bpmn:{kind}EventDefinition {kind}Ref="{ref}"/>'


def thrower(kind: str, ref: str, name: str = "inner") -> Diagram:
    inner = Diagram(name).start(f"{name}_s").user(f"{name}_u").chain(f"{name}_s", f"{name}_u", f"{name}_x")
    return inner.add("endEvent", f"{name}_x", definition(kind, ref))


def guarded(inner: Diagram, kind: str, ref: str, *, called: bool = False, interrupting: bool = True) -> Bundle:
    diagram = Diagram().start().user("after", "handle").end("e1", "e2")
    if called:
        diagram.call("part", inner.id, "x", "x")
    else:
        diagram.sub("part", inner)
    diagram.boundary("caught", "part", definition(kind, ref), interrupting=interrupting)
    diagram.chain("start", "part", "after", "e1").chain("caught", "handle", "e2")
    return bundle(diagram, *([inner] if called else []), tops=TOPS)


@pytest.mark.parametrize("called", [False, True])
def test_an_error_end_goes_to_its_boundary(called: bool) -> None:
    play = Play(guarded(thrower("error", "err"), "error", "err", called=called), {"x": 1})
    assert play.do("inner_u", x=2, y=3) == ["handle"]
    assert play.task("handle").facts == ({"x": 2} if called else {"x": 2, "y": 3})
    play.do("handle")
    assert play.step.status == "completed"


def test_an_error_nobody_catches_is_an_incident() -> None:
    play = Play(guarded(thrower("error", "other"), "error", "err"))
    play.do("inner_u")
    assert play.step.incidents[0].element_id == "inner_x"
    assert "other" in play.step.incidents[0].detail


def test_an_error_is_not_caught_by_the_boundary_of_another_activity() -> None:
    other = Diagram("beside").start("bs").user("bu").end("be").chain("bs", "bu", "be")
    diagram = Diagram().start().add("parallelGateway", "g").end("e1", "e2", "e3").user("handle")
    diagram.sub("part", thrower("error", "err")).sub("next", other).boundary("c", "next", definition("error", "err"))
    diagram.chain("start", "g", "part", "e1").chain("g", "next", "e2").chain("c", "handle", "e3")
    play = Play(bundle(diagram, tops=TOPS))
    play.do("inner_u")
    assert play.open() == ["bu"]
    assert play.step.incidents[0].element_id == "inner_x"


@pytest.mark.parametrize(("interrupting", "expected"), [(True, ["handle"]), (False, ["after", "handle"])])
def test_escalation(interrupting: bool, expected: list[str]) -> None:
    play = Play(guarded(thrower("escalation", "esc"), "escalation", "esc", interrupting=interrupting))
    assert sorted(play.do("inner_u")) == expected


def test_an_escalation_nobody_catches_is_without_effect() -> None:
    inner = thrower("escalation", "esc")
    diagram = Diagram().start().sub("part", inner).user("after").end().chain("start", "part", "after", "end")
    assert Play(bundle(diagram, tops=TOPS)).do("inner_u") == ["after"]


def test_a_signal_reaches_who_waits_and_carries_no_facts() -> None:
    inner = Diagram("inner").start("is").user("u").end("ie").chain("is", "u", "ie")
    diagram = Diagram().start().add("parallelGateway", "g").sub("part", inner).user("w", "handle").end("e1", "e2", "e3")
    diagram.boundary("heard", "part", definition("signal", "sig"))
    diagram.add("intermediateThrowEvent", "say", definition("signal", "sig"))
    diagram.chain("start", "g", "part", "e1").chain("g", "w", "say", "e2").chain("heard", "handle", "e3")
    play = Play(bundle(diagram, tops=TOPS), {"x": 1})
    assert play.do("w", secret="stays") == ["handle"]
    assert play.task("handle").facts == {"x": 1}


def test_an_escalation_is_caught_as_often_as_it_is_thrown() -> None:
    inner = Diagram("inner").start("is").user("u1", "u2", "u3").end("ie")
    inner.add("intermediateThrowEvent", "t1", definition("escalation", "esc"))
    inner.add("intermediateThrowEvent", "t2", definition("escalation", "esc"))
    inner.chain("is", "u1", "t1", "u2", "t2", "u3", "ie")
    play = Play(guarded(inner, "escalation", "esc", interrupting=False))
    assert sorted(play.do("u1")) == ["handle", "u2"]
    assert sorted(play.do("u2")) == ["handle", "handle", "u3"]


def test_a_signal_is_heard_at_an_event_based_gateway() -> None:
    diagram = Diagram().start().add("parallelGateway", "g").user("w", "after").end("e1", "e2")
    diagram.add("intermediateThrowEvent", "say", definition("signal", "sig")).add("eventBasedGateway", "race")
    diagram.add("intermediateCatchEvent", "heard", definition("signal", "sig"))
    diagram.add("intermediateCatchEvent", "late", timer_definition("P3D")).add("exclusiveGateway", "m")
    diagram.chain("start", "g", "w", "say", "e1").chain("g", "race", "heard", "m", "after", "e2")
    play = Play(bundle(diagram.chain("race", "late", "m"), tops=TOPS))
    assert play.do("w") == ["after"]
    assert play.due() == []


@pytest.mark.parametrize("kind", ["error", "escalation"])
def test_what_every_branch_of_a_called_process_found_out_comes_with_the_error(kind: str) -> None:
    ref = {"error": "err", "escalation": "esc"}[kind]
    inner = thrower(kind, ref)
    inner.nodes = [node for node in inner.nodes if node.id != "inner_s"]
    inner.flows = [flow for flow in inner.flows if flow[1] != "inner_s"]
    inner.start("s").add("parallelGateway", "g").user("other").end("oe").chain("s", "g", "inner_u")
    play = Play(guarded(inner.chain("g", "other", "oe"), kind, ref, called=True), {"x": 1})
    play.do("other", x=2)
    play.do("inner_u", y=3)
    assert play.task("handle").facts == {"x": 2}


def test_one_signal_that_calls_two_events_of_an_activity_leads_out_by_one() -> None:
    diagram = Diagram().start().add("parallelGateway", "g").user("w", "work", "h1", "h2").end("e1", "e2", "e3", "e4")
    diagram.add("intermediateThrowEvent", "say", definition("signal", "sig")).chain("start", "g", "work", "e1")
    diagram.boundary("b1", "work", definition("signal", "sig")).boundary("b2", "work", definition("signal", "sig"))
    diagram.chain("g", "w", "say", "e2").chain("b1", "h1", "e3").chain("b2", "h2", "e4")
    assert Play(bundle(diagram, tops=TOPS)).do("w") == ["h1"]
