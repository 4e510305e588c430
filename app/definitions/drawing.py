"""How a BPMN file is drawn: the places of its shapes, its pools and lanes, and the messages, signals, errors and
escalations that its events share."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from app.engine.parse.elements import FLOW_NODES

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"

#: what events share, with the attributes by which an event or a flow names one
SHARED = {"message": "messageRef", "signal": "signalRef", "error": "errorRef", "escalation": "escalationRef"}
_FLOW_PARTS = frozenset({"sequenceFlow", "dataObjectReference", "dataStoreReference"})
_STEPS = FLOW_NODES | {"process"}
_ARTIFACTS = frozenset({"textAnnotation", "association", "group"})


@dataclass(frozen=True, slots=True)
class Box:
    """Where a shape stands, in pixels from the top left. `open`: a sub-process drawn with what it holds."""

    left: float
    top: float
    width: float
    height: float
    open: bool

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def meets(self, other: Box) -> bool:
        """Do they touch or overlap?"""
        across = self.right >= other.left and other.right >= self.left
        return across and self.bottom >= other.top and other.bottom >= self.top

    def holds(self, other: Box) -> bool:
        inside = other.left >= self.left and other.top >= self.top
        return inside and other.right <= self.right and other.bottom <= self.bottom


@dataclass(frozen=True, slots=True)
class Part:
    """Something with an id and a name: a pool, a lane, a message flow, a message, a data object."""

    kind: str
    id: str
    name: str
    #: what it refers to: a pool its process, a message flow its message
    refers: str = ""
    #: id of the process, sub-process or collaboration that holds it
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    #: id of an element to its box, None for a line or a shape without bounds
    boxes: Mapping[str, Box | None] = field(default_factory=dict)
    #: has the file any diagram at all?
    there: bool = False
    pools: tuple[Part, ...] = ()
    lanes: tuple[Part, ...] = ()
    #: message flows, data objects, data stores, notes, groups: what is drawn and not run
    others: tuple[Part, ...] = ()
    #: messages, signals, errors and escalations
    shared: tuple[Part, ...] = ()
    #: (kind, id) of those that something names
    used: frozenset[tuple[str, str]] = frozenset()
    #: ids that more than one element of the file has
    repeated: tuple[str, ...] = ()


def read(root: etree._Element) -> Drawing:
    boxes = dict(_boxes(root))
    parts = list(_parts(root))
    return Drawing(
        boxes=boxes,
        there=root.find(f"{DI}BPMNDiagram") is not None,
        pools=tuple(part for part in parts if part.kind == "participant"),
        lanes=tuple(part for part in parts if part.kind == "lane"),
        others=tuple(part for part in parts if part.kind not in ("participant", "lane")),
        shared=tuple(_part(child, "") for child in root if _local(child) in SHARED),
        used=frozenset(_used(root)),
        repeated=tuple(_repeated(root)),
    )


def _boxes(root: etree._Element) -> Iterator[tuple[str, Box | None]]:
    for plane in root.iterfind(f"{DI}BPMNDiagram/{DI}BPMNPlane"):
        for shape in plane:
            element = shape.get("bpmnElement") if isinstance(shape.tag, str) else None
            if element:
                yield element, _box(shape)


def _box(shape: etree._Element) -> Box | None:
    bounds = shape.find(f"{DC}Bounds")
    if bounds is None:
        return None
    left, top, width, height = (_number(bounds.get(name)) for name in ("x", "y", "width", "height"))
    if left is None or top is None or width is None or height is None:
        return None
    return Box(left, top, width, height, shape.get("isExpanded") == "true")


def _number(text: str | None) -> float | None:
    try:
        found = float(text or "")
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _parts(root: etree._Element) -> Iterator[Part]:
    for child in root:
        kind = _local(child)
        if kind == "collaboration":
            yield from (_part(one, "processRef") for one in child.iterfind(f"{BPMN}participant"))
            yield from (_part(one, "messageRef") for one in child.iterfind(f"{BPMN}messageFlow"))
            yield from _drawn_in(child)
        elif kind == "process":
            yield from (_part(lane, "") for lane in child.iterfind(f"{BPMN}laneSet//{BPMN}lane"))
            for holder in (child, *child.iter(f"{BPMN}subProcess", f"{BPMN}transaction", f"{BPMN}adHocSubProcess")):
                yield from _drawn_in(holder)


def _drawn_in(holder: etree._Element) -> Iterator[Part]:
    """Data and notes that are drawn; a sequence flow is read with its process."""
    for child in holder:
        kind = _local(child)
        if kind in _ARTIFACTS or (kind in _FLOW_PARTS and kind != "sequenceFlow"):
            yield _part(child, "")


def _used(root: etree._Element) -> Iterator[tuple[str, str]]:
    for kind, attribute in SHARED.items():
        for named in root.iter(*_naming(kind)):
            reference = named.get(attribute)
            if reference:
                yield kind, reference


def _naming(kind: str) -> tuple[str, ...]:
    """Tags of the elements that may name one of a kind."""
    others = ("messageFlow", "sendTask", "receiveTask") if kind == "message" else ()
    return (f"{BPMN}{kind}EventDefinition", *(BPMN + other for other in others))


def _repeated(root: etree._Element) -> Iterator[str]:
    """Two steps of one id are the engine's to find; here it is everything else."""
    seen: dict[str, bool] = {}
    told: set[str] = set()
    for element in root.iter():
        identity = element.get("id") if isinstance(element.tag, str) and element.tag.startswith(BPMN) else None
        if not identity:
            continue
        step = _local(element) in _STEPS
        if identity in seen and identity not in told and not (step and seen[identity]):
            told.add(identity)
            yield identity
        seen[identity] = step


def _part(element: etree._Element, refers: str) -> Part:
    reference = element.get(refers, "") if refers else ""
    name = " ".join(element.get("name", "").split())
    holder = element.getparent()
    scope = "" if holder is None else holder.get("id", "")
    return Part(_local(element), element.get("id", ""), name, reference, scope)


def _local(element: etree._Element) -> str:
    tag = element.tag
    return tag.removeprefix(BPMN) if isinstance(tag, str) and tag.startswith(BPMN) else ""
