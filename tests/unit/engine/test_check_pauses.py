"""What lint says of steps that stop clocks."""

from __future__ import annotations

import pytest

from app.engine import check
from app.errors import Finding
from tests.unit.engine.models import Diagram, bundle, timer_definition

GP = {"rules": "XX-A9"}


def found(*diagrams: Diagram) -> list[Finding]:
    return [one for one in check(bundle(*diagrams)) if one.rule.startswith("pause-")]


def case(pauses: str, *, time: str = "P10D", late: dict[str, str] | None = None, **wait: str) -> Diagram:
    """`wait` stops clocks; beside it `work`, with the timer `late`."""
    diagram = Diagram().start().add("parallelGateway", "fork").user("work").end("e1", "e2", "e3")
    diagram.user("wait", props={"pauses": pauses, **GP, **wait}).timer("late", "work", time, props=late or {})
    return diagram.chain("start", "fork", "work", "e1").chain("fork", "wait", "e2").chain("late", "e3")


def called(pauses: str, late: str = "", cls: str = "", call: str = "") -> tuple[Diagram, Diagram]:
    """The case calls `inner`; its step `wait` stops the clock on the call."""
    inner = Diagram("inner").start("is").user("wait", props={"pauses": pauses, **GP, **_cls(cls)}).end("ie")
    diagram = Diagram().start().call("deep", "inner", props=_cls(call)).end("end", "e3")
    diagram.timer("late", "deep", "P10D", props=_cls(late)).chain("start", "deep", "end").chain("late", "e3")
    return diagram, inner.chain("is", "wait", "ie")


def _cls(value: str) -> dict[str, str]:
    return {"class": value} if value else {}


def placed(kind: str, inside: str = "") -> Diagram:
    diagram = Diagram().start().add("parallelGateway", "fork").user("work").end("e1", "e2", "e3")
    diagram.add(kind, "wait", inside, props={"pauses": "late", **GP}).timer("late", "work", "P10D").chain("late", "e3")
    return diagram.chain("start", "fork", "work", "e1").chain("fork", "wait", "e2")


def inside_itself() -> Diagram:
    inner = Diagram("phase").start("is").user("u").end("ie", "t").timer("late", "u", "P2D").chain("late", "t")
    diagram = Diagram().start().sub("phase", inner.chain("is", "u", "ie"), props={"pauses": "late", **GP}).end()
    return diagram.chain("start", "phase", "end")


def on_itself() -> Diagram:
    diagram = (
        Diagram().start().user("wait", props={"pauses": "wait", **GP}).end("end", "t").timer("late", "wait", "P2D")
    )
    return diagram.chain("start", "wait", "end").chain("late", "t")


def each_other() -> Diagram:
    diagram = Diagram().start().add("parallelGateway", "fork").end("e1", "e2", "t1", "t2")
    diagram.user("a", props={"pauses": "b", **GP}).user("b", props={"pauses": "late_a", **GP})
    diagram.timer("late_a", "a", "P2D").timer("late_b", "b", "P2D").chain("late_a", "t1").chain("late_b", "t2")
    return diagram.chain("start", "fork", "a", "e1").chain("fork", "b", "e2")


WRONG: list[tuple[str, tuple[Diagram, ...]]] = [
    ("pause-unknown", (case("late nowhere"),)),
    ("pause-unknown", (*called("wait_outside"),)),
    ("pause-nothing", (case("wait"),)),
    ("pause-nothing", (case("fork"),)),
    ("pause-rule", (case("late", rules=""),)),
    ("pause-date", (case("late", time="2027-01-01"),)),
    ("pause-place", (placed("scriptTask"),)),
    ("pause-place", (placed("exclusiveGateway"),)),
    ("pause-itself", (on_itself(),)),
    ("pause-itself", (inside_itself(),)),
    ("pause-circle", (each_other(),)),
    ("pause-tells", (case("late", **{"class": "restricted"}),)),
    ("pause-tells", (case("late", late={"class": "restricted"}, **{"class": "clinical"}),)),
    ("pause-tells", called("late", cls="restricted")),
    ("pause-tells", called("late", call="restricted")),
]
RIGHT: list[tuple[Diagram, ...]] = [
    (case("late"),),
    (case("work"),),
    (case("late", time="R/P7D"),),
    (case("late", time="${workdays(5)}"),),
    (case("late", late={"class": "restricted"}, **{"class": "restricted"}),),
    (case("late", late={"class": "clinical"}, **{"class": "restricted"}),),
    (placed("intermediateCatchEvent", timer_definition("P3D")),),
    called("late"),
    called("deep"),
    called("late", late="restricted", cls="restricted"),
]


@pytest.mark.parametrize(("rule", "diagrams"), WRONG, ids=[f"{rule}-{at}" for at, (rule, _) in enumerate(WRONG)])
def test_a_pause_that_cannot_be_meant_is_refused_in_words(rule: str, diagrams: tuple[Diagram, ...]) -> None:
    findings = found(*diagrams)
    assert {one.rule for one in findings} == {rule}
    for one in findings:
        assert one.severity == "error"
        assert one.element
        assert one.message.endswith((".", "!"))
        assert one.advice


@pytest.mark.parametrize("diagrams", RIGHT)
def test_a_pause_that_can_is_not(diagrams: tuple[Diagram, ...]) -> None:
    assert found(*diagrams) == []
