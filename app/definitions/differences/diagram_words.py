"""What the parts of a diagram are called by who owns it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from app.definitions.diagram import KINDS
from app.definitions.differences import timing
from app.definitions.differences.things import Fact, Order, Path

#: other things of a diagram, in words
OTHERS = {
    "definitions": "file",
    "process": "process",
    "collaboration": "collaboration",
    "participant": "pool",
    "laneSet": "set of lanes",
    "childLaneSet": "set of lanes",
    "lane": "lane",
    "sequenceFlow": "flow",
    "messageFlow": "message flow",
    "message": "message",
    "signal": "signal",
    "error": "error",
    "escalation": "escalation",
    "textAnnotation": "note",
    "association": "line to a note",
    "group": "group",
    "dataObject": "data object",
    "dataObjectReference": "data object",
    "dataStoreReference": "data store",
    "di:BPMNDiagram": "picture",
}
_ATTRIBUTES = {
    "@id": "Id",
    "@name": "Name",
    "@tag": "Kind",
    "@default": "Way if nothing else fits",
    "@attachedToRef": "Sits on",
    "@cancelActivity": "Interrupts what it sits on",
    "@isInterrupting": "Interrupts what goes on",
    "@triggeredByEvent": "Begins by an event",
    "@sourceRef": "From",
    "@targetRef": "To",
    "@processRef": "Process of the pool",
    "@messageRef": "Message",
    "@signalRef": "Signal",
    "@errorRef": "Error",
    "@escalationRef": "Escalation",
    "@errorCode": "Code of the error",
    "@escalationCode": "Code of the escalation",
    "@calledElement": "Called process",
    "@scriptFormat": "Language of the script",
    "@isExecutable": "Can be run",
    "@isSequential": "One after the other",
    "@targetNamespace": "Namespace",
    "@exporter": "Saved with",
    "@exporterVersion": "Saved with version",
    "@camunda:formRef": "Form",
    "@camunda:formKey": "Form key",
    "@camunda:formRefBinding": "Version of the form",
    "@camunda:candidateGroups": "Who does it (role)",
    "@camunda:candidateUsers": "Who may do it (people)",
    "@camunda:assignee": "Whose it is",
    "@camunda:dueDate": "Due date",
    "@camunda:followUpDate": "Follow-up date",
    "@camunda:decisionRef": "Decision",
    "@camunda:decisionRefBinding": "Version of the decision",
    "@camunda:decisionRefVersion": "Version of the decision, number",
    "@camunda:mapDecisionResult": "How the result comes",
    "@camunda:resultVariable": "Result becomes the fact",
    "@camunda:calledElementBinding": "Version that is called",
    "@camunda:calledElementVersion": "Version that is called, number",
    "@camunda:calledElementVersionTag": "Version that is called, tag",
    "@camunda:versionTag": "Version tag",
    "@camunda:topic": "Topic",
    "@camunda:type": "Kind of service",
    "@camunda:expression": "What is sent",
    "@camunda:collection": "Once for each of",
    "@camunda:elementVariable": "Each of them is called",
}
#: camunda:property, by name
_PROPERTIES = {
    "rules": "Rule ids",
    "deadline": "Deadline",
    "milestone": "Milestone",
    "class": "Who may know of it (class)",
    "pauses": "Clocks that stand still",
    "waitingFor": "Waiting for",
    "starters": "Who may start it",
    "roles": "Roles that it may be for",
    "notDoneBy": "Not done by who did",
    "notHeldBy": "Not done by who is",
    "saidBy": "Who may say it",
    "form": "Form",
    "encloses": "Forms that go along",
    "outward": "Notice tells nothing of the step",
}
_TEXTS = {
    "documentation": "Documentation (why am I asked?)",
    "conditionExpression": "Condition",
    "script": "Script",
    "loopCardinality": "How often",
    "completionCondition": "Enough when",
    "timeDate": "Time (date)",
    "timeDuration": "Time (duration)",
    "timeCycle": "Time (cycle)",
}
_TIMES = frozenset({"timeDate", "timeDuration", "timeCycle"})
_YES = {"true": "yes", "false": "no"}
#: attributes that hold a time, and those that name something of the file
_TIMED = frozenset({"@camunda:dueDate", "@camunda:followUpDate"})
_REFER = frozenset(
    {"@default", "@attachedToRef", "@sourceRef", "@targetRef", "@processRef", "@messageRef", "@signalRef"}
    | {"@errorRef", "@escalationRef", "@calledElement"}
)
_NAMED = re.compile(r"([\w:]+)\[(.*)\](?:#\d+)?'*", re.DOTALL)
#: what goes along with something else that says more
_QUIET = frozenset({"@xsi:type"})
#: holders of parts whose order says something
_ORDERED = {"camunda:inputOutput": "inputs and outputs"}


@lru_cache(maxsize=4096)
def plain(step: str) -> str:
    """`camunda:property` of `camunda:property[rules]#2`."""
    return step.partition("[")[0].partition("#")[0]


def named(step: str) -> str:
    """`rules` of `camunda:property[rules]`."""
    found = _NAMED.fullmatch(step)
    return found[2] if found else ""


@dataclass(frozen=True)
class DiagramWords:
    """Facts of one element. `names`: id of anything in the file to what people call it."""

    names: Mapping[str, str]

    def fact(self, path: Path, value: str) -> Fact:
        last = path[-1]
        holder = path[-2] if len(path) > 1 else ""
        kind = "timer" if any(plain(step) == "timerEventDefinition" for step in path) else ""
        what = _what(path)
        if plain(holder) == "conditionExpression":
            kind = "condition"
        if last in ("@exporter", "@exporterVersion") and len(path) == 1:
            return Fact(value, what, group="order")
        return Fact(value, what, self._said(path, value), kind, quiet=_is_quiet(path))

    def order(self, path: Path, keys: tuple[str, ...]) -> Order:
        holder = plain(path[-1]) if path else ""
        known = not holder.startswith("{")
        what = f"Order of {_ORDERED.get(holder, 'its parts')}"
        return Order(keys, what, "order" if known and holder not in _ORDERED else "")

    def _said(self, path: Path, value: str) -> str:
        last = path[-1]
        if last == "@tag":
            return KINDS.get(value, OTHERS.get(value, value))
        if last in _REFER or last == "@lane" or plain(path[0]) in ("incoming", "outgoing", "flowNodeRef"):
            return self.names.get(value, "")
        if last in _TIMED or (len(path) > 1 and plain(path[-2]) in _TIMES and last == "text"):
            return timing.in_words(value)
        return _YES.get(value, "") if last.startswith("@") else ""


def _is_quiet(path: Path) -> bool:
    """The name of a property stands in its path already."""
    return path[-1] in _QUIET or (len(path) > 1 and path[-1] in ("@name", "@target", "@key") and bool(named(path[-2])))


def _what(path: Path) -> str:
    last = path[-1]
    if len(path) == 1:
        return _ATTRIBUTES.get(last, _generic(path))
    holder = path[-2]
    for say in (_of_property, _of_mapping, _of_wait):
        found = say(plain(holder), named(holder), last)
        if found:
            return found
    if last == "text" and plain(holder) in _TEXTS:
        return _TEXTS[plain(holder)]
    if plain(holder) == "multiInstanceLoopCharacteristics" and last == "there":
        return "Done by several"
    if last in _ATTRIBUTES and last not in ("@id", "@name"):
        return _ATTRIBUTES[last]
    return _generic(path)


def _of_property(holder: str, name: str, last: str) -> str:
    if holder != "camunda:property":
        return ""
    said = _PROPERTIES.get(name, f"Property “{name}”")
    return said if last == "@value" else f"{said}, {_attribute(last)}"


def _of_mapping(holder: str, name: str, last: str) -> str:
    begin = _MAPPINGS.get(holder)
    if begin is None:
        return ""
    how = {"@source": "", "text": "", "@sourceExpression": ", worked out", "@variables": "everything"}
    return f"{begin} “{name}”{how[last]}" if last in how else f"{begin} “{name}”, {_attribute(last)}"


_MAPPINGS = {
    "camunda:inputParameter": "Input",
    "camunda:outputParameter": "Output",
    "camunda:in": "Goes in as",
    "camunda:out": "Comes back as",
}


def _of_wait(holder: str, name: str, last: str) -> str:
    if holder == "incoming" and last == "text":
        return "Way in"
    if holder == "outgoing" and last == "text":
        return "Way out"
    return "Step in the lane" if holder == "flowNodeRef" and last == "text" else ""


def _attribute(last: str) -> str:
    return f"attribute “{last.removeprefix('@')}”" if last.startswith("@") else last


def _generic(path: Path) -> str:
    """Whatever has no words of its own: the names that it has in the file."""
    steps = [_attribute(step) if place == len(path) - 1 else f"“{step}”" for place, step in enumerate(path)]
    text = {"text": "text", "there": "is there"}.get(path[-1])
    if text:
        steps[-1] = text
    return (first := " › ".join(steps))[:1].upper() + first[1:]
