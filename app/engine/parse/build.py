"""What the attributes of an element say, put on its spec: expressions are parsed here, once. Raises
`ExpressionError`."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from app.engine import feel
from app.engine.feel import Formula
from app.engine.parse.documents import properties, text
from app.engine.parse.elements import message_name, role_expression
from app.engine.parse.namespaces import bpmn, camunda, local
from app.engine.specs import activities, event_subprocess, messages, signals, subprocesses, timers
from app.engine.specs.multi_instance import MultiInstance
from app.engine.specs.subprocesses import Mapping


def condition(flow: Any) -> Formula | None:
    """The condition of a sequence flow."""
    written = text(flow.find(bpmn("conditionExpression")))
    return feel.expression(written) if written else None


def activity(spec: Any, node: Any, process_parser: Any) -> None:
    """Give an activity what it needs."""
    fill = _FILL.get(type(spec))
    if fill is not None:
        fill(spec, node, process_parser)


def _user_task(spec: Any, node: Any, _: Any) -> None:
    due = node.get(camunda("dueDate"))
    spec.due = feel.time(due) if due else None
    role = role_expression(node)
    spec.role = feel.attribute(role) if role else None


def _service_task(spec: Any, node: Any, _: Any) -> None:
    spec.topic = node.get(camunda("topic"))
    spec.params = parameters(node)


def parameters(node: Any) -> dict[str, Formula]:
    """camunda:inputParameter name to literal or expression."""
    path = f"{bpmn('extensionElements')}/{camunda('inputOutput')}/{camunda('inputParameter')}"
    return {item.get("name", ""): feel.attribute(text(item)) for item in node.iterfind(path)}


def _script_task(spec: Any, node: Any, _: Any) -> None:
    script = text(node.find(bpmn("script")))
    spec.formula = feel.expression(script) if script else None
    spec.result = node.get(camunda("resultVariable"))


def _decision_task(spec: Any, node: Any, process_parser: Any) -> None:
    spec.decision_ref = node.get(camunda("decisionRef"), "")
    spec.decision = process_parser.parser.decisions.get(spec.decision_ref)
    spec.result = node.get(camunda("resultVariable"))
    spec.shape = node.get(camunda("mapDecisionResult"))


def _call(spec: Any, node: Any, _: Any) -> None:
    spec.ins = [_mapping(item) for item in node.iterfind(f"{bpmn('extensionElements')}/{camunda('in')}")]
    spec.outs = [_mapping(item) for item in node.iterfind(f"{bpmn('extensionElements')}/{camunda('out')}")]
    spec.ins = [mapping for mapping in spec.ins if mapping]
    spec.outs = [mapping for mapping in spec.outs if mapping]


def _mapping(item: Any) -> Mapping | None:
    """None for a business key, which we have no use for."""
    if item.get("variables") == "all":
        return Mapping(None, None)
    target, source, expression = item.get("target"), item.get("source"), item.get("sourceExpression")
    if not target or not (source or expression):
        return None
    return Mapping(target, feel.attribute(expression) if expression else feel.expression(source))


def _event_subprocess(spec: Any, node: Any, _: Any) -> None:
    spec.interrupting = spec.element.interrupting


_FILL = {
    activities.UserTask: _user_task,
    activities.ManualTask: _user_task,
    activities.ServiceTask: _service_task,
    activities.ScriptTask: _script_task,
    activities.DecisionTask: _decision_task,
    subprocesses.Call: _call,
    event_subprocess.EventSubProcess: _event_subprocess,
}


def multi_instance(original: Any, loop: Any, element: Any) -> Any:
    """The activity that starts instances of `original`, in its place."""
    spec = original._wf_spec
    del spec.task_specs[original.name]
    whole = MultiInstance(spec, original.name, bpmn_name=original.bpmn_name)
    whole.extensions = {}
    whole.element = element
    original.name = f"{original.name} [child]"
    spec.task_specs[original.name] = original
    original._inputs = [whole.name]
    whole.task_spec = original.name
    whole.sequential = loop.get("isSequential") == "true"
    _instances(whole, loop)
    whole.item = loop.get(camunda("elementVariable"))
    whole.output_collection = element.properties.get("outputCollection")
    whole.output_element = element.properties.get("outputElement")
    enough = text(loop.find(bpmn("completionCondition")))
    whole.condition = feel.expression(enough) if enough else None
    original.completed_event.connect(whole.merge_child)
    return whole


def _instances(whole: Any, loop: Any) -> None:
    collection = loop.get(camunda("collection"))
    number = text(loop.find(bpmn("loopCardinality")))
    if collection:
        whole.collection = feel.expression(collection)
    elif number:
        whole.cardinality = feel.expression(number)
    else:
        raise ValidationException("A multi-instance activity needs a collection or a number.", loop)


def event_definition(node: Any, event: Any, process_parser: Any) -> Any:
    """The definition that an event holds, `node` being its element."""
    kind = local(node.tag).removesuffix("EventDefinition")
    make = {"message": message, "timer": _timer, "signal": _signal, "error": _error, "escalation": _escalation}.get(
        kind
    )
    if make is None:
        raise ValidationException(f"There is no support for {kind} events.", event)
    return make(node, event, process_parser)


def message(node: Any, event: Any, process_parser: Any) -> Any:
    root = event.getroottree().getroot()
    definition = messages.MessageDefinition(message_name(event, root))
    definition.element = process_parser.element_of(event)
    props = properties(event)
    payload = node.get(camunda("expression")) or event.get(camunda("expression")) or props.get("payload")
    definition.payload = feel.expression(payload) if payload else None
    definition.key = feel.attribute(props["key"]) if props.get("key") else None
    definition.params = parameters(event)
    definition.patience = feel.time(props["keep"]) if props.get("keep") else None
    definition.wishes = {name: props[name] for name in messages.WISHES if props.get(name)}
    definition.result = (
        node.get(camunda("resultVariable")) or event.get(camunda("resultVariable")) or props.get("result")
    )
    return definition


def _timer(node: Any, event: Any, process_parser: Any) -> Any:
    for kind, make in (("timeDate", timers.Timer), ("timeDuration", timers.Timer), ("timeCycle", timers.CycleTimer)):
        written = text(node.find(bpmn(kind)))
        if written:
            definition = make()
            definition.element = process_parser.element_of(event)
            definition.name = definition.element.id
            definition.formula = _cycle(written) if kind == "timeCycle" else feel.time(written)
            return definition
    raise ValidationException("This timer has no time.", event)


def _cycle(written: str) -> Formula:
    return feel.literal(written) if timers.CYCLE.fullmatch(written) else feel.expression(written)


def _signal(node: Any, event: Any, process_parser: Any) -> Any:
    return _named(signals.Signal(_root(node, event, "signal").get("name", "")), event, process_parser)


def _error(node: Any, event: Any, process_parser: Any) -> Any:
    error = _root(node, event, "error")
    return _named(signals.Error(error.get("name", ""), error.get("errorCode")), event, process_parser)


def _escalation(node: Any, event: Any, process_parser: Any) -> Any:
    escalation = _root(node, event, "escalation")
    code = escalation.get("escalationCode")
    return _named(signals.Escalation(escalation.get("name", ""), code), event, process_parser)


def _named(definition: Any, event: Any, process_parser: Any) -> Any:
    definition.element = process_parser.element_of(event)
    return definition


def _root(node: Any, event: Any, kind: str) -> Any:
    """The signal, error or escalation that a definition names; an empty one if it names none."""
    found = event.getroottree().getroot().iterfind(bpmn(kind))
    ref = node.get(f"{kind}Ref")
    return next((item for item in found if item.get("id") == ref), {})
