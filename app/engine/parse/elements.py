"""Elements of a diagram as `outline.Element`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml import etree

from app.engine.outline import Element, Process
from app.engine.parse.documents import Document, documentation, properties, roots_by_id
from app.engine.parse.namespaces import BPMN, bpmn, camunda, local

TASKS = frozenset(
    ("userTask", "manualTask", "serviceTask", "businessRuleTask", "scriptTask", "sendTask", "receiveTask", "task")
)
HOLDERS = frozenset(("subProcess", "transaction", "adHocSubProcess"))
ACTIVITIES = TASKS | HOLDERS | {"callActivity"}
EVENTS = frozenset(("startEvent", "endEvent", "boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent"))
GATEWAYS = frozenset(("exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"))
FLOW_NODES = ACTIVITIES | EVENTS | GATEWAYS
_WITH_ROLE = frozenset(("userTask", "manualTask"))


def read_process(document: Document, node: etree._Element) -> Process:
    """One bpmn:process with all its elements, at any depth."""
    lanes = {lane.get("id", ""): lane.get("name", "") for lane in node.iter(bpmn("lane"))}
    return Process(
        id=node.get("id", ""),
        name=node.get("name", ""),
        documentation=documentation(node),
        file=document.file,
        elements=tuple(_elements(node, document, node.get("id", ""), _lane_of_each(node))),
        lanes=lanes,
        properties=properties(node),
    )


def _lane_of_each(node: etree._Element) -> dict[str, str]:
    """Element id to the id of the innermost lane that holds it."""
    found: dict[str, str] = {}
    for lane in node.iter(bpmn("lane")):
        for ref in lane.iterfind(bpmn("flowNodeRef")):
            found[(ref.text or "").strip()] = lane.get("id", "")
    return found


def _elements(
    holder: etree._Element, document: Document, process: str, lanes: Mapping[str, str], lane: str = ""
) -> Iterator[Element]:
    for node in holder:
        kind = local(node.tag)
        if kind not in FLOW_NODES:
            continue
        own_lane = lanes.get(node.get("id", ""), lane)
        yield read_element(node, kind, document, process, holder.get("id", ""), own_lane)
        if kind in HOLDERS:
            yield from _elements(node, document, process, lanes, own_lane)


def read_element(node: etree._Element, kind: str, document: Document, process: str, scope: str, lane: str) -> Element:
    props = properties(node)
    role = _role(node, lane) if kind in _WITH_ROLE else ""
    return Element(
        id=node.get("id", ""),
        name=" ".join(node.get("name", "").split()),
        kind=kind,
        process=process,
        scope=scope,
        role=role,
        roles=(role,) if role else tuple(props.get("roles", "").split()) if kind in _WITH_ROLE else (),
        form=node.get(camunda("formRef")) or _form_said(props) or None,
        documentation=documentation(node),
        rules=tuple(props.get("rules", "").split()),
        properties=props,
        refers_to=_refers_to(node, kind, document),
        attached_to=node.get("attachedToRef", ""),
        interrupting=_interrupting(node, kind),
    )


def role_expression(node: etree._Element) -> str:
    """What stands in the candidate groups, if it is to be worked out when a token comes in; else ""."""
    groups: str = node.get(camunda("candidateGroups"), "").strip()
    return groups if groups.startswith(("${", "=")) else ""


def _role(node: etree._Element, lane: str) -> str:
    if role_expression(node):
        return ""
    return (node.get(camunda("candidateGroups")) or lane).split(",")[0].strip()


def _form_said(props: Mapping[str, str]) -> str:
    """An event has no form in the modeller: what people say at any time names it by a property."""
    return props.get("form", "") if props.get("saidBy") else ""


def _interrupting(node: etree._Element, kind: str) -> bool:
    if kind == "boundaryEvent":
        return node.get("cancelActivity", "true") != "false"
    if kind == "subProcess" and node.get("triggeredByEvent") == "true":
        start = node.find(bpmn("startEvent"))
        return start is not None and start.get("isInterrupting", "true") != "false"
    return False


def _refers_to(node: etree._Element, kind: str, document: Document) -> str:
    if kind == "callActivity":
        return node.get("calledElement", "")
    if kind == "businessRuleTask":
        return node.get(camunda("decisionRef"), "")
    if kind == "serviceTask":
        return node.get(camunda("topic"), "")
    return message_name(node, document.root)


def message_name(node: etree._Element, root: etree._Element) -> str:
    """The name of the message that an event or a task sends or receives; "" if it has none."""
    definition = node.find(bpmn("messageEventDefinition"))
    ref = (definition if definition is not None else node).get("messageRef")
    message = roots_by_id(root, "message").get(ref or "")
    return message.get("name", "") if message is not None else ""


def event_definitions(node: etree._Element) -> list[etree._Element]:
    """The event definitions of an event, in the order of the file."""
    return [item for item in node if isinstance(item.tag, str) and _is_definition(item.tag)]


def _is_definition(tag: str) -> bool:
    return tag.startswith(BPMN) and tag.endswith("EventDefinition")
