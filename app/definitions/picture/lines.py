"""Sequence flows, message flows and associations: their way, their ends and their names."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import hypot

from app.definitions.drawing import Box
from app.definitions.picture.ink import INK, PAPER, QUIET, Ink, number, path
from app.definitions.picture.plan import Line
from app.definitions.picture.words import Lines, wrap

Point = tuple[float, float]
#: radius of a corner
_CORNER = 6.0
#: a name is wrapped to this, or to the width of its place
NAME = 90.0
#: white around letters, so that a line behind them does not strike them out
HALO: dict[str, str | float] = {"stroke": PAPER, "stroke_width": 3, "stroke_linejoin": "round", "paint_order": "stroke"}
_DOTTED = frozenset({"association", "dataInputAssociation", "dataOutputAssociation"})


def draw(ink: Ink, line: Line) -> None:
    group = ink.add("g")
    if line.name:
        group.say("title", line.name)
    colour = QUIET if line.kind in _DOTTED else INK
    dashes: dict[str, str | float] = {}
    if line.kind in _DOTTED:
        dashes = {"stroke_dasharray": "1 4", "stroke_linecap": "round"}
    elif line.kind == "messageFlow":
        dashes = {"stroke_dasharray": "8 5"}
    group.path(_way(line.points), stroke=colour, stroke_width=1.5, **dashes)
    _ends(group, line, colour)


def _way(points: Sequence[Point]) -> str:
    """The line with round corners."""
    parts = [f"M{_at(points[0])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        cut = min(_CORNER, _apart(before, corner) / 2, _apart(corner, after) / 2)
        parts.append(f"L{_at(_towards(corner, before, cut))}Q{_at(corner)} {_at(_towards(corner, after, cut))}")
    parts.append(f"L{_at(points[-1])}")
    return "".join(parts)


def _ends(ink: Ink, line: Line, colour: str) -> None:
    first, last = _lengthy(line.points), _lengthy(line.points[::-1])
    thin: dict[str, str | float] = {"stroke": colour, "stroke_width": 1.5, "stroke_linejoin": "round"}
    if line.kind == "messageFlow":
        ink.add("circle", cx=first[0][0], cy=first[0][1], r=4, fill=PAPER, **thin)
        ink.path(_head(*last) + "Z", fill=PAPER, **thin)
    elif line.kind in _DOTTED:
        _association(ink, line, first, last, thin)
    else:
        ink.path(_head(*last) + "Z", fill=colour, **thin)
    if line.mark == "default":
        middle = _towards(*first, 9)
        ink.path(path((_beside(middle, first, -4, 5), _beside(middle, first, 4, -5))), **thin)
    elif line.mark == "condition":
        corners = (first[0], _beside(first[0], first, 8, 5), _beside(first[0], first, 16, 0))
        ink.path(path((*corners, _beside(first[0], first, 8, -5))) + "Z", fill=PAPER, **thin)


def _association(
    ink: Ink, line: Line, first: tuple[Point, Point], last: tuple[Point, Point], thin: dict[str, str | float]
) -> None:
    """An arrow where the file says that it has a direction; data always has one."""
    if line.directed in {"One", "Both"} or line.kind != "association":
        ink.path(_head(*last), **thin)
    if line.directed == "Both":
        ink.path(_head(*first), **thin)


def _lengthy(points: Sequence[Point]) -> tuple[Point, Point]:
    """The end of a line, and the first point from there that is another: it says where the line comes from."""
    end = points[0]
    return end, next((one for one in points[1:] if _apart(end, one) > 0.5), (end[0] - 1, end[1]))


def _head(tip: Point, from_: Point) -> str:
    """An arrow head with its tip at the end of the line."""
    return path((_beside(tip, (tip, from_), 9, 4.2), tip, _beside(tip, (tip, from_), 9, -4.2)))


def _beside(start: Point, way: tuple[Point, Point], along: float, aside: float) -> Point:
    """From `start` so far along the way from its first point to its second, and aside to its left."""
    length = _apart(*way) or 1.0
    across, down = ((way[1][at] - way[0][at]) / length for at in (0, 1))
    return start[0] + across * along + down * aside, start[1] + down * along - across * aside


def _towards(start: Point, other: Point, far: float) -> Point:
    return _beside(start, (start, other), far, 0)


def _apart(one: Point, other: Point) -> float:
    return hypot(one[0] - other[0], one[1] - other[1])


def _at(point: Point) -> str:
    return f"{number(point[0])},{number(point[1])}"


def name(ink: Ink, line: Line) -> Box | None:
    """Write the name of a line; gives the place that it takes."""
    if not line.name:
        return None
    words = wrap(line.name, max(NAME, line.label.width if line.label else 0), 11)
    box = line.label or _halfway(line.points)
    return beside(ink, words, box.left + box.width / 2, box.top)


def beside(ink: Ink, words: Lines, middle: float, top: float) -> Box:
    """Words outside a shape."""
    ink.text(words, middle, top, **HALO)
    return Box(middle - words.width / 2, top, words.width, words.height, False)


def _halfway(points: Sequence[Point]) -> Box:
    """Where a name goes that has no place in the file: beside the longest straight part."""
    start, end = max(pairwise(points), key=lambda pair: _apart(*pair))
    return Box((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 + 4, 0, 0, False)
