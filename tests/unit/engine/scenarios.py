"""Models that the untouched package runs wrongly, for test_patches.py and stock.py."""

from __future__ import annotations

from tests.unit.engine.diagrams import Diagram, message, message_definition, timer_definition

STOP = '<bpmn:signal id="s1" name="stop"/>'
NOTE = message("m1", "note")
ERROR = '<bpmn:error id="e1" name="Refused" errorCode="refused"/>'


def fork(again: str = "") -> Diagram:
    diagram = Diagram().start().add("exclusiveGateway", "m").add("parallelGateway", "split").user("a", "b")
    diagram.add("parallelGateway", "join").user("z").end().chain("start", "m", "split", "a", "join", "z")
    diagram.chain("split", "b", "join")
    if not again:
        return diagram.chain("z", "end")
    diagram.add("exclusiveGateway", "x", default="f_end").chain("z", "x").flow("x", "end", element="f_end")
    return diagram.flow("x", "m", again)


def instances_with_a_way_out(loop: str) -> Diagram:
    inner = Diagram("inner").start("is").user("u").end("ie").chain("is", "u", "ie")
    diagram = Diagram().start().sub("each", inner, loop).user("handle").end("e1", "e2").chain("start", "each", "e1")
    diagram.boundary("out", "each", '<bpmn:signalEventDefinition signalRef="s1"/>')
    diagram.chain("out", "handle", "e2")
    return diagram.add("intermediateThrowEvent", "unused", '<bpmn:signalEventDefinition signalRef="s1"/>')


def instances_then_more(loop: str) -> Diagram:
    return Diagram().start().user("u", inside=loop).user("after").end().chain("start", "u", "after", "end")


def timer_on_the_second(time: str) -> Diagram:
    diagram = Diagram().start().user("a", "b").end("e1", "e2").chain("start", "a", "b", "e1")
    return diagram.boundary("late", "b", timer_definition(time, "timeDuration"), interrupting=False).chain("late", "e2")


def two_timers(first: str, second: str) -> Diagram:
    diagram = Diagram().start().user("u", "h1", "h3").end("e0", "e1", "e3").chain("start", "u", "e0")
    diagram.boundary("b1", "u", timer_definition(first, "timeDuration"))
    diagram.boundary("b3", "u", timer_definition(second, "timeDuration"))
    return diagram.chain("b1", "h1", "e1").chain("b3", "h3", "e3")


def repeated_handler(time: str) -> Diagram:
    diagram = Diagram().start().user("work", "chase", "after").end("e1", "e2").chain("start", "work", "after", "e1")
    diagram.boundary("again", "work", timer_definition(time, "timeCycle"), interrupting=False)
    return diagram.chain("again", "chase", "e2")


def interrupting_event_sub_process(time: str) -> Diagram:
    handler = Diagram("handler").add("startEvent", "hs", timer_definition(time, "timeDuration"))
    handler.user("h").end("he").chain("hs", "h", "he")
    diagram = Diagram().start().user("u").end().chain("start", "u", "end")
    return diagram.sub("esub", handler, triggeredByEvent="true")


def endless_task() -> Diagram:
    diagram = Diagram().start().add("exclusiveGateway", "m").user("u").add("exclusiveGateway", "x", default="f_m")
    diagram.end().chain("start", "m", "u", "x").flow("x", "m", element="f_m")
    return diagram.flow("x", "end", "1 > 2")


def message_to_itself() -> Diagram:
    diagram = Diagram().start().add("parallelGateway", "split").user("a", "b").end("e1", "e2", "e3")
    diagram.add("intermediateThrowEvent", "say", message_definition("m1"))
    diagram.boundary("heard", "a", message_definition("m1")).chain("start", "split", "a", "e1")
    return diagram.chain("split", "b", "say", "e2").chain("heard", "e3")


def condition(expression: str) -> Diagram:
    diagram = Diagram().start().add("exclusiveGateway", "x", default="f_no").user("yes", "no").end("e1", "e2")
    diagram.chain("start", "x").flow("x", "yes", expression).flow("x", "no", element="f_no")
    return diagram.chain("yes", "e1").chain("no", "e2")


