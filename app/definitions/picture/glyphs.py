"""The small signs of BPMN (OMG formal/2013-12-09, chapters 10 and 12), each on a sheet of 24 by 24 pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, pi, sin

#: side of the sheet on which a sign is drawn
SHEET = 24.0


@dataclass(frozen=True, slots=True)
class Glyph:
    """`lines`: paths that are stroked; `solid`: filled with ink as well; `paper`: filled with the ground."""

    lines: str = ""
    solid: str = ""
    paper: str = ""
    #: lines drawn over the solid parts, in the colour of the ground
    cut: str = ""


def _gear(teeth: int, outer: float, inner: float) -> str:
    """A wheel with square teeth and a hole."""
    step = 2 * pi / teeth
    points = []
    for tooth in range(teeth):
        for share, radius in ((-0.27, inner), (-0.17, outer), (0.17, outer), (0.27, inner)):
            angle = (tooth + share) * step
            points.append(f"{12 + radius * sin(angle):.2f},{12 - radius * cos(angle):.2f}")
    return f"M{' L'.join(points)}Z {_round(3.2)}"


def _round(radius: float, x: float = 12, y: float = 12) -> str:
    """A full circle as a path."""
    arc = f"a{radius:g},{radius:g} 0 1 0"
    return f"M{x - radius:g},{y:g}{arc} {2 * radius:g},0{arc} {-2 * radius:g},0Z"


def _polygon(corners: int, radius: float) -> str:
    angles = [2 * pi * corner / corners for corner in range(corners)]
    return f"M{' L'.join(f'{12 + radius * sin(one):.2f},{12 - radius * cos(one):.2f}' for one in angles)}Z"


def _hours() -> str:
    """The twelve strokes of a dial."""
    angles = [2 * pi * hour / 12 for hour in range(12)]
    return "".join(
        f"M{12 + 8 * sin(one):.2f},{12 - 8 * cos(one):.2f}L{12 + 9.6 * sin(one):.2f},{12 - 9.6 * cos(one):.2f}"
        for one in angles
    )


_ENVELOPE = "M3,6H21V18H3Z"
_FLAP = "M3,6L12,13L21,6"
_PAGE = "M6,3H18V21H6Z"
_BOLT = "M4,20L9,5L14,13L20,4L15,19L10,11Z"
_UP = "M12,3L19,21L12,14L5,21Z"
_REWIND = "M11.5,6V18L3,12ZM20,6V18L11.5,12Z"
_CROSS = "M6,3L12,9L18,3L21,6L15,12L21,18L18,21L12,15L6,21L3,18L9,12L3,6Z"
_PLUS = "M10,3H14V10H21V14H14V21H10V14H3V10H10Z"
_LINK = "M3,9H13V4L21,12L13,20V15H3Z"

#: by BPMN name of the task
TASKS: Mapping[str, Glyph] = {
    "userTask": Glyph(paper="M4,21V17.5C4,14.5 7,13 12,13S20,14.5 20,17.5V21Z" + _round(4.6, 12, 8)),
    "manualTask": Glyph(
        paper="M3,12.5L8.5,6.5H12L10,9.5H20.2A1.5,1.5 0 0 1 20.2,12.5H21A1.5,1.5 0 0 1 21,15.3H20A1.4,1.4 0 0 1 20,18"
        "H18A1.3,1.3 0 0 1 18,20.5H7.5L3,17.5Z",
        lines="M13,12.5H20.2M13,15.3H20M13,18H18",
    ),
    "serviceTask": Glyph(paper=_gear(8, 10, 7.2)),
    "sendTask": Glyph(solid=_ENVELOPE, cut=_FLAP),
    "receiveTask": Glyph(paper=_ENVELOPE, lines=_FLAP),
    "scriptTask": Glyph(
        paper="M8,3H20C16,7 21,14 17,21H4C8,14 4,8 8,3Z", lines="M9,7.5H15.5M9.5,11H16.5M9.5,14.5H16M8,18H14.5"
    ),
    "businessRuleTask": Glyph(paper="M3,5H21V19H3Z", solid="M3,5H21V9H3Z", lines="M3,14H21M9,9V19"),
}
#: by kind of event: as caught, and as thrown
CAUGHT: Mapping[str, Glyph] = {
    "message": Glyph(paper=_ENVELOPE, lines=_FLAP),
    "timer": Glyph(paper=_round(10), lines=_hours() + "M12,12L14.5,5.5M12,12H17"),
    "signal": Glyph(paper="M12,3.5L21,19H3Z"),
    "error": Glyph(paper=_BOLT),
    "escalation": Glyph(paper=_UP),
    "conditional": Glyph(paper=_PAGE, lines="M8.5,7H15.5M8.5,10.5H15.5M8.5,14H15.5M8.5,17.5H15.5"),
    "link": Glyph(paper=_LINK),
    "compensate": Glyph(paper=_REWIND),
    "cancel": Glyph(paper=_CROSS),
    "multiple": Glyph(paper=_polygon(5, 9.5)),
    "parallel": Glyph(paper=_PLUS),
}
THROWN: Mapping[str, Glyph] = {
    "message": Glyph(solid=_ENVELOPE, cut=_FLAP),
    "signal": Glyph(solid="M12,3.5L21,19H3Z"),
    "error": Glyph(solid=_BOLT),
    "escalation": Glyph(solid=_UP),
    "terminate": Glyph(solid=_round(10)),
    "link": Glyph(solid=_LINK),
    "compensate": Glyph(solid=_REWIND),
    "cancel": Glyph(solid=_CROSS),
    "multiple": Glyph(solid=_polygon(5, 9.5)),
}
GATEWAYS: Mapping[str, Glyph] = {
    "exclusiveGateway": Glyph(solid="M6.9,4H8.7L12,10L15.3,4H17.1L12.9,12L17.1,20H15.3L12,14L8.7,20H6.9L11.1,12Z"),
    "parallelGateway": Glyph(solid="M10.4,3H13.6V10.4H21V13.6H13.6V21H10.4V13.6H3V10.4H10.4Z"),
    "inclusiveGateway": Glyph(paper=_round(8.5), lines=_round(7.6)),
    "complexGateway": Glyph(lines="M12,3V21M3,12H21M5.6,5.6L18.4,18.4M18.4,5.6L5.6,18.4"),
    "eventBasedGateway": Glyph(paper=_round(11.3), lines=_round(9.2) + _polygon(5, 6.4)),
}
#: at the foot of an activity
FOOT: Mapping[str, Glyph] = {
    "closed": Glyph(paper="M3,3H21V21H3Z", lines="M12,7V17M7,12H17"),
    "each": Glyph(solid="M4.5,4H7.5V20H4.5ZM10.5,4H13.5V20H10.5ZM16.5,4H19.5V20H16.5Z"),
    "in turn": Glyph(solid="M4,4.5H20V7.5H4ZM4,10.5H20V13.5H4ZM4,16.5H20V19.5H4Z"),
    "again": Glyph(lines="M8,19.5A8.5,8.5 0 1 1 15,20M8,19.5L3.5,18.5M8,19.5L9,15"),
    "any order": Glyph(lines="M3,14C5.5,8.5 9,8.5 12,12S18.5,15.5 21,10"),
    "undone": Glyph(paper=_REWIND),
}
#: what a mark looks like to who sees no colour
MARKS: Mapping[str, Glyph] = {
    "done": Glyph(lines="M6,12.5L10.5,17L18,7.5"),
    "here": Glyph(solid="M8,5.5L18.5,12L8,18.5Z"),
    "cancelled": Glyph(lines="M7,7L17,17M17,7L7,17"),
}
