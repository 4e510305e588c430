"""Which steps of a case somebody may know of: where a case stands can itself tell (XX-1).

An element says so by its property `class`. Whoever may not see that class sees the enclosing step instead: the element,
and everything in the process that it calls, leave no trace in lists, timeline, diagrams and history.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app import privacy
from app.engine import Outline
from app.privacy import Viewer


@dataclass(frozen=True)
class Course:
    """What is hidden: whole processes, and single elements as (process, element id)."""

    processes: frozenset[str]
    elements: frozenset[tuple[str, str]]
    #: ids of everything hidden, for rows that do not name the process
    ids: frozenset[str]

    def shows(self, process: str, element: str) -> bool:
        return process not in self.processes and (process, element) not in self.elements

    def shows_entry(self, data: Mapping[str, Any]) -> bool:
        """May an entry of the history be shown? Those that name no element always."""
        return self.shows(str(data.get("process", "")), str(data.get("element", "")))


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
    ids = {element for _process, element in hidden} | {one.id for name in processes for one in known[name].elements}
    return Course(frozenset(processes), frozenset(hidden), frozenset(ids))


def together(courses: Sequence[Course]) -> Course:
    """What any of them hides is hidden."""
    return Course(
        frozenset().union(*(one.processes for one in courses)),
        frozenset().union(*(one.elements for one in courses)),
        frozenset().union(*(one.ids for one in courses)),
    )


def _seen(data_class: str, viewer: Viewer) -> bool:
    return privacy.may_see(data_class, viewer.roles, subject=viewer.subject)