def both_hold(true: str, *, drawn: bool) -> Diagram:
    diagram = Diagram().start().add("exclusiveGateway", "x").user("first", "second").end("e1", "e2")
    diagram.chain("start", "x").flow("x", "first", true).flow("x", "second", true)
    diagram.drawn = {"first": 300, "second": 100} if drawn else {}
    return diagram.chain("first", "e1").chain("second", "e2")


def error_beside() -> Diagram:
    thrower = Diagram("thrower").start("ts").user("thrower_u").chain("ts", "thrower_u", "te")
    thrower.add("endEvent", "te", '<bpmn:errorEventDefinition errorRef="e1"/>')
    beside = Diagram("beside").start("bs").user("bu").end("be").chain("bs", "bu", "be")
    diagram = Diagram().start().add("parallelGateway", "g").sub("part", thrower).sub("next", beside).user("handle")
    diagram.end("e1", "e2", "e3").boundary("c", "next", '<bpmn:errorEventDefinition errorRef="e1"/>')
    return diagram.chain("start", "g", "part", "e1").chain("g", "next", "e2").chain("c", "handle", "e3")


def two_timers_at_a_gateway(short: str, long: str) -> Diagram:
    diagram = Diagram().start().add("eventBasedGateway", "wait").user("after_long", "after_short").end("e1", "e2")
    diagram.add("intermediateCatchEvent", "long", timer_definition(long, "timeDuration"))
    diagram.add("intermediateCatchEvent", "short", timer_definition(short, "timeDuration"))
    diagram.chain("start", "wait", "long", "after_long", "e1")
    return diagram.chain("wait", "short", "after_short", "e2")


def uncaught_error() -> Diagram:
    inner = Diagram("inner").start("is").user("u").chain("is", "u", "te")
    inner.add("endEvent", "te", '<bpmn:errorEventDefinition errorRef="e1"/>')
    return Diagram().start().sub("part", inner).user("after").end().chain("start", "part", "after", "end")


def a_call_with_mappings() -> tuple[Diagram, Diagram]:
    called = Diagram("called").start("cs").user("u").end("ce").chain("cs", "u", "ce")
    diagram = Diagram().start().call("part", "called", "shown", "result=answer").user("after").end()
    return diagram.chain("start", "part", "after", "end"), called


def a_late_end() -> Diagram:
    """A branch that ends last and knows old facts."""
    inner = Diagram("inner").start("is").add("parallelGateway", "g").user("a", "b").end("e1", "e2")
    inner.chain("is", "g", "a", "e1").chain("g", "b", "e2")
    return Diagram().start().sub("part", inner).user("after").end().chain("start", "part", "after", "end")


def terminated() -> Diagram:
    inner = Diagram("inner").start("is").add("parallelGateway", "g").user("a", "b", "stop").end("e1")
    inner.add("endEvent", "all", "<bpmn:terminateEventDefinition/>").chain("is", "g", "a", "b", "e1")
    inner.chain("g", "stop", "all")
    return Diagram().start().sub("part", inner).user("after").end().chain("start", "part", "after", "end")


def heard_beside() -> Diagram:
    """A signal that does not interrupt, thrown twice."""
    diagram = Diagram().start().add("parallelGateway", "g").user("work", "u1", "u2", "handle").end("e1", "e2", "e3")
    diagram.add("intermediateThrowEvent", "say", '<bpmn:signalEventDefinition signalRef="s1"/>')
    diagram.add("intermediateThrowEvent", "again", '<bpmn:signalEventDefinition signalRef="s1"/>')
    diagram.boundary("heard", "work", '<bpmn:signalEventDefinition signalRef="s1"/>', interrupting=False)
    diagram.chain("start", "g", "work", "e1").chain("g", "u1", "say", "u2", "again", "e2")
    return diagram.chain("heard", "handle", "e3")
