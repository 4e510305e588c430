"""What is to be drawn, and where: the shapes and lines of a BPMN file's own drawing (DI), with what they stand for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from app.definitions.drawing import BPMN, DC, DI, Box
from app.errors import WaymarkError

_DD = "{http://www.omg.org/spec/DD/20100524/DI}"
_EVENT = "EventDefinition"
#: furthest place from the corner, and largest side, in pixels
FURTHEST = 40_000
LONGEST_LINE = 200


class NotDrawable(WaymarkError):
    """This diagram has no drawing, or one that is too large to show."""

    status = 422


@dataclass(frozen=True, slots=True)
class Traits:
    """What an element says of how it looks. `events`: kinds of its event definitions."""

    interrupting: bool = True
    events: tuple[str, ...] = ()
    #: it waits for all of its events
    parallel: bool = False
    by_event: bool = False
    #: "each", "in turn", "again" or ""
    repeats: str = ""
    compensates: bool = False
    #: id of the flow that is taken when no other is
    default: str = ""
    attached: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """`kind`: BPMN's name of the element, "" for one that the file does not have. `label`: where its name stands."""

    id: str
    kind: str
    name: str
    box: Box
    label: Box | None
    #: pools and lanes: names stand on their sides
    lying: bool
    #: an exclusive gateway with its cross
    crossed: bool
    traits: Traits


@dataclass(frozen=True, slots=True)
class Line:
    """`points`: at least two. `mark`: "default", "condition" or "" at its beginning."""

    id: str
    kind: str
    name: str
    points: tuple[tuple[float, float], ...]
    label: Box | None
    mark: str
    directed: str


@dataclass(frozen=True)
class Sheet:
    """One diagram of the file. `name`: of the sub-process that it shows, "" for the first."""

    name: str
    shapes: tuple[Shape, ...]
    lines: tuple[Line, ...]


def sheets(root: etree._Element) -> tuple[Sheet, ...]:
    """Every diagram of the file that shows something. Raises `NotDrawable`."""
    elements = _elements(root)
    found = tuple(_sheets(root, elements))
    if not found:
        raise NotDrawable
    return found


def _elements(root: etree._Element) -> dict[str, etree._Element]:
    """By id; of two with the same, the first."""
    found: dict[str, etree._Element] = {}
    for element in root.iter(f"{BPMN}*"):
        found.setdefault(element.get("id", ""), element)
    return found


def _sheets(root: etree._Element, elements: Mapping[str, etree._Element]) -> Iterator[Sheet]:
    for number, plane in enumerate(root.iterfind(f"{DI}BPMNDiagram/{DI}BPMNPlane")):
        shapes = tuple(shape for child in plane.iterfind(f"{DI}BPMNShape") if (shape := _shape(child, elements)))
        lines = tuple(line for child in plane.iterfind(f"{DI}BPMNEdge") if (line := _line(child, elements)))
        if shapes or lines:
            shown = elements.get(plane.get("bpmnElement", ""))
            yield Sheet(_name(shown) if number else "", shapes, lines)


def _shape(di: etree._Element, elements: Mapping[str, etree._Element]) -> Shape | None:
    """None for one without a place."""
    box = _box(di.find(f"{DC}Bounds"), di.get("isExpanded") == "true")
    if box is None:
        return None
    identity = di.get("bpmnElement", "")
    element = elements.get(identity)
    lying = di.get("isHorizontal") != "false" and (di.get("isHorizontal") == "true" or box.width >= box.height)
    return Shape(
        identity,
        _local(element),
        _name(element),
        box,
        _label(di),
        lying,
        di.get("isMarkerVisible") != "false",
        _traits(element),
    )


def _box(bounds: etree._Element | None, is_open: bool = False) -> Box | None:
    """None where there is no place, or none that a picture can hold."""
    if bounds is None:
        return None
    left, top, width, height = (_number(bounds.get(name)) for name in ("x", "y", "width", "height"))
    if left is None or top is None or width is None or height is None or width < 0 or height < 0:
        return None
    return Box(left, top, width, height, is_open)


def _number(text: str | None) -> float | None:
    """Raises `NotDrawable` for a place outside every sheet."""
    try:
        found = float(text or "")
    except ValueError:
        return None
    if not math.isfinite(found):
        return None
    if abs(found) > FURTHEST:
        raise NotDrawable
    return found


def _label(di: etree._Element) -> Box | None:
    return _box(di.find(f"{DI}BPMNLabel/{DC}Bounds"))


def _line(di: etree._Element, elements: Mapping[str, etree._Element]) -> Line | None:
    points = []
    for one in di.findall(f"{_DD}waypoint")[:LONGEST_LINE]:
        across, down = _number(one.get("x")), _number(one.get("y"))
        if across is not None and down is not None:
            points.append((across, down))
    if len(points) < 2:
        return None
    identity = di.get("bpmnElement", "")
    element = elements.get(identity)
    directed = "" if element is None else element.get("associationDirection", "")
    return Line(
        identity, _local(element), _name(element), tuple(points), _label(di), _begins(element, elements), directed
    )


def _begins(flow: etree._Element | None, elements: Mapping[str, etree._Element]) -> str:
    """The mark at the beginning of a sequence flow; a gateway's conditions are not drawn, its shape tells of them."""
    source = None if flow is None else elements.get(flow.get("sourceRef", ""))
    if flow is None or source is None or _local(flow) != "sequenceFlow":
        return ""
    if source.get("default", "") == flow.get("id"):
        return "default"
    asks = flow.find(f"{BPMN}conditionExpression") is not None
    return "condition" if asks and not _local(source).endswith("Gateway") else ""


def _traits(element: etree._Element | None) -> Traits:
    if element is None:
        return Traits()
    return Traits(
        element.get("cancelActivity") != "false" and element.get("isInterrupting") != "false",
        tuple(_local(child).removesuffix(_EVENT) for child in element if _local(child).endswith(_EVENT)),
        element.get("parallelMultiple") == "true",
        element.get("triggeredByEvent") == "true",
        _repeats(element),
        element.get("isForCompensation") == "true",
        element.get("default", ""),
        bool(element.get("attachedToRef")),
    )


def _repeats(element: etree._Element) -> str:
    if element.find(f"{BPMN}standardLoopCharacteristics") is not None:
        return "again"
    several = element.find(f"{BPMN}multiInstanceLoopCharacteristics")
    if several is None:
        return ""
    return "in turn" if several.get("isSequential") == "true" else "each"


def _name(element: etree._Element | None) -> str:
    """The name; of a note its text, of a group what it stands for is not drawn."""
    if element is None:
        return ""
    text = element.findtext(f"{BPMN}text") if _local(element) == "textAnnotation" else element.get("name")
    return " ".join((text or "").split())


def _local(element: etree._Element | None) -> str:
    tag = "" if element is None else element.tag
    return tag.removeprefix(BPMN) if isinstance(tag, str) and tag.startswith(BPMN) else ""
