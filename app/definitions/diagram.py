"""A BPMN file as lint and packaging read it: elements, flows and what they refer to. Nothing here runs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from app.definitions.drawing import Drawing

#: BPMN name of the message by which the employee's withdrawal of consent reaches a diagram; no case can send it
WITHDRAWN = "consentWithdrawn"


def withdrawn(scope: str) -> str:
    """Name of the message by which a diagram hears that the consent of this scope was taken back."""
    return WITHDRAWN if scope == "referral" else f"{WITHDRAWN}.{scope}"


def is_withdrawal(message: str) -> bool:
    """Is this a message that only the employee can send?"""
    return message == WITHDRAWN or message.startswith(f"{WITHDRAWN}.")


#: BPMN elements that are steps of a process, in words for people.
KINDS = {
    "startEvent": "start event",
    "endEvent": "end event",
    "intermediateCatchEvent": "catch event",
    "intermediateThrowEvent": "throw event",
    "boundaryEvent": "boundary event",
    "task": "task",
    "userTask": "user task",
    "manualTask": "manual task",
    "serviceTask": "service task",
    "sendTask": "send task",
    "receiveTask": "receive task",
    "scriptTask": "script task",
    "businessRuleTask": "decision",
    "callActivity": "call activity",
    "subProcess": "sub-process",
    "transaction": "transaction",
    "adHocSubProcess": "ad-hoc sub-process",
    "exclusiveGateway": "exclusive gateway",
    "inclusiveGateway": "inclusive gateway",
    "parallelGateway": "parallel gateway",
    "eventBasedGateway": "event gateway",
    "complexGateway": "complex gateway",
}
#: elements that send a message, and those that wait for one
SENDS = frozenset({"intermediateThrowEvent", "endEvent", "sendTask"})
HEARS = frozenset({"startEvent", "boundaryEvent", "intermediateCatchEvent", "receiveTask"})
#: gateways whose outgoing flows have conditions
CHOOSING = frozenset({"exclusiveGateway", "inclusiveGateway"})
SCOPES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
#: elements at which a case rests until somebody or something moves it
WAITING = frozenset({"userTask", "receiveTask", "intermediateCatchEvent", "manualTask", "task", "callActivity"})


@dataclass(frozen=True, slots=True)
class Timer:
    """`kind`: "date", "duration" or "cycle", as drawn; `text`: what stands in it."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """One camunda:in, camunda:out, inputParameter or outputParameter."""

    target: str
    #: name of a fact, or ""
    source: str = ""
    #: expression or literal, or ""
    expression: str = ""
    #: variables="all"
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    id: str
    name: str
    source: str
    target: str
    #: None: no condition is drawn
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """One element. Names are as drawn, "" where nothing is said."""

    id: str
    kind: str
    name: str
    process: str
    #: id of the process or sub-process that holds it directly
    scope: str
    documentation: str = ""
    #: attributes in Camunda's namespace, by local name
    camunda: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    default: str = ""
    attached_to: str = ""
    interrupting: bool = True
    #: by kind of event definition: "message", "timer", "error", "escalation", "signal", "terminate" …
    events: tuple[str, ...] = ()
    timers: tuple[Timer, ...] = ()
    called: str = ""
    goes_in: tuple[Mapped, ...] = ()
    goes_out: tuple[Mapped, ...] = ()
    inputs: tuple[Mapped, ...] = ()
    outputs: tuple[Mapped, ...] = ()
    script: str = ""
    by_event: bool = False
    #: name of the message that it sends or waits for
    message: str = ""
    #: what it sends, and the fact that what it receives becomes
    payload: str = ""
    result: str = ""
    #: camunda:collection, elementVariable and completionCondition of several instances
    collection: str = ""
    item: str = ""
    until: str = ""

    @property
    def label(self) -> str:
        """How a sentence names it."""
        kind = KINDS.get(self.kind, self.kind)
        return f"The {kind} “{self.name}”" if self.name else f"The {kind} {self.id}"

    @property
    def inside(self) -> str:
        """The label in the middle of a sentence."""
        return self.label[0].lower() + self.label[1:]

    @property
    def form(self) -> str:
        return self.camunda.get("formRef", "") or (self.properties.get("form", "") if self.said_by else "")

    @property
    def said_by(self) -> tuple[str, ...]:
        """Case roles whose holders say its message at any time."""
        return tuple(self.properties.get("saidBy", "").split())

    @property
    def encloses(self) -> tuple[str, ...]:
        """Ids of the forms whose newest answers go with the message that it sends."""
        return tuple(self.properties.get("encloses", "").split()) if self.sends else ()

    @property
    def sends(self) -> bool:
        return bool(self.message) and self.kind in SENDS

    @property
    def hears(self) -> bool:
        return bool(self.message) and self.kind in HEARS

    @property
    def role_expression(self) -> str:
        """What works out the role when a token comes in, "" where it is always the same."""
        groups = self.camunda.get("candidateGroups", "").strip()
        return groups if groups.startswith(("${", "=")) else ""

    @property
    def roles(self) -> tuple[str, ...]:
        """The candidate groups; those that it may come to be for, where an expression says which."""
        if self.role_expression:
            return tuple(self.properties.get("roles", "").split())
        return tuple(part.strip() for part in self.camunda.get("candidateGroups", "").split(",") if part.strip())

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(self.properties.get("rules", "").split())


@dataclass(frozen=True)
class Process:
    id: str
    name: str
    file: str
    documentation: str
    properties: Mapping[str, str]
    nodes: Mapping[str, Node]
    flows: tuple[Flow, ...]
    #: element id to the id of its lane
    lanes: Mapping[str, str] = field(default_factory=dict)

    def roles(self, node: Node) -> tuple[str, ...]:
        """Who may come to do a task: its candidate group, those that an expression may give, else its lane."""
        if node.role_expression:
            return node.roles
        return node.roles[:1] or ((self.lanes[node.id],) if node.id in self.lanes else ())

    @property
    def starts(self) -> tuple[Node, ...]:
        """Start events of the process itself, in order."""
        return tuple(node for node in self.nodes.values() if node.kind == "startEvent" and node.scope == self.id)

    @property
    def start_form(self) -> str:
        return next((node.form for node in self.starts if node.form), "")

    @property
    def starters(self) -> tuple[str, ...]:
        """Who may start it: the property `starters` of a start event, else of the process."""
        said = [node.properties.get("starters", "") for node in self.starts]
        return tuple(" ".join([*said, self.properties.get("starters", "")]).split())

    @property
    def started_by(self) -> frozenset[str]:
        """Names of the messages that start it."""
        return frozenset(node.message for node in self.starts if node.message)

    @property
    def is_main(self) -> bool:
        """Is it started by people or by another case's message, not only called?"""
        return bool(self.start_form or self.starters or self.started_by)

    def called(self) -> list[str]:
        return [node.called for node in self.nodes.values() if node.called]

    def decisions(self) -> list[str]:
        return [ref for node in self.nodes.values() if (ref := node.camunda.get("decisionRef"))]

    def forms(self) -> list[str]:
        return [form for node in self.nodes.values() for form in (node.form, *node.encloses) if form]

    @property
    def hears(self) -> frozenset[str]:
        """Names of the messages that other cases may send to it."""
        return frozenset(node.message for node in self.nodes.values() if node.hears and not node.said_by)

    @cached_property
    def _leaving(self) -> dict[str, list[Flow]]:
        found: dict[str, list[Flow]] = {}
        for flow in self.flows:
            found.setdefault(flow.source, []).append(flow)
        return found

    def leaving(self, node_id: str) -> list[Flow]:
        return self._leaving.get(node_id, [])

    @cached_property
    def _entering(self) -> dict[str, list[Flow]]:
        found: dict[str, list[Flow]] = {}
        for flow in self.flows:
            found.setdefault(flow.target, []).append(flow)
        return found

    def entering(self, node_id: str) -> list[Flow]:
        return self._entering.get(node_id, [])


@dataclass(frozen=True)
class Diagram:
    file: str
    processes: tuple[Process, ...]
    drawing: Drawing = field(default_factory=Drawing)
