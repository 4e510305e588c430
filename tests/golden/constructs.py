"""A small process for every construct that the engine runs, and somebody who plays it in every way that it allows.

What they are now is of no matter to what was recorded before: a recording brings its own diagrams."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.engine import Cancel, Complete, FireDue, Message, Retry
from app.errors import NotWaiting
from tests.unit.engine.models import Bundle, Diagram, Play, bundle, inputs, instances, message, message_definition
from tests.unit.engine.models import timer_definition as time_of

MESSAGES = message("m1", "note") + message("m2", "stop") + message("m3", "reply")
CODES = (
    '<bpmn:signal id="s1" name="over"/><bpmn:error id="e1" name="Refused" errorCode="refused"/>'
    '<bpmn:escalation id="x1" name="Late" escalationCode="late"/>'
)
TABLE = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="Policy" namespace="http://waymark.example">
 <decision id="policy" name="Policy"><decisionTable id="t" hitPolicy="FIRST">
  <input id="i1"><inputExpression id="ie1" typeRef="string"><text>employer</text></inputExpression></input>
  <output id="o1" name="days" typeRef="number"/><output id="o2" name="silence" typeRef="string"/>
  <rule id="r1"><inputEntry id="a"><text>"mill", "dock"</text></inputEntry>
   <outputEntry id="b"><text>5</text></outputEntry>
   <outputEntry id="c"><text>"release"</text></outputEntry></rule>
  <rule id="r2"><inputEntry id="d1"><text>-</text></inputEntry><outputEntry id="e"><text>2</text></outputEntry>
   <outputEntry id="f"><text>"hold"</text></outputEntry></rule>
 </decisionTable></decision></definitions>"""
ENOUGH = {"outputCollection": "votes", "outputElement": "vote"}
#: steps after which a case that has not ended is left as it is
STEPS = 16


@dataclass(frozen=True)
class Construct:
    """`ways`: how often it is played, each time in another way. `answers`: facts given with every completion."""

    name: str
    bundle: Bundle
    facts: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    ways: int = 2


def wander(play: Play, answers: Mapping[str, Any], seed: int) -> None:
    """Do whatever the case waits for, as a seed has it, until it is over or has lasted long enough."""
    draw = random.Random(seed)  # noqa: S311 # a test's dice
    for number in range(STEPS):
        if play.step.status != "running":
            return
        do = draw.choice(_open_to(play))
        if do is None:
            return
        if isinstance(do, FireDue):
            play.now = max(play.now, play.step.timers[0].due.at)
        elif isinstance(do, Complete):
            do = Complete(do.task_id, {**answers, **do.facts, "last": number})
        with contextlib.suppress(NotWaiting):  # a join that waits in vain cannot be tried again
            play.give(do)


def _open_to(play: Play) -> list[Any]:
    """Commands that the case waits for; tasks twice, so that they are drawn more often."""
    step = play.step
    tasks = [Complete(task.id, {task.element_id: len(play.steps)}) for task in step.tasks]
    messages = [Message(name, {"said": len(play.steps)}, key="k7") for name in step.messages]
    failed = [Retry(incident.task_id, {"deadline": "2026-06-01"}) for incident in step.incidents]
    clock = [FireDue()] if step.timers else []
    return [*tasks, *tasks, *messages, *failed, *clock] or [None]


def _inner(name: str, end: str = "") -> Diagram:
    """A start, a user task and an end, which may throw something."""
    inner = Diagram(name).start(f"{name}_start").user(f"{name}_task").chain(f"{name}_start", f"{name}_task")
    return inner.add("endEvent", f"{name}_end", end).flow(f"{name}_task", f"{name}_end")


def _one(kind: str, inside: str = "", ext: str = "", **more: Any) -> Diagram:
    """A process of one element and a user task behind it."""
    diagram = Diagram().start().add(kind, "it", inside, ext, **more).user("after").end()
    return diagram.chain("start", "it", "after", "end")


def gateways() -> list[Construct]:
    choice = Diagram().start().add("exclusiveGateway", "x", default="f_no").user("yes", "no").end("e1", "e2")
    choice.chain("start", "x").flow("x", "yes", "${amount > 10 and kind = 'a'}").flow("x", "no", element="f_no")
    inclusive = Diagram().start().add("inclusiveGateway", "or", default="f_c").user("a", "b", "c", "z").end()
    inclusive.add("inclusiveGateway", "join").chain("start", "or").chain("join", "z", "end")
    inclusive.flow("or", "a", "${x > 1}").flow("or", "b", "${x > 2}").flow("or", "c", element="f_c")
    for branch in "abc":
        inclusive.flow(branch, "join")
    alone = Diagram().start().add("exclusiveGateway", "x", default="f_a").user("a", "b").end().chain("start", "x")
    alone.add("parallelGateway", "join").flow("x", "a", element="f_a").flow("x", "b", "${false}")
    stuck = Diagram().start().add("exclusiveGateway", "x").user("a", "b").end("e1", "e2").chain("start", "x")
    stuck.flow("x", "a", "${deadline = '2026-06-01'}").flow("x", "b", "${amount > 3}").chain("a", "e1").chain("b", "e2")
    return [
        Construct("exclusive", bundle(choice.chain("yes", "e1").chain("no", "e2")), {"amount": 11, "kind": "a"}),
        Construct("inclusive-two-of-three", bundle(inclusive), {"x": 3}),
        Construct("inclusive-default", bundle(inclusive), {"x": 1}, ways=1),
        Construct("join-in-vain", bundle(alone.chain("a", "join", "end").chain("b", "join")), ways=1),
        Construct("no-way-out", bundle(stuck), {"amount": 1}),
    ]


