"""A small builder of diagrams as Camunda Modeler 7 writes them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any
from xml.sax.saxutils import escape, quoteattr

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
    ' xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="Definitions_1"'
    ' targetNamespace="http://bpmn.io/schema/bpmn" exporter="Camunda Modeler" exporterVersion="5.20.0">\n'
)


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
        #: camunda:properties of the process itself
        self.props: dict[str, str] = {}
        #: element to the height at which its shape is drawn
        self.drawn: dict[str, int] = {}

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
        own = _properties(self.props)
        extensions = f"<bpmn:extensionElements>{own}</bpmn:extensionElements>" if own else ""
        lane_set = f'<bpmn:laneSet id="{self.id}_lanes">{lanes}</bpmn:laneSet>' if lanes else ""
        return (
            f'<bpmn:process id="{self.id}" name={quoteattr(self.name)} isExecutable="true">'
            f"{extensions}{lane_set}{self.inside()}</bpmn:process>"
        )

    def xml(self, *tops: str) -> bytes:
        shapes = "".join(
            f'<bpmndi:BPMNShape bpmnElement="{element}"><dc:Bounds x="0" y="{y}"/></bpmndi:BPMNShape>'
            for element, y in self.drawn.items()
        )
        plane = f'<bpmndi:BPMNPlane bpmnElement="{self.id}">{shapes}</bpmndi:BPMNPlane>'
        drawing = f"<bpmndi:BPMNDiagram>{plane}</bpmndi:BPMNDiagram>"
        return (_HEAD + "".join(tops) + self.process() + drawing + "</bpmn:definitions>").encode()


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
