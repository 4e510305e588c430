"""Which steps of a case somebody may know of: where a case stands can itself tell (XX-1).

An element says so by its property `class`. Whoever may not see that class sees the enclosing step instead: the element,
everything in the process that it calls, and the timers that these stop leave no trace in lists, deadlines, timeline,
diagrams and history.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app import privacy
from app.engine import Key, Outline
from app.forms.kinds import CLASSES
from app.privacy import Viewer


@dataclass(frozen=True)
class Course:
    """What is hidden: whole processes, and single elements as (process, element id)."""

    processes: frozenset[str]
    elements: frozenset[tuple[str, str]]
    #: ids of everything hidden, for rows that do not name the process
    ids: frozenset[str]
    #: classes of which the viewer sees nothing, for entries that carry one of their own
    classes: frozenset[str] = frozenset()

    @property
    def hides(self) -> bool:
        """Is there anything that the viewer may not know of?"""
        return bool(self.ids or self.classes)

    @property
    def hides_steps(self) -> bool:
        """May what the case does follow from something that the viewer may not know of?"""
        return bool(self.ids or "restricted" in self.classes)

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
    known = {process.id: process for process in outline.processes}
    hidden = {
        (one.process, one.id): one.refers_to
        for process in outline.processes
        for one in process.elements
        if not _seen(one.properties.get("class", "public"), viewer)
    }
    called = [name for name in hidden.values() if name in known]
    processes: set[str] = set()
    while called:
        name = called.pop()
        if name not in processes:
            processes.add(name)
            called += [one.refers_to for one in known[name].elements if one.refers_to in known]
    hidden |= dict.fromkeys(_clocks(outline, processes, hidden), "")
    ids = {element for _process, element in hidden} | {one.id for name in processes for one in known[name].elements}
    classes = frozenset(one for one in CLASSES if not _seen(one, viewer))
    return Course(frozenset(processes), frozenset(hidden), frozenset(ids), classes)


def _clocks(outline: Outline, processes: set[str], hidden: Mapping[Key, str]) -> set[Key]:
    """The timers that a hidden step stops: a deadline that stands still, and moves, would tell of the step."""
    kinds = {(one.process, one.id): one.kind for process in outline.processes for one in process.elements}
    stopped = {clock for by, clocks in outline.pauses.items() if by in hidden or by[0] in processes for clock in clocks}
    return {clock for clock in stopped if kinds[clock].endswith("Event")}


def together(courses: Sequence[Course]) -> Course:
    """What any of them hides is hidden."""
    return Course(
        frozenset().union(*(one.processes for one in courses)),
        frozenset().union(*(one.elements for one in courses)),
        frozenset().union(*(one.ids for one in courses)),
        frozenset().union(*(one.classes for one in courses)),
    )


def _seen(data_class: str, viewer: Viewer) -> bool:
    return privacy.ground(data_class, viewer) is not None
