"""The whole picture: its size, its layers, and what it says to who does not see it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from lxml import etree

from app import xmlsafe
from app.definitions.drawing import Box
from app.definitions.picture import lines, shapes
from app.definitions.picture.ink import FONT, INK, PAPER, SVG, Ink, number
from app.definitions.picture.plan import NotDrawable, Shape, Sheet, sheets
from app.definitions.picture.shapes import MARK_LOOKS, Look
from app.definitions.picture.words import wrap

DONE, HERE, CANCELLED = MARK_LOOKS
_EDGE = 20.0
#: shapes and lines of one file
MOST = 5_000
#: largest picture, in bytes
MAX_BYTES = 16_000_000
#: element id to its mark, or to a look of its own
Marks = Mapping[str, str | Look]
_NOTHING: Marks = {}


def draw(data: bytes, title: str = "", marks: Marks = _NOTHING, desc: str = "") -> bytes:
    """The diagram as SVG, as wide as it was drawn. `marks`: element id to "done", "here", "cancelled" or a
    look of its own.

    `title`: what it is called, by default the name of its first pool; `desc`: said to who does not see it, before what
    is marked. Raises `NotDrawable`, and `xmlsafe.UnsafeXml` for what is no XML.
    """
    found = sheets(xmlsafe.parse(data))
    if sum(len(one.shapes) + len(one.lines) for one in found) > MOST:
        raise NotDrawable
    namespaces: Any = {None: SVG}
    root = etree.Element(f"{{{SVG}}}svg", {"role": "img", "font-family": FONT}, nsmap=namespaces)
    ink = Ink(root)
    ink.say("title", title or _title(found))
    ink.say("desc", " ".join(part for part in (desc, _told(found, marks)) if part))
    ground = ink.add("rect", fill=PAPER)
    width = height = 0.0
    for sheet in found:
        size = _sheet(ink, sheet, marks, height)
        width, height = max(width, size[0]), height + size[1]
    if marks:
        height += _legend(ink, height, marks)
    _sized(root, ground, max(width, 420.0 if marks else 0.0), height)
    drawn: bytes = etree.tostring(root, encoding="utf-8")
    if len(drawn) > MAX_BYTES:
        raise NotDrawable
    return drawn


def _sized(root: etree._Element, ground: Ink, width: float, height: float) -> None:
    for name, value in (("width", number(width)), ("height", number(height))):
        root.set(name, value)
        ground.element.set(name, value)
    root.set("viewBox", f"0 0 {number(width)} {number(height)}")


def _title(found: Iterable[Sheet]) -> str:
    pools = [shape.name for sheet in found for shape in sheet.shapes if shape.kind == "participant" and shape.name]
    return pools[0] if pools else "Process diagram"


def _told(found: tuple[Sheet, ...], marks: Marks) -> str:
    """What the picture shows, in a sentence or two."""
    every = [shape for sheet in found for shape in sheet.shapes]
    steps = sum(shapes.layer(shape) in (1, 2) for shape in every)
    flows = sum(len(sheet.lines) for sheet in found)
    said = f"A process diagram with {steps} elements and {flows} lines between them."
    for mark, (_ink, _paper, words) in MARK_LOOKS.items():
        names = [shape.name or shape.id for shape in every if marks.get(shape.id) == mark]
        if names:
            said += f" Marked “{words}”: {'; '.join(names)}."
    return said


def _sheet(ink: Ink, sheet: Sheet, marks: Marks, top: float) -> tuple[float, float]:
    """Draw one sheet below what is there already; gives its width and height."""
    heading = 0.0
    if sheet.name:
        heading = 28.0
        ink.text(wrap(sheet.name, 400, 14), _EDGE, top + 8, text_anchor="start", font_weight="bold")
    place = ink.add("g")
    ordered = sorted(sheet.shapes, key=lambda one: (shapes.layer(one), _depth(one)))
    for shape in (one for one in ordered if shapes.layer(one) < 2):
        shapes.draw(place, shape, marks.get(shape.id, ""))
    for line in sheet.lines:
        lines.draw(place, line)
    for shape in (one for one in ordered if shapes.layer(one) >= 2):
        shapes.draw(place, shape, marks.get(shape.id, ""))
    boxes = [lines.name(place, line) for line in sheet.lines] + [shapes.name(place, one) for one in ordered]
    bounds = _around([*(one.box for one in ordered), *(one for one in boxes if one), *_ways(sheet)])
    place.element.set(
        "transform", f"translate({number(_EDGE - bounds.left)},{number(top + heading + _EDGE - bounds.top)})"
    )
    return bounds.width + 2 * _EDGE, bounds.height + 2 * _EDGE + heading


def _depth(shape: Shape) -> float:
    """The larger lies below; what is as large keeps the order of the file."""
    return -shape.box.width * shape.box.height if shapes.layer(shape) < 2 else 0.0


def _ways(sheet: Sheet) -> Iterable[Box]:
    return (Box(across, down, 0, 0, False) for line in sheet.lines for across, down in line.points)


def _around(boxes: Iterable[Box]) -> Box:
    every = list(boxes)
    left, top = min(one.left for one in every), min(one.top for one in every)
    right, bottom = max(one.right for one in every), max(one.bottom for one in every)
    return Box(left, top, right - left, bottom - top, False)


def _legend(ink: Ink, top: float, marks: Marks) -> float:
    """Which sign says what; gives the height that it takes."""
    used, left = Counter(marks.values()), _EDGE + 9
    for mark, (_ink, _paper, words) in MARK_LOOKS.items():
        if used[mark]:
            shapes.disc(ink, mark, (left, top + 9))
            ink.text(wrap(words, 400, 13), left + 16, top + 2, text_anchor="start", fill=INK)
            left += 130
    return 18 + _EDGE
