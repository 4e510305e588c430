"""Which BPMN 2.0 runs here, element by element: the page for process owners, the tests and lint hold to this table.

`answer`: "runs"; "refused" (an error of lint, it is not deployed); "warned" (it is deployed, and lint says that it is
not read); "drawn" (it is there for people; nothing is said)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Answer = Literal["runs", "refused", "warned", "drawn"]


@dataclass(frozen=True, slots=True)
class Row:
    group: str
    what: str
    answer: Answer
    #: how it runs, or why not and what to do instead
    why: str
    #: rule of lint that says so, "" for what runs or is drawn
    rule: str = ""


_ELEMENTS = (
    Row("tasks", "userTask", "runs", "waits for a person: candidate group or lane, form, due date, documentation"),
    Row("tasks", "manualTask", "runs", "as a user task without a form"),
    Row("tasks", "serviceTask", "runs", "hands over to a registered topic (notify, none); what it sends leaves later"),
    Row("tasks", "scriptTask", "runs", "one FEEL expression, whose value becomes one fact"),
    Row("tasks", "businessRuleTask", "runs", "asks a decision of the same deployment"),
    Row("tasks", "sendTask", "runs", "sends its message, with key and payload"),
    Row("tasks", "receiveTask", "runs", "waits for its message"),
    Row("tasks", "task", "refused", "nobody knows who or what does it: choose a kind of task", "not-supported"),
    Row("activities", "callActivity", "runs", "only mapped facts go in and come back"),
    Row("activities", "subProcess", "runs", "embedded, one plain start event"),
    Row("activities", "event sub-process", "runs", "interrupting, or not: then as often as it is called (timers once)"),
    Row("activities", "transaction", "refused", "undoing is work for people: draw it", "not-supported"),
    Row("activities", "adHocSubProcess", "refused", "the order of the work must be drawn", "not-supported"),
    Row(
        "gateways", "exclusiveGateway", "runs", "the first flow in the file's order whose condition holds, else default"
    ),
    Row("gateways", "parallelGateway", "runs", "waits for all; where branches meet, the newest of each fact wins"),
    Row(
        "gateways",
        "inclusiveGateway",
        "runs",
        "not in loops, nested or begun again: inclusive-in-loop, -nested, -repeated",
    ),
    Row("gateways", "eventBasedGateway", "runs", "the first message, timer or signal; its targets belong to it alone"),
    Row("gateways", "complexGateway", "refused", "its activation is not readable: use the others", "not-supported"),
    Row("gateways", "eventBasedGateway instantiate", "refused", "begin with a start event", "not-supported"),
    Row("gateways", "eventBasedGateway Parallel", "refused", "wait in parallel branches", "not-supported"),
    Row("flows", "sequenceFlow", "runs", "one flow out of anything but a gateway"),
    Row("flows", "condition after a gateway", "runs", "FEEL"),
    Row("flows", "condition after a task or event", "refused", "put a gateway after it", "conditional-flow"),
    Row("flows", "several flows out of a task or event", "refused", "put a gateway after it", "several-flows"),
    Row("flows", "condition in another language", "refused", "only FEEL is evaluated", "language"),
    Row("markers", "multi-instance, parallel", "runs", "collection or number; answers in the collection's order"),
    Row("markers", "multi-instance, sequential", "runs", "one after the other; completion condition"),
    Row("markers", "multi-instance without collection or number", "refused", "say for whom", "no-collection"),
    Row("markers", "multi-instance event sub-process", "refused", "cannot be repeated", "no-collection"),
    Row("markers", "standard loop", "refused", "draw it with a gateway: a reader sees when it ends", "loop-marker"),
    Row("markers", "compensation", "refused", "draw what is to be undone", "compensate-marker"),
    Row("markers", "start or completion quantity", "refused", "draw the branches", "not-supported"),
    Row("pools and lanes", "lane", "runs", "its id is the role, where a task names none"),
    Row("pools and lanes", "pool", "drawn", "a frame; its process runs"),
    Row("pools and lanes", "black box pool", "drawn", "somebody outside"),
    Row("pools and lanes", "messageFlow", "drawn", "messages are sent and caught by events and tasks"),
    Row("pools and lanes", "conversation", "drawn", "what pools speak about; nothing runs"),
    Row("data", "dataObject", "drawn", "facts are set by forms, scripts, decisions and calls"),
    Row("data", "dataObjectReference", "drawn", "as above"),
    Row("data", "dataStoreReference", "drawn", "as above"),
    Row("data", "data association", "drawn", "an arrow"),
    Row("data", "data association with an assignment", "warned", "use a script task or mappings", "not-read"),
    Row("data", "property", "drawn", "not read"),
    Row("artefacts", "textAnnotation", "drawn", "a note"),
    Row("artefacts", "association", "drawn", "a line"),
    Row("artefacts", "group", "drawn", "a frame"),
    Row("at the top of a file", "message", "runs", "its name is what counts"),
    Row("at the top of a file", "signal", "runs", "within one case"),
    Row("at the top of a file", "error", "runs", "by its code"),
    Row("at the top of a file", "escalation", "runs", "by its code"),
    Row("at the top of a file", "itemDefinition", "drawn", "not read"),
    Row("at the top of a file", "resource", "drawn", "who does a task is its candidate group or lane"),
    Row("at the top of a file", "correlationProperty", "drawn", "a message's key is its property key"),
)

#: Where an event stands.
PLACES = (
    "start of a process",
    "start of a sub-process",
    "start of an event sub-process",
    "catch",
    "throw",
    "end",
    "boundary, interrupting",
    "boundary, not interrupting",
)
_R, _NO = "runs", "refused"
#: Definition to answer and rule at each place, and why.
_EVENTS: dict[str, tuple[tuple[str, ...], str]] = {
    "none": (
        (_R, _R, "event-sub-process", "no-definition", _R, _R, "no-definition", "no-definition"),
        "a plain start or end, a milestone in between; what waits must say for what",
    ),
    "message": (
        (_R, "sub-process-start", _R, _R, "warned message-key", "warned message-key", _R, _R),
        "by name, and by key where one is set; without a key a sender does not say which case it is for",
    ),
    "timer: date or duration": (
        (_R, "sub-process-start", _R, _R, "timer-event", "timer-event", _R, _R),
        "counted once, when the token comes in, with the sentence of how it was counted",
    ),
    "timer: cycle": (
        ("start-cycle", "start-cycle", "start-cycle", "cycle-place", "timer-event", "timer-event", "cycle-place", _R),
        "repeats beside an activity; anywhere else draw a loop with a timer in it",
    ),
    "signal": (
        (_R, "sub-process-start", _R, _R, _R, "signal-event", _R, _R),
        "within the case; before an end, throw it in between",
    ),
    "error": (
        (*["error-event"] * 5, _R, _R, "error-interrupts"),
        "ends its scope and is caught on the edge of what is around it; uncaught it is refused (uncaught-error)",
    ),
    "escalation": ((*["escalation-event"] * 4, _R, _R, _R, _R), "is caught on the edge; uncaught it passes"),
    "terminate": ((*["terminate-event"] * 5, _R, "terminate-event", "terminate-event"), "ends all of its scope"),
    "conditional": (("conditional-event",) * 8, "nothing watches facts: use a message, or a timer that looks again"),
    "link": (("link-event",) * 8, "draw the flow, or split into called processes"),
    "compensate": (("compensate-event",) * 8, "draw what is to be undone as tasks"),
    "cancel": (("cancel-event",) * 8, "use an error or message boundary event"),
    "multiple": (("several-definitions",) * 8, "one definition each; several in parallel branches"),
}

#: Camunda Modeler's settings that are read.
READ = {
    "formRef": "id of a form, on user tasks and on the start event",
    "candidateGroups": "the role; one, or ${…} that gives one of those in the property `roles`",
    "dueDate": "a time, see timers",
    "topic": "of a service task",
    "decisionRef": "with resultVariable and mapDecisionResult",
    "resultVariable": "the fact that takes the result",
    "mapDecisionResult": "singleResult, singleEntry, collectEntries, resultList",
    "collection": "with elementVariable: for whom a multi-instance activity is done",
    "elementVariable": "the fact that holds the one",
    "expression of a message": "the payload",
    "properties": (
        "rules, deadline, milestone, about, starters, startedAs, ownCase, from, fromOnly, needs, needsText, carry, "
        "begins, roles, class, pauses, waitingFor, key, payload, result, to, unmatched, told, keep, encloses, saidBy, "
        "form, outputCollection, outputElement"
    ),
    "in and out mappings": "of a call activity",
    "input parameters": "of service and send tasks",
}


def table() -> Iterator[Row]:
    """Every row, group by group."""
    yield from _ELEMENTS
    for definition, (answers, why) in _EVENTS.items():
        for place, said in zip(PLACES, answers, strict=True):
            answer, rule = _answer(said)
            yield Row("events", f"{definition}, {place}", answer, why, rule)
    yield from _settings()


def _answer(said: str) -> tuple[Answer, str]:
    if said == _R:
        return "runs", ""
    if said.startswith("warned "):
        return "warned", said.removeprefix("warned ")
    return "refused", said


def _settings() -> Iterator[Row]:
    from app.engine.lint.foreign import HARMLESS, NOT_READ

    for name, why in READ.items():
        yield Row("settings of Camunda Modeler", name, "runs", why)
    for name in ("class", "expression", "delegateExpression", "execution and task listeners"):
        yield Row("settings of Camunda Modeler", name, "refused", "a diagram runs no program code", "code")
    for name in ("formKey", "formData"):
        yield Row("settings of Camunda Modeler", name, "refused", "use a form of its own", "old-form")
    yield Row("settings of Camunda Modeler", "output parameters", "refused", "use a script task", "output-parameter")
    for name in ("assignee", "candidateUsers"):
        yield Row("settings of Camunda Modeler", name, "warned", "the case knows who fills a role", "no-assignee")
    for name, why in NOT_READ.items():
        yield Row("settings of Camunda Modeler", name, "warned", why, "not-read")
    for name in sorted(HARMLESS):
        yield Row("settings of Camunda Modeler", name, "drawn", "changes nothing for whoever does the work")
    for name in ("Camunda 8", "Flowable", "Activiti", "jBPM", "SpiffWorkflow"):
        yield Row(
            "settings of other engines", name, "warned", "set roles, forms and topics for Camunda 7", "other-engine"
        )
