"""One reading of deadlines: whose cases, due when, and what of it may be shown.

Steps that an auditor may not know of, and those that tell of somebody's health, are in no count, as in the measures."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property

import sqlalchemy as sa

from app import definitions, engine
from app.cases.audit.sight import ROLES
from app.cases.deadlines import counting, reading
from app.cases.deadlines.counting import Shown
from app.cases.deadlines.reading import Span
from app.cases.deadlines.views import Line, Outcome, RuleLine, StepLine, VersionLine, Where
from app.cases.enclosing import Enclosing
from app.cases.measures.course import tells
from app.cases.measures.file import read as read_measures
from app.cases.queries.course import Course, course, together
from app.engine import Element, Key, Outline
from app.privacy import Viewer
from app.settings import ROOT

FOLDER = ROOT / "processes"


class House:
    """The steps with deadlines of some versions, by their digests."""

    def __init__(self, connection: sa.Connection, span: Span, shas: Iterable[str]) -> None:
        self.span = span
        self.outlines: Mapping[str, Outline] = {
            sha: engine.describe(engine.load(definitions.get(connection, sha))) for sha in dict.fromkeys(shas)
        }
        self.elements: Mapping[str, Mapping[Key, Element]] = {
            sha: {(one.process, one.id): one for part in outline.processes for one in part.elements}
            for sha, outline in self.outlines.items()
        }

    @cached_property
    def smallest(self) -> int:
        return read_measures(FOLDER).smallest

    @cached_property
    def _course(self) -> Course:
        """What any version hides is hidden in all: a sum over them would tell."""
        return together([course(one, Viewer(ROLES)) for one in self.outlines.values()])

    @cached_property
    def _telling(self) -> frozenset[Key]:
        return Enclosing(tells, *self.outlines.values()).hidden

    def counts(self, process: str, element: str) -> bool:
        """May this step be in a count?"""
        return self._course.shows(process, element) and (process, element) not in self._telling

    def read(self, connection: sa.Connection, now: datetime) -> list[Shown]:
        """Every step that has deadlines, with what may be shown of them."""
        counts: dict[Where, Counter[Outcome]] = defaultdict(Counter)
        for found in (
            reading.dates(connection, self.span, now),
            reading.rung(connection, self.span, self.elements, now),
        ):
            for where, numbers in found.items():
                key = (where.process, where.element)
                if key in self.elements.get(where.sha, {}) and self.counts(*key):
                    counts[where] += numbers
        return counting.shown(counts, self.smallest)

    def by_step(self, steps: Iterable[Shown]) -> list[StepLine]:
        lines = []
        for one in steps:
            drawn = self._drawn(one.where)
            lines.append(StepLine(one.where, drawn.label, drawn.rules, counting.line([one], self.smallest)))
        return sorted(lines, key=lambda one: (one.name, one.where.kind))

    def by_rule(self, steps: list[Shown]) -> list[RuleLine]:
        """Of every rule that a step with a deadline cites."""
        rules = {one.where: self._drawn(one.where).rules for one in steps}
        found = counting.by_rule(steps, rules, self._dated(steps))
        return [RuleLine(rule, self._sum(found[rule])) for rule in sorted(found)]

    def by_version(self, steps: list[Shown]) -> list[VersionLine]:
        """Of due dates and of clocks that count as deadlines of their own."""
        dated = self._dated(steps)
        found: dict[tuple[str, int, str], list[Shown]] = defaultdict(list)
        for one in steps:
            if counting.is_deadline(one.where, dated):
                found[one.where.key, one.where.version, one.where.sha].append(one)
        return [
            VersionLine(key, version, self.outlines[sha].name, self._sum(those))
            for (key, version, sha), those in sorted(found.items())
        ]

    def _sum(self, steps: list[Shown]) -> Line:
        return counting.line(steps, self.smallest)

    def _drawn(self, where: Where) -> Element:
        return self.elements[where.sha][where.process, where.element]

    def _dated(self, steps: Iterable[Shown]) -> frozenset[Where]:
        """Clocks on a step that has a due date of its own."""
        those = list(steps)
        dates = {(one.where.sha, one.where.process, one.where.element) for one in those if one.where.kind == "date"}
        return frozenset(
            one.where
            for one in those
            if (one.where.sha, one.where.process, self._drawn(one.where).attached_to) in dates
        )

    def parts(self, sha: str) -> dict[str, str]:
        """The diagrams of a version in which a step that may be counted has a deadline: process id to name. A diagram
        that a withheld step calls is left out as a whole."""
        return {
            one.id: one.name or one.id
            for one in self.outlines[sha].processes
            if one.id not in self._course.processes and any(map(_may_be_due, one.elements))
        }


def _may_be_due(element: Element) -> bool:
    return element.kind == "userTask" or bool(element.properties.get("deadline"))
