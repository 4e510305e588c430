"""Which steps of a case somebody may know of: where a case stands can itself tell (XX-1).

An element says so by its property `class`. Whoever may not see that class sees the enclosing step instead: the element,
what sits on it and stands in it, everything in the process that it calls, and the timers that these stop leave no trace
in lists, deadlines, timeline, diagrams and history.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app import privacy
from app.cases.enclosing import Enclosing
from app.engine import Element, Key, Outline
from app.privacy import Viewer


@dataclass(frozen=True)
class Course:
    """What is hidden: whole processes, and single elements as (process, element id)."""

    processes: frozenset[str]
    elements: frozenset[tuple[str, str]]
    #: ids of everything hidden, for rows that do not name the process
    ids: frozenset[str]
    #: classes of entries of the history that name no step
    classes: frozenset[str] = frozenset()

    @property
    def hides(self) -> bool:
        """May anything of the case's history be hidden?"""
        return bool(self.ids or self.classes)

    def shows(self, process: str, element: str) -> bool:
        return process not in self.processes and (process, element) not in self.elements

    def shows_entry(self, data: Mapping[str, Any]) -> bool:
        """May an entry of the history be shown? Those that name no element always; that a clock stood still for a step
        only to those who may know of the step."""
        if data.get("class") in self.classes:
            return False
        more = data.get("data") or {}
        stopped_by = (str(more.get("by_process", "")), str(more.get("by", "")))
        return self.shows(str(data.get("process", "")), str(data.get("element", ""))) and self.shows(*stopped_by)


def course(outline: Outline, viewer: Viewer) -> Course:
    """What of a definition's steps is hidden from the viewer."""

    def hides(one: Element) -> bool:
        return privacy.ground(one.properties.get("class", "public"), viewer) is None

    found = Enclosing(hides, outline)
    hidden = found.hidden | _clocks(found, outline)
    ids = frozenset(element for _process, element in hidden)
    classes = frozenset(one for one in privacy.HEALTH if privacy.ground(one, viewer) is None)
    return Course(found.processes, hidden, ids, classes)


def _clocks(found: Enclosing, outline: Outline) -> set[Key]:
    """The timers that a hidden step stops: a deadline that stands still, and moves, would tell of the step."""
    stopped = {clock for by, clocks in outline.pauses.items() if by in found.hidden for clock in clocks}
    return {clock for clock in stopped if found.elements[clock].kind.endswith("Event")}


def together(courses: Sequence[Course]) -> Course:
    """What any of them hides is hidden."""
    return Course(
        frozenset().union(*(one.processes for one in courses)),
        frozenset().union(*(one.elements for one in courses)),
        frozenset().union(*(one.ids for one in courses)),
        frozenset().union(*(one.classes for one in courses)),
    )
