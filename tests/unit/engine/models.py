"""A small builder of diagrams as Camunda Modeler 7 writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from app.engine import Bundle, Command, Complete, Definition, FireDue, Message, Start, Step, Task, advance, load

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
    ' xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="Definitions_1"'
    ' targetNamespace="http://bpmn.io/schema/bpmn" exporter="Camunda Modeler" exporterVersion="5.20.0">\n'
)
CALENDAR = {"country": "GB", "subdivision": "ENG", "tz": "Europe/London", "close": "17:00"}
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Node:
    def __init__(self, kind: str, element: str, attributes: dict[str, str], extensions: str, inside: str) -> None:
        self.kind, self.id, self.attributes, self.extensions, self.inside = (
            kind,
            element,
            attributes,
            extensions,
            inside,
        )


class Diagram:
    """One process, or the inside of a sub-process. `flow("a", "b")` draws a sequence flow, `chain` several."""

    def __init__(self, process: str = "case", name: str = "") -> None:
        self.id, self.name = process, name or process
        self.nodes: list[Node] = []
        self.flows: list[tuple[str, str, str, str]] = []
        self.lanes: dict[str, tuple[str, ...]] = {}

    def add(
        self, kind: str, element: str, inside: str = "", ext: str = "", props: Any = None, **attributes: str
    ) -> Diagram:
        """`camunda__formRef="x"` gives camunda:formRef. `props` become camunda:properties."""
        named = {key.replace("__", ":"): value for key, value in attributes.items()}
        named.setdefault("name", element)
        self.nodes.append(Node(kind, element, named, ext + _properties(props or {}), inside))
        return self

    def flow(self, source: str, target: str, condition: str = "", element: str = "") -> Diagram:
        self.flows.append((element or f"{self.id}_{source}_{target}_{len(self.flows)}", source, target, condition))
        return self

    def chain(self, *ids: str) -> Diagram:
        for source, target in pairwise(ids):
            self.flow(source, target)
        return self

    def start(self, element: str = "start", **attributes: Any) -> Diagram:
        return self.add("startEvent", element, **attributes)

    def end(self, *ids: str) -> Diagram:
        for element in ids or ("end",):
            self.add("endEvent", element)
        return self

    def user(self, *ids: str, **attributes: Any) -> Diagram:
        for element in ids:
            self.add("userTask", element, **{"camunda__candidateGroups": "hr", **attributes})
        return self

    def timer(
        self, element: str, on: str, time: str, *, kind: str = "", interrupting: bool = False, **more: Any
    ) -> Diagram:
        """A boundary timer. `kind` is guessed from `time`: timeCycle for R…, timeDuration for P…, else timeDate."""
        return self.boundary(element, on, timer_definition(time, kind), interrupting=interrupting, **more)

    def boundary(self, element: str, on: str, definition: str, *, interrupting: bool = True, **more: Any) -> Diagram:
        cancel = {} if interrupting else {"cancelActivity": "false"}
        return self.add("boundaryEvent", element, definition, attachedToRef=on, **cancel, **more)

    def script(self, element: str, result: str, expression: str) -> Diagram:
        inside = f"<bpmn:script>{escape(expression)}</bpmn:script>"
        return self.add("scriptTask", element, inside, scriptFormat="feel", camunda__resultVariable=result)

    def notify(self, element: str, to: str = "employee", template: str = "hello") -> Diagram:
        return self.add(
            "serviceTask",
            element,
            ext=inputs(to=to, template=template),
            camunda__type="external",
            camunda__topic="notify",
        )

    def sub(self, element: str, inner: Diagram, loop: str = "", **attributes: Any) -> Diagram:
        return self.add("subProcess", element, inner.inside() + loop, **attributes)

    def call(
        self, element: str, called: str, ins: str = "", outs: str = "", loop: str = "", **attributes: Any
    ) -> Diagram:
        """`ins` and `outs`: "a=b" pairs, target=source, separated by spaces; "*" for all."""
        mappings = _mappings("in", ins) + _mappings("out", outs)
        return self.add("callActivity", element, loop, ext=mappings, calledElement=called, **attributes)

    def inside(self) -> str:
        incoming: dict[str, str] = {}
        outgoing: dict[str, str] = {}
        for flow, source, target, _ in self.flows:
            outgoing[source] = outgoing.get(source, "") + f"<bpmn:outgoing>{flow}</bpmn:outgoing>"
            incoming[target] = incoming.get(target, "") + f"<bpmn:incoming>{flow}</bpmn:incoming>"
        body = "".join(_node(node, incoming.get(node.id, "") + outgoing.get(node.id, "")) for node in self.nodes)
        return body + "".join(_flow(*flow) for flow in self.flows)

    def process(self) -> str:
        lanes = "".join(
            f'<bpmn:lane id="{lane}" name="{lane}">'
            + "".join(f"<bpmn:flowNodeRef>{ref}</bpmn:flowNodeRef>" for ref in refs)
            + "</bpmn:lane>"
            for lane, refs in self.lanes.items()
        )
        lane_set = f'<bpmn:laneSet id="{self.id}_lanes">{lanes}</bpmn:laneSet>' if lanes else ""
        return (
            f'<bpmn:process id="{self.id}" name={quoteattr(self.name)} isExecutable="true">'
            f"{lane_set}{self.inside()}</bpmn:process>"
        )

    def xml(self, *tops: str) -> bytes:
        return (_HEAD + "".join(tops) + self.process() + "</bpmn:definitions>").encode()


def _node(node: Node, flows: str) -> str:
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in node.attributes.items() if value is not None)
    extensions = f"<bpmn:extensionElements>{node.extensions}</bpmn:extensionElements>" if node.extensions else ""
    return f'<bpmn:{node.kind} id="{node.id}"{attributes}>{extensions}{flows}{node.inside}</bpmn:{node.kind}>'


def _flow(flow: str, source: str, target: str, condition: str) -> str:
    body = (
        f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{escape(condition)}</bpmn:conditionExpression>'
        if condition
        else ""
    )
    return f'<bpmn:sequenceFlow id="{flow}" sourceRef="{source}" targetRef="{target}">{body}</bpmn:sequenceFlow>'


def _properties(properties: dict[str, str]) -> str:
    inner = "".join(f"<camunda:property name={quoteattr(k)} value={quoteattr(v)}/>" for k, v in properties.items())
    return f"<camunda:properties>{inner}</camunda:properties>" if inner else ""


def _mappings(kind: str, pairs: str) -> str:
    made = []
    for pair in pairs.split():
        target, _, source = pair.partition("=")
        expression = source.startswith("${")
        made.append(
            f'<camunda:{kind} variables="all"/>'
            if pair == "*"
            else f"<camunda:{kind} {'sourceExpression' if expression else 'source'}={quoteattr(source or target)} "
            f"target={quoteattr(target)}/>"
        )
    return "".join(made)


def inputs(**parameters: str) -> str:
    inner = "".join(
        f'<camunda:inputParameter name="{name}">{escape(value)}</camunda:inputParameter>'
        for name, value in parameters.items()
    )
    return f"<camunda:inputOutput>{inner}</camunda:inputOutput>"


def timer_definition(time: str, kind: str = "") -> str:
    kind = kind or {"R": "timeCycle", "P": "timeDuration"}.get(time[:1], "timeDate")
    body = f'<bpmn:{kind} xsi:type="bpmn:tFormalExpression">{escape(time)}</bpmn:{kind}>'
    return f"<bpmn:timerEventDefinition>{body}</bpmn:timerEventDefinition>"


def message_definition(ref: str, **attributes: str) -> str:
    more = "".join(f" {name.replace('__', ':')}={quoteattr(value)}" for name, value in attributes.items())
    return f'<bpmn:messageEventDefinition messageRef="{ref}"{more}/>'


def message(ref: str, name: str = "") -> str:
    return f'<bpmn:message id="{ref}" name="{name or ref}"/>'


def instances(collection: str = "people", item: str = "person", *, sequential: bool = False, enough: str = "") -> str:
    order = ' isSequential="true"' if sequential else ""
    condition = f"<bpmn:completionCondition>{escape(enough)}</bpmn:completionCondition>" if enough else ""
    return (
        f"<bpmn:multiInstanceLoopCharacteristics{order} camunda:collection={quoteattr(collection)}"
        f" camunda:elementVariable={quoteattr(item)}>{condition}</bpmn:multiInstanceLoopCharacteristics>"
    )


def bundle(main: Diagram, *others: Diagram | bytes, tops: str = "", files: dict[str, bytes] | None = None) -> Bundle:
    found = {f"{main.id}.bpmn": main.xml(tops), **(files or {})}
    for number, other in enumerate(others):
        if isinstance(other, Diagram):
            found[f"{other.id}.bpmn"] = other.xml(tops)
        else:
            found[f"other{number}.bpmn"] = other
    return Bundle(main.id, found)


def moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


class Play:
    """A case played step by step, each through bytes."""

    def __init__(
        self,
        definition: Definition | Bundle,
        facts: dict[str, Any] | None = None,
        *,
        case: str = "case-1",
        now: Any = MONDAY,
    ) -> None:
        self.definition = load(definition) if isinstance(definition, Bundle) else definition
        self.now = moment(now) if isinstance(now, str) else now
        self.state: bytes | None = None
        self.steps: list[Step] = []
        self.give(Start(case, facts or {}, CALENDAR))

    def give(self, command: Command) -> Step:
        step = advance(self.definition, self.state, command, self.now)
        self.state = step.state
        self.steps.append(step)
        return step

    @property
    def step(self) -> Step:
        return self.steps[-1]

    def open(self) -> list[str]:
        return [task.element_id for task in self.step.tasks]

    def task(self, element_id: str, at: int = 0) -> Task:
        return [task for task in self.step.tasks if task.element_id == element_id][at]

    def do(self, element_id: str, at: int = 0, **facts: Any) -> list[str]:
        self.give(Complete(self.task(element_id, at).id, facts))
        return self.open()

    def tell(self, name: str, key: str | None = None, **facts: Any) -> list[str]:
        self.give(Message(name, facts, key))
        return self.open()

    def at(self, when: str) -> list[str]:
        self.now = moment(when)
        self.give(FireDue())
        return self.open()

    def due(self) -> list[tuple[str, str]]:
        return [(timer.element_id, timer.due.at.strftime("%Y-%m-%dT%H:%M")) for timer in self.step.timers]

    def kinds(self) -> list[str]:
        return [f"{event.kind}:{event.element_id}" for event in self.step.events]

    def facts(self) -> dict[str, Any]:
        return dict(self.step.facts)

    def waiting(self) -> dict[str, Any]:
        """All that could still happen."""
        step = self.step
        return {"tasks": self.open(), "timers": self.due(), "messages": step.messages, "incidents": step.incidents}
