"""Which facts of a case somebody may know: where it stands can itself tell (decision 7)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from app import privacy
from app.cases.queries.course import Course
from app.definitions.sources import UNSHOWN, Sources, hidden, known
from app.privacy import Viewer


@dataclass(frozen=True)
class Facts:
    """What is hidden of the facts, and all that are known. `others`: may the reader know those of which nothing here
    says what sets them, such as what a message brought? They count as restricted."""

    sources: tuple[Sources, ...]
    hidden: frozenset[str]
    known: frozenset[str]
    others: bool

    def shows(self, name: str) -> bool:
        return name not in self.hidden and (self.others or name in self.known)

    def shown(self, values: Mapping[str, Any], wanted: Collection[str] | None = None) -> dict[str, Any]:
        """Those of the values, or of those wanted, that the reader may know."""
        return {
            name: value for name, value in values.items() if (wanted is None or name in wanted) and self.shows(name)
        }

    def shows_what(self, process: str, element: str) -> bool:
        """May the reader know what this element worked out?"""
        return all(self.shows(name) for one in self.sources for name in one.set_by((process, element)))


def facts(sources: tuple[Sources, ...], viewer: Viewer, course: Course) -> Facts:
    others = privacy.ground("restricted", viewer) is not None
    return Facts(sources, hidden(sources, viewer, course.shows) | UNSHOWN, known(sources), others)