def tasks() -> list[Construct]:
    script = Diagram().start().script("stamp", "at", "now()").script("add", "n", "n + 1").user("u", "v").end()
    script.add("manualTask", "by_hand").chain("start", "stamp", "add", "u", "by_hand", "v", "end")
    due = Diagram().start().user("u", camunda__dueDate="${workdays(policy.days)}").user("v", camunda__dueDate="P1M")
    due.add("businessRuleTask", "decide", camunda__decisionRef="policy", camunda__resultVariable="policy").end()
    due.nodes[-2].attributes["camunda:mapDecisionResult"] = "singleResult"
    lanes = Diagram().start().user("u", props={"milestone": "Asked", "rules": "XX-2"}).end().chain("start", "u", "end")
    lanes.nodes[1].attributes.pop("camunda:candidateGroups")
    lanes.lanes = {"office": ("u",)}
    return [
        Construct("scripts", bundle(script), {"n": 1}, ways=1),
        Construct(
            "decision-and-due-dates",
            bundle(due.chain("start", "decide", "u", "v", "end"), files={"policy.dmn": TABLE}),
            {"employer": "dock"},
            ways=1,
        ),
        Construct("lane-and-milestone", bundle(lanes), ways=1),
        Construct(
            "handlers",
            bundle(_one("serviceTask", ext=inputs(to="hr", template="hello", days="${n}"), camunda__topic="notify")),
            {"n": 3},
            ways=1,
        ),
        Construct("handler-unknown", bundle(_one("serviceTask", camunda__topic="nobody")), ways=1),
    ]


def timers() -> list[Construct]:
    def guarded(*events: tuple[str, bool]) -> Bundle:
        diagram = Diagram().start().user("u", "after").end().chain("start", "u", "after", "end")
        for number, (time, interrupting) in enumerate(events):
            diagram.timer(f"t{number}", "u", time, interrupting=interrupting, props={"deadline": "warn"})
            diagram.user(f"h{number}").end(f"e{number}").chain(f"t{number}", f"h{number}", f"e{number}")
        return bundle(diagram)

    return [
        Construct("timer-duration", guarded(("P3D", False), ("P10D", True)), ways=4),
        Construct("timer-working-days", guarded(("${workdays(2)}", False), ("${workdays(5)}", True)), ways=3),
        Construct("timer-date", guarded(("2026-03-29T09:00", False), ("${due}", True)), {"due": "2026-04-30"}),
        Construct("timer-cycle", guarded(("R3/P1M", False)), ways=3),
        Construct("timer-cycle-from", guarded(("R/2026-03-31T09:00/P1M", False)), ways=3),
        Construct("timer-not-known", guarded(("${deadline}", True)), ways=3),
        Construct("timer-caught", bundle(_one("intermediateCatchEvent", time_of("P28D"))), ways=1),
        Construct("timer-start", bundle(_started_by(time_of("2026-03-09T09:00"))), ways=1),
    ]


def _started_by(definition: str) -> Diagram:
    return Diagram().add("startEvent", "start", definition).user("u").end().chain("start", "u", "end")


def messages() -> list[Construct]:
    key = {"key": "${number}"}
    receive = _one("receiveTask", messageRef="m3", props=key)
    asking = Diagram().start().add("eventBasedGateway", "which").user("use", "chase").end("e1", "e2")
    asking.add("sendTask", "ask", ext=inputs(about="${question}"), messageRef="m1", props=key)
    asking.add("intermediateCatchEvent", "reply", message_definition("m3", camunda__resultVariable="got"), props=key)
    asking.add("intermediateCatchEvent", "late", time_of("P14D")).add("intermediateCatchEvent", "later", time_of("P3D"))
    asking.chain("start", "ask", "which", "reply", "use", "e1").chain("which", "late", "chase", "e2")
    guarded = Diagram().start().user("u", "after", "h1", "h2").end("e0", "e1", "e2").chain("start", "u", "after", "e0")
    guarded.boundary("noted", "u", message_definition("m1"), interrupting=False).chain("noted", "h1", "e1")
    guarded.boundary("stopped", "u", message_definition("m2")).chain("stopped", "h2", "e2")
    return [
        Construct(
            "event-gateway",
            bundle(asking.chain("which", "later", "chase"), tops=MESSAGES),
            {"number": "k7", "question": "days?"},
            ways=3,
        ),
        Construct("receive-task", bundle(receive, tops=MESSAGES), {"number": "k7"}),
        Construct("message-start", bundle(_started_by(message_definition("m1")), tops=MESSAGES), ways=1),
        Construct("message-boundary", bundle(guarded, tops=MESSAGES), ways=4),
        Construct(
            "message-end",
            bundle(_inner("case", message_definition("m1", camunda__expression="${{n: 1}}")), tops=MESSAGES),
            ways=1,
        ),
    ]


