"""Pools, lanes, activities, events, gateways, data and notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.definitions.diagram import KINDS
from app.definitions.drawing import Box
from app.definitions.picture import lines
from app.definitions.picture.glyphs import CAUGHT, FOOT, GATEWAYS, MARKS, TASKS, THROWN, Glyph
from app.definitions.picture.ink import INK, PAPER, QUIET, Ink, path
from app.definitions.picture.plan import Shape
from app.definitions.picture.words import Lines, fit, width, wrap

#: colour of the line, colour of the ground, words
Look = tuple[str, str, str]
MARK_LOOKS: Mapping[str, Look] = {
    "done": ("#007f3b", "#e5f2ea", "done"),
    "here": ("#b04a00", "#fff1d6", "the case is here"),
    "cancelled": ("#4c6272", "#e8edee", "cancelled"),
}
_POOLS = frozenset({"participant", "lane"})
_SCOPES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
#: width of the strip with the name of a pool or lane
STRIP = 30.0
#: how far the sign of a task reaches from its corner
SIGN = 24.0
_WORDS = KINDS | {
    "participant": "pool",
    "lane": "lane",
    "dataObjectReference": "data",
    "dataStoreReference": "data store",
    "textAnnotation": "note",
    "group": "group",
}


class Pen:
    """What a shape is drawn with: the colours of its mark, those that are asked for, or the plain ones."""

    def __init__(self, mark: str | Look) -> None:
        self.mark = mark if isinstance(mark, str) else ""
        plain = (INK, PAPER, "")
        self.ink, self.paper, self.words = MARK_LOOKS.get(mark, plain) if isinstance(mark, str) else mark
        self.width = 3.0 if mark == "here" else 1.5

    def line(self, width: float = 0.0) -> dict[str, str | float]:
        return {"stroke": self.ink, "stroke_width": max(width, self.width), "fill": self.paper}


def layer(shape: Shape) -> int:
    """What lies below: pools, lanes, open sub-processes, the largest first; then what stands in them, then what sits
    on it."""
    if shape.kind in _POOLS:
        return 0
    if (shape.kind in _SCOPES and shape.box.open) or shape.kind == "group":
        return 1
    return 3 if shape.traits.attached else 2


def draw(ink: Ink, shape: Shape, mark: str | Look) -> None:
    group, pen = ink.add("g"), Pen(mark)
    said = f"{_WORDS.get(shape.kind, 'element')} {shape.name or shape.id}".strip()
    group.say("title", f"{said}: {pen.words}" if pen.words else said)
    _by_kind(shape.kind)(group, shape, pen)
    if pen.mark in MARKS:
        _badge(group, shape, pen)


def _by_kind(kind: str) -> Callable[[Ink, Shape, Pen], None]:
    if kind in _POOLS:
        return _pool
    if kind.endswith("Event"):
        return _event
    if kind.endswith("Gateway"):
        return _gateway
    return _OTHERS.get(kind, _activity)


def _pool(ink: Ink, shape: Shape, pen: Pen) -> None:
    """A strip with the name at the left, or on top of one that stands."""
    box = shape.box
    colour = INK if shape.kind == "participant" else QUIET
    ink.add("rect", **_place(box), fill=PAPER, stroke=colour, stroke_width=1.5 if shape.kind == "participant" else 1)
    ends = ((box.left + STRIP, box.top), (box.left + STRIP, box.bottom))
    if not shape.lying:
        ends = ((box.left, box.top + STRIP), (box.right, box.top + STRIP))
    if shape.kind == "participant":
        ink.path(path(ends), stroke=colour, stroke_width=1)
    room = box.height if shape.lying else box.width
    words = fit(shape.name, max(room - 8, 10), STRIP - 2, (12, 11, 10))
    if shape.lying:
        turned = ink.add("g", transform=f"translate({box.left + STRIP / 2:g},{box.top + box.height / 2:g}) rotate(-90)")
        turned.text(words, 0, -words.height / 2, fill=colour)
    else:
        ink.text(words, box.left + box.width / 2, box.top + (STRIP - words.height) / 2, fill=colour)


def _activity(ink: Ink, shape: Shape, pen: Pen) -> None:
    box, traits = shape.box, shape.traits
    look = pen.line(4 if shape.kind == "callActivity" else 0)
    if traits.by_event:
        look |= {"stroke_dasharray": "1 4", "stroke_linecap": "round"}
    if not shape.kind:
        look |= {"stroke_dasharray": "4 4"}
    ink.add("rect", **_place(box), rx=10, ry=10, **look)
    if shape.kind == "transaction":
        inner = Box(box.left + 3, box.top + 3, box.width - 6, box.height - 6, False)
        ink.add("rect", **_place(inner), rx=8, ry=8, **(look | {"fill": "none"}))
    sign = TASKS.get(shape.kind)
    if sign is not None:
        ink.glyph(sign, (box.left + 14, box.top + 14), 18, pen.ink, pen.paper)
    signs = [FOOT[one] for one in _foot(shape)]
    for at, one in enumerate(signs):
        middle = box.left + box.width / 2 + 18 * (at - (len(signs) - 1) / 2)
        ink.glyph(one, (middle, box.bottom - 10), 14, pen.ink, pen.paper)
    _inside(ink, shape, SIGN if sign is not None else 0, 20 if signs else 4)


def _foot(shape: Shape) -> list[str]:
    closed = shape.kind == "callActivity" or (shape.kind in _SCOPES and not shape.box.open)
    traits = shape.traits
    found = [traits.repeats, "undone" if traits.compensates else "", "closed" if closed else ""]
    return [one for one in (*found, "any order" if shape.kind == "adHocSubProcess" else "") if one]


def _inside(ink: Ink, shape: Shape, above: float, below: float) -> None:
    """The name: in the middle, below the sign where it would meet it, on top in an open sub-process."""
    box = shape.box
    middle = box.left + box.width / 2
    if shape.kind in _SCOPES and box.open:
        ink.text(fit(shape.name, box.width - 12, 40), middle, box.top + 6)
        return
    wide = max(box.width - 10, 8)
    words = fit(shape.name, wide, max(box.height - 8 - below, 10))
    top = box.top + (box.height - below + 4 - words.height) / 2
    if above and _meets(words, wide, top - box.top):
        words = fit(shape.name, wide, max(box.height - above - below, 10))
        top = box.top + above + max(box.height - above - below - words.height, 0) / 2
    ink.text(words, middle, top)


def _meets(words: Lines, wide: float, top: float) -> bool:
    """Would a line of these run into the sign in the corner?"""
    beside = [line for at, line in enumerate(words.lines) if top + at * words.leading < SIGN - 2]
    return any((wide - width(line, words.size)) / 2 + 5 < SIGN for line in beside)


def _event(ink: Ink, shape: Shape, pen: Pen) -> None:
    box, traits = shape.box, shape.traits
    place = {"cx": box.left + box.width / 2, "cy": box.top + box.height / 2}
    radius = min(box.width, box.height) / 2
    look = pen.line(4 if shape.kind == "endEvent" else 0)
    if not traits.interrupting:
        look |= {"stroke_dasharray": "5 3"}
    ink.add("circle", **place, r=radius, **look)
    if shape.kind not in {"startEvent", "endEvent"}:
        ink.add("circle", **place, r=max(radius - 3.5, 1), **(look | {"stroke_width": 1.5}))
    sign = _sign(shape)
    if sign is not None:
        ink.glyph(sign, (place["cx"], place["cy"]), radius * 1.25, pen.ink, pen.paper)


def _sign(shape: Shape) -> Glyph | None:
    kinds = shape.traits.events
    if not kinds:
        return None
    kind = ("parallel" if shape.traits.parallel else "multiple") if len(kinds) > 1 else kinds[0]
    thrown = shape.kind in {"endEvent", "intermediateThrowEvent"}
    return THROWN.get(kind, CAUGHT.get(kind)) if thrown else CAUGHT.get(kind)


def _gateway(ink: Ink, shape: Shape, pen: Pen) -> None:
    box = shape.box
    across, down = box.left + box.width / 2, box.top + box.height / 2
    corners = ((across, box.top), (box.right, down), (across, box.bottom), (box.left, down))
    ink.path(path(corners) + "Z", **pen.line(), stroke_linejoin="round")
    sign = GATEWAYS.get(shape.kind)
    if sign is not None and (shape.kind != "exclusiveGateway" or shape.crossed):
        ink.glyph(sign, (across, down), min(box.width, box.height) * 0.56, pen.ink, pen.paper)


def _note(ink: Ink, shape: Shape, pen: Pen) -> None:
    """A bracket, and the text beside it."""
    box = shape.box
    ends = ((box.left + 10, box.top), (box.left, box.top), (box.left, box.bottom), (box.left + 10, box.bottom))
    ink.path(path(ends), stroke=QUIET, stroke_width=1.5)
    words = fit(shape.name, max(box.width - 12, 8), max(box.height - 6, 10))
    ink.text(words, box.left + 6 + box.width / 2, box.top + (box.height - words.height) / 2, fill=QUIET)


def _group(ink: Ink, shape: Shape, pen: Pen) -> None:
    ink.add("rect", **_place(shape.box), rx=10, ry=10, fill="none", stroke=QUIET, stroke_dasharray="10 6 1 6")


def _data(ink: Ink, shape: Shape, pen: Pen) -> None:
    """A page with a corner turned down."""
    box = shape.box
    fold = min(box.width, box.height) / 3
    page = ((box.left, box.top), (box.right - fold, box.top), (box.right, box.top + fold), (box.right, box.bottom))
    ink.path(path((*page, (box.left, box.bottom))) + "Z", **pen.line())
    ink.path(path(((page[1]), (box.right - fold, box.top + fold), page[2])), stroke=pen.ink, stroke_width=1.5)


def _store(ink: Ink, shape: Shape, pen: Pen) -> None:
    """A drum."""
    box = shape.box
    half, lid = box.width / 2, box.height / 6
    arc = f"a{half:g},{lid:g} 0 0 "
    top = f"M{box.left:g},{box.top + lid:g}"
    body = f"{top}{arc}1 {box.width:g},0v{box.height - 2 * lid:g}{arc}1 {-box.width:g},0Z"
    ink.path(body, **pen.line())
    ink.path(f"{top}{arc}0 {box.width:g},0", stroke=pen.ink, stroke_width=1.5)


_OTHERS: Mapping[str, Callable[[Ink, Shape, Pen], None]] = {
    "textAnnotation": _note,
    "group": _group,
    "dataObjectReference": _data,
    "dataStoreReference": _store,
}


def name(ink: Ink, shape: Shape) -> Box | None:
    """Write the name of an event, a gateway or data beside it; gives the place that it takes."""
    outside = shape.kind.endswith(("Event", "Gateway")) or shape.kind in {"dataObjectReference", "dataStoreReference"}
    if not shape.name or not outside:
        return None
    place = shape.label or Box(shape.box.left, shape.box.bottom + 4, shape.box.width, 0, False)
    words = wrap(shape.name, max(lines.NAME, place.width), 11)
    return lines.beside(ink, words, place.left + place.width / 2, place.top)


def _badge(ink: Ink, shape: Shape, pen: Pen) -> None:
    """A disc with a sign at the upper right: a mark is never a colour alone."""
    disc(ink, pen.mark, (shape.box.right - 2, shape.box.top + 2))


def disc(ink: Ink, mark: str, middle: tuple[float, float]) -> None:
    colour = MARK_LOOKS[mark][0]
    ink.add("circle", cx=middle[0], cy=middle[1], r=9, fill=colour, stroke=PAPER, stroke_width=1.5)
    ink.glyph(MARKS[mark], middle, 13, PAPER, colour)


def _place(box: Box) -> dict[str, str | float]:
    return {"x": box.left, "y": box.top, "width": box.width, "height": box.height}
