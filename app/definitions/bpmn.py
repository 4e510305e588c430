"""From BPMN XML to a `Diagram`. Whatever is missing reads as "", so that lint can say so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree

from app import xmlsafe
from app.definitions import drawing
from app.definitions.diagram import KINDS, SCOPES, Diagram, Flow, Mapped, Node, Process, Timer

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
_EVENT = "EventDefinition"
_TIMERS = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}


@lru_cache(maxsize=256)
def read(data: bytes, file: str) -> Diagram:
    """The diagram. Raises `xmlsafe.UnsafeXml` for what is no XML, and for what is XML but no BPMN."""
    root = xmlsafe.parse(data)
    if root.tag != f"{BPMN}definitions":
        raise xmlsafe.UnsafeXml("This file is not a BPMN diagram.")
    processes = tuple(_process(one, file) for one in root.iterfind(f"{BPMN}process"))
    return Diagram(file, processes, drawing.read(root))


@dataclass
class _Inside:
    """What has been read of one process so far."""

    process: str
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)


def _process(element: etree._Element, file: str) -> Process:
    inside = _Inside(_get(element, "id"))
    _scope(element, inside.process, inside)
    return Process(
        inside.process,
        _get(element, "name") or inside.process,
        file,
        _documentation(element),
        _properties(element),
        inside.nodes,
        tuple(inside.flows),
        _lanes(element),
    )


def _lanes(process: etree._Element) -> dict[str, str]:
    """Element id to lane id; the innermost lane, which comes last, counts."""
    return {
        _text(reference): _get(lane, "id")
        for lane in process.iterfind(f"{BPMN}laneSet//{BPMN}lane")
        for reference in lane.iterfind(f"{BPMN}flowNodeRef")
    }


def _scope(element: etree._Element, scope: str, inside: _Inside) -> None:
    for child in element:
        kind = _local(child)
        if kind == "sequenceFlow":
            inside.flows.append(_flow(child))
        elif kind in KINDS:
            identity = _get(child, "id") or f"{kind}-{len(inside.nodes) + 1}"
            # two of one id: the second would hide the first, which the engine's own check refuses
            inside.nodes[identity] = _node(child, kind, identity, scope, inside.process)
            if kind in SCOPES:
                _scope(child, identity, inside)


def _flow(element: etree._Element) -> Flow:
    condition = element.find(f"{BPMN}conditionExpression")
    text = None if condition is None else (condition.text or "").strip()
    return Flow(
        _get(element, "id"), _get(element, "name"), _get(element, "sourceRef"), _get(element, "targetRef"), text
    )


def _node(element: etree._Element, kind: str, identity: str, scope: str, process: str) -> Node:
    several = element.find(f"{BPMN}multiInstanceLoopCharacteristics")
    return Node(
        id=identity,
        kind=kind,
        name=" ".join(_get(element, "name").split()),
        process=process,
        scope=scope,
        documentation=_documentation(element),
        camunda=_camunda(element),
        properties=_properties(element),
        default=_get(element, "default"),
        attached_to=_get(element, "attachedToRef"),
        interrupting=_get(element, "cancelActivity") != "false" and _get(element, "isInterrupting") != "false",
        events=tuple(_local(child).removesuffix(_EVENT) for child in element if _local(child).endswith(_EVENT)),
        timers=tuple(_timers(element)),
        called=_get(element, "calledElement"),
        goes_in=tuple(_mapped(element, "in")),
        goes_out=tuple(_mapped(element, "out")),
        inputs=tuple(_parameters(element, "inputParameter")),
        outputs=tuple(_parameters(element, "outputParameter")),
        script=_text(element.find(f"{BPMN}script")),
        by_event=_get(element, "triggeredByEvent") == "true",
        **_message(element, _properties(element)),
        collection="" if several is None else several.get(f"{CAMUNDA}collection", ""),
        item="" if several is None else several.get(f"{CAMUNDA}elementVariable", ""),
        until="" if several is None else _text(several.find(f"{BPMN}completionCondition")),
    )


def _message(element: etree._Element, properties: Mapping[str, str]) -> dict[str, str]:
    """The message that an event or a task sends or waits for, as the engine reads it."""
    definition = element.find(f"{BPMN}messageEventDefinition")
    said = element if definition is None else definition
    named = {one.get("id", ""): _get(one, "name") for one in element.getroottree().getroot().iterfind(f"{BPMN}message")}
    attributes = {**_camunda(element), **_camunda(said)}
    return {
        "message": named.get(said.get("messageRef", ""), ""),
        "payload": attributes.get("expression") or properties.get("payload", ""),
        "result": attributes.get("resultVariable") or properties.get("result", ""),
    }


def _local(element: etree._Element) -> str:
    """The name of a BPMN element; "" for one of another namespace."""
    tag = element.tag
    return tag.removeprefix(BPMN) if isinstance(tag, str) and tag.startswith(BPMN) else ""


def _get(element: etree._Element, name: str) -> str:
    return element.get(name, "").strip()


def _text(element: etree._Element | None) -> str:
    return "" if element is None else (element.text or "").strip()


def _documentation(element: etree._Element) -> str:
    return " ".join(_text(element.find(f"{BPMN}documentation")).split())


def _camunda(element: etree._Element) -> dict[str, str]:
    return {
        name.removeprefix(CAMUNDA): value.strip()
        for name, value in element.attrib.items()
        if isinstance(name, str) and isinstance(value, str) and name.startswith(CAMUNDA)
    }


def _extensions(element: etree._Element, path: str) -> Iterator[etree._Element]:
    found = element.find(f"{BPMN}extensionElements")
    if found is not None:
        yield from found.iterfind(path)


def _properties(element: etree._Element) -> dict[str, str]:
    found = _extensions(element, f"{CAMUNDA}properties/{CAMUNDA}property")
    return {_get(one, "name"): _get(one, "value") for one in found}


def _timers(element: etree._Element) -> Iterator[Timer]:
    for definition in element.iterfind(f"{BPMN}timer{_EVENT}"):
        found = [Timer(_TIMERS[_local(child)], _text(child)) for child in definition if _local(child) in _TIMERS]
        yield found[0] if found else Timer("", "")


def _mapped(element: etree._Element, name: str) -> Iterator[Mapped]:
    for one in _extensions(element, f"{CAMUNDA}{name}"):
        yield Mapped(
            _get(one, "target"), _get(one, "source"), _get(one, "sourceExpression"), _get(one, "variables") == "all"
        )


def _parameters(element: etree._Element, name: str) -> Iterator[Mapped]:
    for one in _extensions(element, f"{CAMUNDA}inputOutput/{CAMUNDA}{name}"):
        yield Mapped(_get(one, "name"), expression=_text(one))
