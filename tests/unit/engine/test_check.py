"""What lint refuses, and that whatever comes in gets an answer."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.engine import Bundle, check
from tests.unit.engine.models import (
    Diagram,
    bundle,
    inputs,
    message,
    message_definition,
    timer_definition,
)

WHY = "<bpmn:documentation>We ask because the policy says so.</bpmn:documentation>"


def sound() -> Diagram:
    diagram = Diagram("sound", "A sound process").start()
    diagram.user("ask", inside=WHY, name="Ask for consent", camunda__formRef="consent")
    return diagram.end().chain("start", "ask", "end")


def found(diagram: Diagram, *others: Diagram, tops: str = "", severity: str = "error") -> set[str]:
    files = {"consent.form": b'{"id": "consent"}'}
    return {f.rule for f in check(bundle(diagram, *others, tops=tops, files=files)) if f.severity == severity}


def test_a_sound_process_has_no_findings() -> None:
    assert check(bundle(sound(), files={"consent.form": b"{}"})) == []


def element(kind: str, name: str = "x", inside: str = "", **more: Any) -> Diagram:
    """A sound process with one element more, in its flow."""
    diagram = Diagram().start().add(kind, name, inside, **more).end()
    return diagram.chain("start", name, "end")


ERRORS: list[tuple[str, Diagram, str]] = [
    ("not-supported", element("complexGateway"), ""),
    ("not-supported", element("task"), ""),
    ("not-supported", element("transaction"), ""),
    ("not-supported", element("adHocSubProcess"), ""),
    ("link-event", element("intermediateThrowEvent", inside="<bpmn:linkEventDefinition name='l'/>"), ""),
    ("compensate-event", element("intermediateThrowEvent", inside="<bpmn:compensateEventDefinition/>"), ""),
    (
        "compensate-event",
        sound().boundary("undo", "ask", "<bpmn:compensateEventDefinition/>").end("e2").chain("undo", "e2"),
        "",
    ),
    ("conditional-event", element("intermediateCatchEvent", inside="<bpmn:conditionalEventDefinition/>"), ""),
    ("no-definition", element("intermediateCatchEvent"), ""),
    (
        "several-definitions",
        element("intermediateCatchEvent", inside=timer_definition("P1D") + message_definition("m")),
        message("m"),
    ),
    ("signal-event", Diagram().start().add("endEvent", "e", "<bpmn:signalEventDefinition/>").chain("start", "e"), ""),
    ("uncaught-error", Diagram().start().add("endEvent", "e", "<bpmn:errorEventDefinition/>").chain("start", "e"), ""),
    ("no-time", element("intermediateCatchEvent", inside="<bpmn:timerEventDefinition/>"), ""),
    ("start-cycle", Diagram().start(inside=timer_definition("R/P1Y")).end().chain("start", "end"), ""),
    ("cycle-place", element("intermediateCatchEvent", inside=timer_definition("R/P1D")), ""),
    ("cycle-place", sound().timer("t", "ask", "R/P1D", interrupting=True).end("te").chain("t", "te"), ""),
    ("no-message", element("receiveTask"), ""),
    ("code", element("serviceTask", camunda__class="com.example.Evil"), ""),
    ("code", element("serviceTask", camunda__expression="${bean.run()}"), ""),
    ("unknown-topic", element("serviceTask", camunda__topic="launch"), ""),
    ("no-parameter", element("serviceTask", camunda__topic="notify", ext=inputs(to="hr")), ""),
    ("code", element("scriptTask", inside="<bpmn:script>x</bpmn:script>", scriptFormat="groovy"), ""),
    ("no-script", element("scriptTask", camunda__resultVariable="x"), ""),
    ("no-result", element("scriptTask", inside="<bpmn:script>1</bpmn:script>"), ""),
    ("no-such-decision", element("businessRuleTask", camunda__decisionRef="lost", camunda__resultVariable="x"), ""),
    ("no-such-process", element("callActivity", calledElement="lost"), ""),
    ("no-called-process", element("callActivity"), ""),
    ("call-cycle", element("callActivity", calledElement="case", ext='<camunda:in variables="all"/>'), ""),
    ("no-mapping", element("callActivity", calledElement="case"), ""),
    ("no-such-form", element("userTask", camunda__formRef="lost"), ""),
    ("old-form", element("userTask", camunda__formKey="embedded:x"), ""),
    ("no-role", element("userTask"), ""),
    ("loop-marker", element("userTask", inside="<bpmn:standardLoopCharacteristics/>"), ""),
    ("no-collection", element("userTask", inside="<bpmn:multiInstanceLoopCharacteristics/>"), ""),
    ("code", element("userTask", ext='<camunda:taskListener event="create"/>'), ""),
    (
        "output-parameter",
        element(
            "serviceTask",
            camunda__topic="none",
            ext=inputs(x="1").replace("inputParameter", "outputParameter"),
        ),
        "",
    ),
    ("expression", element("userTask", camunda__dueDate="${workdays(}"), ""),
    ("expression", element("intermediateCatchEvent", inside=timer_definition("${1 +}", "timeDate")), ""),
    ("expression", element("scriptTask", inside="<bpmn:script>import os</bpmn:script>"), ""),
    ("expression", Diagram().start().user("a").end().flow("start", "a").flow("a", "end", "${a b c}"), ""),
    ("conditional-flow", Diagram().start().user("a").end().flow("start", "a").flow("a", "end", "${x}"), ""),
    ("several-flows", sound().end("e2").chain("ask", "e2"), ""),
    ("dead-end", Diagram().start().user("a").end().chain("start", "a"), ""),
    ("unreachable", sound().user("island").chain("island", "end"), ""),
    ("one-start", sound().start("second").chain("second", "end"), ""),
    ("one-start", Diagram().user("a").end().chain("a", "end"), ""),
    ("no-end", Diagram().start().user("a").chain("start", "a"), ""),
    (
        "no-condition",
        Diagram().start().add("exclusiveGateway", "g").end("a", "b").chain("start", "g", "a").chain("g", "b"),
        "",
    ),
    (
        "no-such-default",
        element("exclusiveGateway", default="elsewhere"),
        "",
    ),
    (
        "event-gateway",
        Diagram().start().add("eventBasedGateway", "g").user("u").end().chain("start", "g", "u", "end"),
        "",
    ),
    (
        "inclusive-in-loop",
        Diagram()
        .start()
        .add("exclusiveGateway", "m")
        .add("inclusiveGateway", "or", default="f_b")
        .user("a", "b")
        .add("inclusiveGateway", "join")
        .add("exclusiveGateway", "x", default="f_end")
        .end()
        .chain("start", "m", "or")
        .flow("or", "a", "${x}")
        .flow("or", "b", element="f_b")
        .chain("a", "join")
        .chain("b", "join", "x")
        .flow("x", "end", element="f_end")
        .flow("x", "m", "${again}"),
        "",
    ),
    (
        "inclusive-repeated",
        sound()
        .timer("again", "ask", "R/P7D")
        .add("inclusiveGateway", "or", default="f_b")
        .user("a", "b")
        .add("inclusiveGateway", "join")
        .end("e2")
        .chain("again", "or")
        .flow("or", "a", "${x}")
        .flow("or", "b", element="f_b")
        .chain("a", "join", "e2")
        .chain("b", "join"),
        "",
    ),
    (
        "inclusive-nested",
        Diagram()
        .start()
        .add("inclusiveGateway", "or", default="f_b")
        .add("inclusiveGateway", "or2", default="f_d")
        .user("b", "c", "d")
        .add("inclusiveGateway", "join")
        .end()
        .chain("start", "or")
        .flow("or", "or2", "${x}")
        .flow("or", "b", element="f_b")
        .flow("or2", "c", "${y}")
        .flow("or2", "d", element="f_d")
        .chain("b", "join", "end")
        .chain("c", "join")
        .chain("d", "join"),
        "",
    ),
]


@pytest.mark.parametrize(("rule", "diagram", "tops"), ERRORS, ids=[f"{i}-{e[0]}" for i, e in enumerate(ERRORS)])
def test_refused(rule: str, diagram: Diagram, tops: str) -> None:
    assert rule in found(diagram, tops=tops)


def test_a_reminder_without_a_repeated_timer_may_choose_several_ways() -> None:
    diagram = sound().timer("once", "ask", "P7D").add("inclusiveGateway", "or", default="f_b").user("a", "b")
    diagram.add("inclusiveGateway", "join").end("e2").chain("once", "or").flow("or", "a", "${x}")
    diagram.flow("or", "b", element="f_b").chain("a", "join", "e2").chain("b", "join")
    assert "inclusive-repeated" not in found(diagram)


def test_a_fact_may_be_called_like_a_function() -> None:
    diagram = Diagram().start().add("exclusiveGateway", "x", default="f").end("e1", "e2").chain("start", "x")
    diagram.flow("x", "e1", "${days > 3}").flow("x", "e2", element="f")
    assert found(diagram) == set()


def test_findings_name_elements_as_people_see_them() -> None:
    finding = next(f for f in check(bundle(sound())) if f.rule == "no-such-form")
    assert finding.file == "sound.bpmn"
    assert finding.element == "ask"
    assert finding.message == "“Ask for consent” shows the form “consent”, which is not among these files."
    assert finding.advice == "Add forms/consent.form or choose another form."


def test_warnings() -> None:
    bare = Diagram().start().user("a").add("exclusiveGateway", "x").end("e1", "e2").chain("start", "a", "x")
    bare.flow("x", "e1", "${p}").flow("x", "e2", "${q}")
    assert found(bare) == set()
    assert found(bare, severity="warning") == {"no-documentation", "no-form", "no-default"}


def test_two_branches_that_write_one_fact() -> None:
    diagram = Diagram().start().add("parallelGateway", "g").script("a", "x", "1").script("b", "x", "2").end()
    diagram.script("c", "x", "3").add("parallelGateway", "j").chain("start", "g", "a", "j", "c", "end")
    assert found(diagram.chain("g", "b", "j"), severity="warning") == {"one-fact-two-branches"}


def test_an_error_that_a_caller_catches_is_fine() -> None:
    inner = Diagram("inner").start("is").add("endEvent", "ie", '<bpmn:errorEventDefinition errorRef="r"/>')
    outer = Diagram().start().call("c", "inner", "x", "x").end("e1", "e2").chain("start", "c", "e1")
    outer.boundary("b", "c", '<bpmn:errorEventDefinition errorRef="r"/>').chain("b", "e2")
    tops = '<bpmn:error id="r" errorCode="refused"/>'
    assert found(outer, inner.chain("is", "ie"), tops=tops) == set()


def test_a_call_cycle_over_two_processes() -> None:
    one = Diagram("one").start("s1").call("c1", "two", "x", "x").end("e1").chain("s1", "c1", "e1")
    two = Diagram("two").start("s2").call("c2", "one", "x", "x").end("e2").chain("s2", "c2", "e2")
    assert "call-cycle" in found(one, two)


def test_no_such_process() -> None:
    assert {f.rule for f in check(Bundle("lost", {"sound.bpmn": sound().xml()}))} >= {"no-process"}
    assert {f.rule for f in check(Bundle("lost", {}))} == {"no-process"}


def test_a_long_process_is_no_matter_of_depth() -> None:
    diagram = Diagram().start()
    names = [f"u{number}" for number in range(600)]
    diagram.user(*names, inside=WHY, camunda__formRef="consent").end().chain("start", *names, "end")
    assert check(bundle(diagram, files={"consent.form": b"{}"})) == []


def chain_of_calls(length: int) -> bytes:
    return (
        b'<d xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">'
        + b"".join(
            b'<process id="p%d"><startEvent id="s%d"/><callActivity id="c%d" calledElement="p%d"/></process>'
            % (number, number, number, number + 1)
            for number in range(length)
        )
        + b"</d>"
    )


def mesh(kind: bytes, size: int) -> bytes:
    """Everything leads to everything."""
    nodes = b"".join(b'<%s id="n%d"/>' % (kind, number) for number in range(size))
    flows = b"".join(
        b'<sequenceFlow id="f%d" sourceRef="n%d" targetRef="n%d"/>' % (number, number % size, number * 7 % size)
        for number in range(size * 2)
    )
    return (
        b'<d xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="case"><startEvent id="s"/>'
        + nodes
        + flows
        + b"</process></d>"
    )


def deep(levels: int) -> bytes:
    inner = b"".join(b'<subProcess id="s%d"><startEvent id="e%d"/>' % (level, level) for level in range(levels))
    return (
        b'<d xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="case">'
        + inner
        + b"</subProcess>" * levels
        + b"</process></d>"
    )


HOSTILE = [
    chain_of_calls(8_000),
    chain_of_calls(190),
    mesh(b"inclusiveGateway", 20_000),
    mesh(b"inclusiveGateway", 990),
    mesh(b"parallelGateway", 990),
    deep(90),
    b"",
    b"\x00",
    b"not xml",
    b"<a/>",
    b"<" * 100_000,
    b"<a>" * 5_000,
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    b"\xff\xfe<\x00a\x00",
    b'<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"><bpmn:process/></bpmn:definitions>',
    (
        b'<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"><bpmn:process id="case">'
        b"<bpmn:startEvent/><bpmn:sequenceFlow/><bpmn:boundaryEvent/><bpmn:userTask/></bpmn:process></bpmn:definitions>"
    ),
]


@pytest.mark.parametrize("content", HOSTILE, ids=range(len(HOSTILE)))
def test_any_bytes_get_findings(content: bytes) -> None:
    findings = check(Bundle("case", {"case.bpmn": content, "a.dmn": content, "b.form": content}))
    assert any(finding.severity == "error" for finding in findings)
    assert all(finding.message for finding in findings)


_GOOD = bundle(sound()).files["sound.bpmn"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_damaged_file_gets_findings_or_is_sound(data: st.DataObject) -> None:
    """Cut, doubled or overwritten anywhere."""
    start = data.draw(st.integers(0, len(_GOOD)))
    end = data.draw(st.integers(start, min(len(_GOOD), start + 200)))
    middle = data.draw(st.sampled_from([b"", _GOOD[start:end] * 2, b"<", b'"', b"\xff", b"<x/>", b"&amp;"]))
    check(Bundle("sound", {"sound.bpmn": _GOOD[:start] + middle + _GOOD[end:]}))
