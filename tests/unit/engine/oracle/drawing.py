"""Plans drawn as diagrams."""

from __future__ import annotations

from collections.abc import Iterator

from app.engine import Bundle
from tests.unit.engine.diagrams import Diagram, inputs, message, message_definition, timer_definition
from tests.unit.engine.models import bundle
from tests.unit.engine.oracle.plan import Event, Part, Plan, Several

_GATEWAYS = {"xor": "exclusiveGateway", "and": "parallelGateway", "or": "inclusiveGateway", "race": "eventBasedGateway"}


def drawn(plan: Plan) -> Bundle:
    """The plan and all that it calls, in one file each."""
    called: dict[str, Plan] = {}
    events: set[Event] = set()
    for inner in _inside(plan):
        events.update(_events(inner))
        for part in inner.parts.values():
            if part.kind == "call" and part.inside is not None:
                called[part.inside.id] = part.inside
    tops = "".join(sorted({_top(event) for event in events}))
    return bundle(diagram(plan), *(diagram(other) for other in called.values()), tops=tops)


def _inside(plan: Plan) -> Iterator[Plan]:
    yield plan
    holders = [part.inside for part in plan.parts.values()] + [handler.inside for handler in plan.handlers]
    for inner in holders:
        if inner is not None:
            yield from _inside(inner)


def _events(plan: Plan) -> Iterator[Event]:
    yield from (part.event for part in plan.parts.values())
    yield from (guard.event for part in plan.parts.values() for guard in part.guards)
    yield from (handler.event for handler in plan.handlers)


def _top(event: Event) -> str:
    if event.kind == "message":
        return message(event.name)
    code = {"error": "errorCode", "escalation": "escalationCode"}.get(event.kind)
    if event.kind in ("signal", "error", "escalation"):
        return f'<bpmn:{event.kind} id="{event.name}" name="{event.name}"' + (
            f' {code}="{event.name}"/>' if code else "/>"
        )
    return ""


def diagram(plan: Plan) -> Diagram:
    made = Diagram(plan.id)
    for part in plan.parts.values():
        _part(made, part, plan)
        for guard in part.guards:
            made.boundary(
                guard.id, part.id, definition(guard.event), interrupting=guard.interrupting, props=_key(guard.event)
            )
    for at, flow in enumerate(plan.flows):
        made.flow(flow.source, flow.target, flow.condition.feel if flow.condition else "", f"f{at}_{plan.id}")
    for handler in plan.handlers:
        inner = diagram(handler.inside)
        start = next(node for node in inner.nodes if node.id == handler.inside.start)
        start.attributes["isInterrupting"] = "true" if handler.interrupting else "false"
        made.sub(handler.id, inner, triggeredByEvent="true")
    return made


def _part(made: Diagram, part: Part, plan: Plan) -> None:
    loop = _loop(part.several) if part.several else ""
    props = _collected(part.several)
    if part.kind == "user":
        made.user(part.id, inside=loop, props=props)
    elif part.kind == "script":
        made.script(part.id, part.id, f"if {part.id} = null then 1 else {part.id} + 1")
    elif part.kind in ("service", "fragile"):
        topic = "notify" if part.kind == "service" else "fragile"
        made.add("serviceTask", part.id, ext=inputs(to="hr", template=part.id), camunda__topic=topic)
    elif part.kind == "receive":
        made.add("receiveTask", part.id, loop, messageRef=part.event.name, props={**_key(part.event), **props})
    elif part.kind == "sub" and part.inside is not None:
        made.sub(part.id, diagram(part.inside), loop, props=props)
    elif part.kind == "call" and part.inside is not None:
        made.call(part.id, part.inside.id, _mapped(part.ins), _mapped(part.outs), loop, props=props)
    elif part.kind in _GATEWAYS:
        _gateway(made, part, plan)
    else:
        kind = {"start": "startEvent", "end": "endEvent", "catch": "intermediateCatchEvent"}.get(
            part.kind, "intermediateThrowEvent"
        )
        made.add(kind, part.id, definition(part.event), props=_key(part.event))


def _gateway(made: Diagram, part: Part, plan: Plan) -> None:
    """The flow without a condition is the default flow."""
    default = next(
        (f"f{at}_{plan.id}" for at, flow in enumerate(plan.flows) if flow.source == part.id and not flow.condition), ""
    )
    choosing = part.kind in ("xor", "or") and len(plan.out_of(part.id)) > 1
    made.add(_GATEWAYS[part.kind], part.id, **({"default": default} if choosing else {}))


def definition(event: Event) -> str:
    if event.kind == "none":
        return ""
    if event.kind == "message":
        return message_definition(event.name)
    if event.kind == "timer":
        return timer_definition(f"P{event.days}DT{event.minutes}M")
    if event.kind == "cycle":
        return timer_definition(f"R{event.turns or ''}/P{event.days}DT{event.minutes}M")
    ref = "" if event.kind == "terminate" else f' {event.kind}Ref="{event.name}"'
    return f"<bpmn:{event.kind}EventDefinition{ref}/>"


def _key(event: Event) -> dict[str, str]:
    return {"key": f"${{{event.key}}}"} if event.key else {}


def _mapped(mapping: object) -> str:
    return "*" if mapping is None else " ".join(f"{to}={source}" for to, source in mapping.items())  # type: ignore[attr-defined]


def _loop(several: Several) -> str:
    enough = f"${{nrOfCompletedInstances >= {several.enough}}}" if several.enough else ""
    enough = enough or (f"${{{several.veto}}}" if several.veto else "")
    body = f"<bpmn:completionCondition>{enough.replace('>', '&gt;')}</bpmn:completionCondition>" if enough else ""
    order = ' isSequential="true"' if several.sequential else ""
    return (
        f'<bpmn:multiInstanceLoopCharacteristics{order} camunda:collection="{several.items}"'
        f' camunda:elementVariable="{several.item}">{body}</bpmn:multiInstanceLoopCharacteristics>'
    )


def _collected(several: Several | None) -> dict[str, str]:
    if several is None or not several.results:
        return {}
    return {"outputCollection": several.results, "outputElement": several.answer}
