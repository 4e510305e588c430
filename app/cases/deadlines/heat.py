"""The diagram of a version with the share of missed deadlines at each step, in colour and as a number."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from app import xmlsafe
from app.cases.deadlines.views import StepLine
from app.definitions import picture as drawing
from app.definitions.picture.ink import SVG, Ink
from app.definitions.picture.plan import Shape, sheets
from app.definitions.picture.words import wrap

#: up to so many per cent missed: colour of the ground, colour of the line, words
BANDS: tuple[tuple[int, str, str, str], ...] = (
    (0, "#d5e8f3", "#2f6f9f", "none missed"),
    (10, "#ffe9a8", "#8a6500", "up to 10% missed"),
    (25, "#ffc266", "#8a4b00", "up to 25% missed"),
    (50, "#f7a072", "#8f2f00", "up to 50% missed"),
    (100, "#ec8785", "#6d1009", "more than 50% missed"),
)
HELD_BACK = ("#e8edee", "#4c6272", "held back")
INK, PAPER = "#212b32", "#ffffff"


def looks(missed: int | None) -> tuple[str, str, str]:
    """(ground, line, words) for a share."""
    if missed is None:
        return HELD_BACK
    return next((ground, line, words) for most, ground, line, words in BANDS if missed <= most)


def picture(data: bytes, steps: Sequence[StepLine]) -> str | None:
    """The BPMN file as SVG. None where it cannot be drawn: the table says the same."""
    shares = {one.where.element: one for one in steps}
    try:
        marks = {element: _look(one) for element, one in shares.items()}
        root = xmlsafe.parse(drawing.draw(data, marks=marks, desc=_told(steps)))
        found = sheets(xmlsafe.parse(data))
    except (drawing.NotDrawable, xmlsafe.UnsafeXml):
        return None
    for group, sheet in zip(root.iterfind(f"{{{SVG}}}g"), found, strict=False):
        for shape in sheet.shapes:
            if shape.id in shares:
                _mark(Ink(group), shape, shares[shape.id])
    return str(etree.tostring(root, encoding="unicode"))


def _told(steps: Sequence[StepLine]) -> str:
    said = "; ".join(f"{one.name}: {_words(one)}" for one in steps)
    return f"Deadlines missed: {said or 'none have come'}."


def _words(step: StepLine) -> str:
    missed = step.line.missed
    return "held back, or none came" if missed is None else f"{missed}%"


def _look(step: StepLine) -> tuple[str, str, str]:
    ground, line, _ = looks(step.line.missed)
    return line, ground, f"missed: {_words(step)}"


def _mark(ink: Ink, shape: Shape, step: StepLine) -> None:
    """The number: at the corner of a step, in the middle of an event."""
    box, line = shape.box, looks(step.line.missed)[1]
    within = shape.kind.endswith("Event")
    size, high = (10, 15) if within else (13, 22)
    said = wrap("–" if step.line.missed is None else f"{step.line.missed}%", 60, size)
    wide = size * (1.0 + 0.62 * len(said.lines[0]))
    left = box.left + (box.width - wide) / 2 if within else box.right - wide / 2
    top = box.top + (box.height - high) / 2 if within else box.top - high / 2
    group = ink.add("g")
    group.add("rect", x=left, y=top, width=wide, height=high, rx=high / 2, ry=high / 2, fill=PAPER, stroke=line)
    group.text(said, left + wide / 2, top + (high - said.height) / 2, fill=INK, font_weight="bold")
