"""What a definition holds, as pages and lint read it. Plain values, no SpiffWorkflow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.engine.beginning import Beginning

#: (process, element id)
Key = tuple[str, str]

#: BPMN's element names in words, for elements without a name of their own.
WORDS = {
    "startEvent": "start",
    "endEvent": "end",
    "userTask": "user task",
    "manualTask": "manual task",
    "serviceTask": "service task",
    "businessRuleTask": "decision",
    "scriptTask": "script task",
    "sendTask": "send task",
    "receiveTask": "receive task",
    "callActivity": "call activity",
    "subProcess": "sub-process",
    "exclusiveGateway": "exclusive gateway",
    "parallelGateway": "parallel gateway",
    "inclusiveGateway": "inclusive gateway",
    "eventBasedGateway": "event-based gateway",
    "boundaryEvent": "boundary event",
    "intermediateCatchEvent": "catch event",
    "intermediateThrowEvent": "throw event",
}


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a diagram. `kind` is BPMN's own name (`userTask`)."""

    id: str
    name: str
    kind: str
    #: id of the bpmn:process that draws it
    process: str
    #: id of the sub-process that holds it directly, else of the process
    scope: str
    #: camunda:candidateGroups, else the id of the lane; "" where each case works it out for itself
    role: str = ""
    #: the roles that it may be for: `role`, or those of the property `roles` beside an expression
    roles: tuple[str, ...] = ()
    #: form that is asked: of a user task, of a start, of what people say at any time
    form: str | None = None
    documentation: str = ""
    #: ids of the clauses it carries out (property `rules`)
    rules: tuple[str, ...] = ()
    #: every camunda:property
    properties: Mapping[str, str] = field(default_factory=dict)
    #: what it calls, decides or hands over: called process, decision, topic or message name
    refers_to: str = ""
    #: id of the activity that a boundary event sits on
    attached_to: str = ""
    #: a boundary event that takes the activity away, or an event sub-process that ends its scope
    interrupting: bool = False

    @property
    def label(self) -> str:
        """The name that people see; without one, what it is and its id."""
        return self.name or f"{WORDS.get(self.kind, self.kind)} {self.id}"

    @property
    def said_by(self) -> tuple[str, ...]:
        """Case roles whose holders may say its message while the case waits for it (property `saidBy`)."""
        return tuple(self.properties.get("saidBy", "").split())


@dataclass(frozen=True, slots=True)
class Process:
    id: str
    name: str
    documentation: str
    file: str
    #: in the order of the file, those of sub-processes after their sub-process
    elements: tuple[Element, ...]
    #: lane id to lane name
    lanes: Mapping[str, str]
    #: camunda:property of the process itself
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Outline:
    key: str
    name: str
    documentation: str
    #: form that starts a case, and the role ids that may start one (property `starters`)
    start_form: str | None
    starters: tuple[str, ...]
    #: the main process first, then the called ones by id
    processes: tuple[Process, ...]
    #: names of the messages that a case may wait for
    messages: tuple[str, ...]
    #: elements that stop clocks while a token rests in them, to those whose clocks these are
    pauses: Mapping[Key, frozenset[Key]] = field(default_factory=dict)
    #: about whom a case is, and after which other it may begin
    beginning: Beginning = field(default_factory=Beginning)

    def element(self, process: str, element_id: str) -> Element | None:
        """The element with this id in that process."""
        return next(
            (e for p in self.processes if p.id == process for e in p.elements if e.id == element_id),
            None,
        )