def scopes() -> list[Construct]:
    def around(inner: Diagram, definition: str, *, called: bool = False, interrupting: bool = True) -> Bundle:
        diagram = Diagram().start().user("after", "handle").end("e1", "e2")
        diagram = diagram.call("part", inner.id, "x", "x") if called else diagram.sub("part", inner)
        diagram.boundary("caught", "part", definition, interrupting=interrupting)
        diagram.chain("start", "part", "after", "e1").chain("caught", "handle", "e2")
        return bundle(diagram, *([inner] if called else []), tops=CODES)

    error, late = '<bpmn:errorEventDefinition errorRef="e1"/>', '<bpmn:escalationEventDefinition escalationRef="x1"/>'
    signal = '<bpmn:signalEventDefinition signalRef="s1"/>'
    shouting = Diagram().start().add("parallelGateway", "g").user("a", "b").end("e1", "e2", "e3").chain("start", "g")
    shouting.add("intermediateThrowEvent", "shout", signal).boundary("heard", "b", signal)
    shouting.chain("g", "a", "shout", "e1").chain("g", "b", "e2").chain("heard", "e3")
    ending = Diagram().start().add("parallelGateway", "g").user("a", "b").end().chain("start", "g", "b", "end")
    ending.add("endEvent", "all", "<bpmn:terminateEventDefinition/>").chain("g", "a", "all")
    outs = "got=x n=${x+1}"
    call = Diagram().start().call("part", "called", "x=y", outs).user("after").end()
    call.chain("start", "part", "after", "end")
    plain = Diagram().start().sub("part", _inner("part")).end().chain("start", "part", "end")
    handler = Diagram("handler").add("startEvent", "hs", time_of("P10D"), isInterrupting="true").user("h").end("he")
    beside = Diagram("beside").add("startEvent", "bs", message_definition("m1"), isInterrupting="false").user("n")
    body = _inner("body").sub("handler", handler.chain("hs", "h", "he"), triggeredByEvent="true")
    body.sub("beside", beside.end("be").chain("bs", "n", "be"), triggeredByEvent="true")
    outer = Diagram().start().sub("phase", body).user("after").end().chain("start", "phase", "after", "end")
    return [
        Construct("sub-process", bundle(plain), ways=1),
        Construct("error", around(_inner("part", error), error), {"x": 1}, ways=1),
        Construct("error-out-of-a-call", around(_inner("called", error), error, called=True), {"x": 1}, ways=1),
        Construct("escalation", around(_inner("part", late), late, interrupting=False), {"x": 1}),
        Construct("signal", bundle(shouting, tops=CODES), ways=3),
        Construct("terminate", bundle(ending), ways=3),
        Construct("call", bundle(call, _inner("called")), {"x": 1, "y": 2}, {"x": 5}, ways=1),
        Construct("event-sub-process", bundle(outer, tops=MESSAGES), ways=4),
    ]


def several() -> list[Construct]:
    def each(loop: str, **more: Any) -> Bundle:
        diagram = Diagram().start().user("u", inside=loop, **more).user("after").end()
        return bundle(diagram.chain("start", "u", "after", "end"))

    people = {"people": ["a", "b", "c"]}
    veto = instances(enough="${nrOfCompletedInstances > 1}")
    held = Diagram().start().sub("part", _inner("part"), instances()).user("after").end("end", "te")
    held.timer("t", "part", "P5D", interrupting=True).chain("start", "part", "after", "end").chain("t", "te")
    return [
        Construct("instances", each(instances(), props=ENOUGH), people, {"vote": "yes"}),
        Construct("instances-until-enough", each(veto, props=ENOUGH), people, {"vote": "yes"}),
        Construct("instances-in-order", each(instances(sequential=True)), people),
        Construct("instances-of-a-sub-process", bundle(held), people, ways=4),
        Construct("instances-of-nobody", each(instances(), props=ENOUGH), {"people": []}, ways=1),
    ]


def constructs() -> list[Construct]:
    return [*gateways(), *tasks(), *timers(), *messages(), *scopes(), *several()]


def cancelled(play: Play) -> None:
    play.give(Cancel("for the record"))
