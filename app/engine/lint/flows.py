"""Rules for flows and gateways."""

from __future__ import annotations

from lxml import etree

from app.engine.lint.diagram import Diagram, Scope, definitions, label
from app.engine.parse.documents import text
from app.engine.parse.elements import EVENTS, GATEWAYS
from app.engine.parse.namespaces import bpmn, local
from app.engine.parse.parser import SUPPORTED

_NOT_RUN = {
    "complexGateway": "Use an exclusive, parallel or inclusive gateway.",
    "adHocSubProcess": "Draw the order of the tasks, or use a parallel gateway.",
    "transaction": "Use a sub-process with an error or message boundary event.",
    "task": "Choose what kind of task it is: a user task, a service task, …",
}
_CHOOSING = ("exclusiveGateway", "inclusiveGateway")


def look(diagram: Diagram, scope: Scope) -> None:
    _supported(scope)
    _starts_and_ends(scope)
    _connected(scope)
    for node in scope.nodes.values():
        _out_of(scope, node)
    for node in scope.of(*_CHOOSING):
        _choice(scope, node)
    for node in scope.of("eventBasedGateway"):
        _event_gateway(scope, node)


def _supported(scope: Scope) -> None:
    for node in scope.nodes.values():
        kind = local(node.tag)
        if kind not in SUPPORTED:
            advice = _NOT_RUN.get(kind, "Use another kind of element.")
            scope.error(node, "not-supported", f"“{label(node)}” is of a kind that is not run ({kind}).", advice)


def _starts_and_ends(scope: Scope) -> None:
    starts = list(scope.of("startEvent"))
    if len(starts) != 1:
        scope.error(
            scope.node,
            "one-start",
            f"“{label(scope.node)}” has {len(starts)} start events; it needs exactly one.",
            "Begin with one start event. What starts differently is a process of its own.",
        )
    if not any(True for _ in scope.of("endEvent")):
        scope.error(scope.node, "no-end", f"“{label(scope.node)}” has no end event.", "End every path in one.")


def _connected(scope: Scope) -> None:
    for flow in scope.flows:
        for side in ("sourceRef", "targetRef"):
            if flow.get(side) not in scope.nodes:
                scope.error(
                    flow,
                    "loose-flow",
                    f"The flow “{flow.get('name') or flow.get('id', '')}” is not connected at both ends here.",
                    "Draw it again, from one element of this process or sub-process to another.",
                )
    for element, node in scope.nodes.items():
        if not scope.into.get(element) and _needs_way_in(node):
            scope.error(
                node,
                "unreachable",
                f"No flow leads to “{label(node)}”, so nobody will ever come to it.",
                "Connect it or delete it.",
            )
        if not scope.out.get(element) and _needs_way_out(node):
            scope.error(
                node,
                "dead-end",
                f"No flow leads on from “{label(node)}”.",
                "Connect it to what follows or to an end event.",
            )


def _needs_way_in(node: etree._Element) -> bool:
    return local(node.tag) not in ("startEvent", "boundaryEvent") and node.get("triggeredByEvent") != "true"


def _needs_way_out(node: etree._Element) -> bool:
    return (
        local(node.tag) != "endEvent"
        and node.get("triggeredByEvent") != "true"
        and "compensate" not in definitions(node)
    )


def _out_of(scope: Scope, node: etree._Element) -> None:
    kind = local(node.tag)
    if kind in GATEWAYS:
        return
    flows = scope.out.get(node.get("id", ""), [])
    what = "event" if kind in EVENTS else "task"
    if len(flows) > 1:
        scope.error(
            node,
            "several-flows",
            f"{len(flows)} flows leave “{label(node)}”. A reader cannot tell whether one or all are taken.",
            "Put a gateway after it: exclusive for one of them, parallel for all.",
        )
    for flow in flows:
        if _condition(flow):
            scope.error(
                flow,
                "conditional-flow",
                f"The flow out of the {what} “{label(node)}” has a condition, which is not read there.",
                "Put an exclusive gateway after it and the condition on the gateway's flow.",
            )


def _condition(flow: etree._Element) -> str:
    return text(flow.find(bpmn("conditionExpression")))


def _choice(scope: Scope, node: etree._Element) -> None:
    flows = scope.out.get(node.get("id", ""), [])
    default = node.get("default")
    if default and default not in [flow.get("id") for flow in flows]:
        scope.error(node, "no-such-default", f"The default flow of “{label(node)}” does not leave it.", "Set it again.")
    if len(flows) < 2:
        return
    for flow in flows:
        is_default = flow.get("id") == default
        if not is_default and not _condition(flow):
            scope.error(
                flow,
                "no-condition",
                f"A flow out of “{label(node)}” has no condition and is not the default flow.",
                "Write a condition, or mark it as the default flow.",
            )
        if is_default and _condition(flow):
            scope.warning(
                flow, "condition-on-default", f"The condition on the default flow of “{label(node)}” is not read."
            )
    if not default:
        scope.warning(
            node,
            "no-default",
            f"“{label(node)}” has no default flow: if no condition holds, the case stops there as an incident.",
            "Mark one flow as the default flow.",
        )


def _event_gateway(scope: Scope, node: etree._Element) -> None:
    flows = scope.out.get(node.get("id", ""), [])
    if len(flows) < 2:
        scope.error(
            node,
            "event-gateway",
            f"The event-based gateway “{label(node)}” waits for {len(flows)} events: there is no choice.",
            "Draw each event that may come after it, or take the gateway away.",
        )
    for flow in flows:
        if _condition(flow):
            scope.error(
                flow,
                "event-gateway",
                f"A flow out of the event-based gateway “{label(node)}” has a condition, which is not read there.",
                "Delete the condition: the event that comes first decides.",
            )
    for target in scope.next_of(node.get("id", "")):
        after = scope.nodes.get(target)
        if after is None:
            continue
        if local(after.tag) not in ("intermediateCatchEvent", "receiveTask") or not _waits(after):
            scope.error(
                after,
                "event-gateway",
                f"After the event-based gateway “{label(node)}” comes “{label(after)}”, which waits for nothing.",
                "Let only message, timer or signal catch events follow it.",
            )
        elif len(scope.into.get(target, ())) > 1 or scope.boundary_of(target):
            scope.error(
                after,
                "event-gateway",
                f"“{label(after)}” follows the event-based gateway “{label(node)}” and has another way in or a "
                "boundary event.",
                "Let it belong to the gateway alone.",
            )


def _waits(node: etree._Element) -> bool:
    return local(node.tag) == "receiveTask" or bool({"message", "timer", "signal"} & set(definitions(node)))
