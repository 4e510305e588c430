"""Rules for events."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from app.engine.lint.diagram import Diagram, Scope, definitions, label
from app.engine.parse.documents import properties, roots_by_id, text
from app.engine.parse.elements import ACTIVITIES, EVENTS, TASKS, message_name
from app.engine.parse.namespaces import bpmn, local

_NEVER = {
    "link": "Draw the flow, or split the diagram into called processes.",
    "compensate": "Draw what is to be undone as ordinary tasks.",
    "conditional": "Use a message event, or a timer that looks again.",
    "cancel": "Use an error or message boundary event.",
}
#: Which definitions each kind of event may have.
_MAY = {
    "startEvent": {"message", "timer", "signal"},
    "endEvent": {"message", "error", "escalation", "terminate"},
    "boundaryEvent": {"message", "timer", "signal", "error", "escalation"},
    "intermediateCatchEvent": {"message", "timer", "signal"},
    "intermediateThrowEvent": {"message", "signal", "escalation"},
}
_MUST = frozenset(("boundaryEvent", "intermediateCatchEvent"))


def look(diagram: Diagram, scope: Scope) -> None:
    for node in scope.of(*EVENTS):
        kinds = definitions(node)
        if _can_be_run(scope, node, kinds):
            for kind in kinds:
                _RULES.get(kind, _nothing)(diagram, scope, node)
    for node in scope.of("sendTask", "receiveTask"):
        _message(diagram, scope, node)
    for node in scope.of("boundaryEvent"):
        _boundary(scope, node)
    for node in scope.of("startEvent"):
        _start(scope, node)


def _nothing(diagram: Diagram, scope: Scope, node: etree._Element) -> None:
    return None


def _can_be_run(scope: Scope, node: etree._Element, kinds: list[str]) -> bool:
    kind = local(node.tag)
    if len(kinds) > 1:
        scope.error(
            node,
            "several-definitions",
            f"“{label(node)}” waits for or throws several things at once.",
            "Give it one definition.",
        )
        return False
    for found in kinds:
        if found not in _MAY[kind]:
            advice = _NEVER.get(found, _ADVICE.get((kind, found), "Use another kind of event."))
            scope.error(node, f"{found}-event", f"“{label(node)}” is a {found} event, which is not run here.", advice)
            return False
    if not kinds and kind in _MUST:
        scope.error(node, "no-definition", f"“{label(node)}” waits for nothing.", "Make it a message or timer event.")
    return bool(kinds)


_ADVICE = {("endEvent", "signal"): "Throw the signal in an intermediate event before the end."}


def _timer(diagram: Diagram, scope: Scope, node: etree._Element) -> None:
    definition = node.find(bpmn("timerEventDefinition"))
    cycle = definition is not None and text(definition.find(bpmn("timeCycle")))
    kind = local(node.tag)
    if definition is None or not text(definition):
        scope.error(
            node, "no-time", f"The timer “{label(node)}” has no time.", "Write for example P3D or ${workdays(5)}."
        )
    elif cycle and kind == "startEvent":
        scope.error(
            node,
            "start-cycle",
            f"“{label(node)}” would start the same case again and again, and it would never end.",
            "Put a timer catch event into a loop: wait, do, and back to the wait.",
        )
    elif cycle and (kind != "boundaryEvent" or node.get("cancelActivity") != "false"):
        scope.error(
            node,
            "cycle-place",
            f"The repeated timer “{label(node)}” does not repeat where it stands.",
            "Repeat on a non-interrupting boundary event, or put a timer catch event into a loop.",
        )


_SENDING = ("sendTask", "intermediateThrowEvent", "endEvent")


def _message(diagram: Diagram, scope: Scope, node: etree._Element) -> None:
    if not message_name(node, scope.document.root):
        scope.error(node, "no-message", f"“{label(node)}” does not name a message.", "Choose or create its message.")
    elif local(node.tag) in _SENDING and not properties(node).get("key"):
        scope.warning(
            node,
            "message-key",
            f"“{label(node)}” sends a message, but does not say which case it is for.",
            "Set its property “key” to what both cases know, for example ${case_number}.",
        )


def _signal(diagram: Diagram, scope: Scope, node: etree._Element) -> None:
    definition = node.find(bpmn("signalEventDefinition"))
    ref = "" if definition is None else definition.get("signalRef", "")
    signal = roots_by_id(scope.document.root, "signal").get(ref)
    if signal is None or not signal.get("name"):
        scope.error(node, "no-signal", f"“{label(node)}” does not name a signal.", "Choose or create its signal.")


def _named(scope: Scope, node: etree._Element, kind: str) -> None:
    """An event that names nothing means any; one that names what is not there means nothing."""
    definition = node.find(bpmn(f"{kind}EventDefinition"))
    ref = "" if definition is None else definition.get(f"{kind}Ref", "")
    if ref and ref not in roots_by_id(scope.document.root, kind):
        scope.error(
            node,
            "no-such-event",
            f"“{label(node)}” names the {kind} “{ref}”, which is not in this file.",
            f"Choose or create its {kind}.",
        )


def _escalation(diagram: Diagram, scope: Scope, node: etree._Element) -> None:
    _named(scope, node, "escalation")


def _error(diagram: Diagram, scope: Scope, node: etree._Element) -> None:
    _named(scope, node, "error")
    if local(node.tag) != "endEvent":
        return
    if not _caught(diagram, scope, _code(scope, node)):
        scope.error(
            node,
            "uncaught-error",
            f"Nothing around “{label(node)}” catches its error, so the case would stop there.",
            "Put an error boundary event on the sub-process or call activity around it.",
        )


def _code(scope: Scope, node: etree._Element) -> str | None:
    definition = node.find(bpmn("errorEventDefinition"))
    ref = definition.get("errorRef") if definition is not None else None
    found = (item for item in scope.document.root.iterfind(bpmn("error")) if item.get("id") == ref)
    return next((item.get("errorCode") for item in found), None)


def _caught(diagram: Diagram, scope: Scope, code: str | None) -> bool:
    """True if on every way up, through all callers, an error boundary event catches `code`."""
    todo, seen = [scope], set[str]()
    while todo:
        inner = todo.pop()
        while inner.parent is not None and not _on(inner.parent, inner.node, code):
            inner = inner.parent
        if inner.parent is not None or inner.process in seen:
            continue
        seen.add(inner.process)
        callers = diagram.callers.get(inner.process, [])
        if not callers:
            return False
        todo += [outer for outer, node in callers if not _on(outer, node, code)]
    return True


def _on(scope: Scope, activity: etree._Element, code: str | None) -> bool:
    events = (node for node in scope.boundary_of(activity.get("id", "")) if definitions(node) == ["error"])
    return any(_code(scope, node) in (None, code) for node in events)


def _boundary(scope: Scope, node: etree._Element) -> None:
    activity = scope.nodes.get(node.get("attachedToRef", ""))
    if activity is None or local(activity.tag) not in ACTIVITIES:
        scope.error(
            node,
            "boundary-place",
            f"The boundary event “{label(node)}” does not sit on a task here.",
            "Put it on the edge of a task, sub-process or call activity.",
        )
        return
    interrupting = node.get("cancelActivity", "true") != "false"
    if not interrupting and definitions(node) == ["error"]:
        scope.error(
            node,
            "error-interrupts",
            f"“{label(node)}” catches an error and lets “{label(activity)}” go on, which is not run.",
            "Make it interrupting, or use an escalation: that can leave the work open.",
        )
    if local(activity.tag) in TASKS and set(definitions(node)) & {"error", "escalation"}:
        scope.warning(
            node,
            "never-thrown",
            f"“{label(node)}” waits for what “{label(activity)}” never throws: one that fails is an incident.",
            "Put it on a sub-process or a call activity in which something ends so, or delete it.",
        )
    if scope.into.get(node.get("id", "")):
        scope.error(
            node, "boundary-flow", f"A flow leads into the boundary event “{label(node)}”.", "Delete that flow."
        )


def _start(scope: Scope, node: etree._Element) -> None:
    kinds = definitions(node)
    if scope.is_event_subprocess and not kinds:
        scope.error(
            node,
            "event-sub-process",
            f"The event sub-process “{label(scope.node)}” does not say what starts it.",
            "Make its start event a message or timer event.",
        )
    elif scope.parent is not None and not scope.is_event_subprocess and kinds:
        scope.error(
            node,
            "sub-process-start",
            f"The sub-process “{label(scope.node)}” starts with its flow, not with an event.",
            "Use a plain start event.",
        )


_RULES: dict[str, Callable[[Diagram, Scope, etree._Element], None]] = {
    "timer": _timer,
    "message": _message,
    "signal": _signal,
    "error": _error,
    "escalation": _escalation,
}
