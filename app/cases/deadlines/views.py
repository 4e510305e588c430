"""What the pages about deadlines show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

#: "met": done by its date, or taken away before its clock rang; "late": done or taken away after it, or rung;
#: "overdue": open, its date past; "dropped": taken away before its date
Outcome = Literal["met", "late", "overdue", "dropped"]
OUTCOMES: tuple[Outcome, ...] = ("met", "late", "overdue", "dropped")
#: "date": the due date of a user task; the others are clocks, by their property `deadline`
Kind = Literal["date", "escalate", "warn", "remind"]


@dataclass(frozen=True, slots=True)
class Where:
    """A step of one version of a process that has a deadline."""

    key: str
    version: int
    sha: str
    process: str
    element: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `number` None: held back. `more`: of a sum, that a part of it is held back and not in it."""

    number: int | None
    more: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row: how often each outcome was, and how many per cent of what was met or missed was missed; None where
    nothing, or too little, stands behind it, or a part of it is held back."""

    met: Figure
    late: Figure
    overdue: Figure
    dropped: Figure
    missed: int | None

    @property
    def figures(self) -> tuple[Figure, ...]:
        return self.met, self.late, self.overdue, self.dropped


@dataclass(frozen=True, slots=True)
class StepLine:
    where: Where
    name: str
    rules: tuple[str, ...]
    line: Line


@dataclass(frozen=True, slots=True)
class RuleLine:
    rule: str
    line: Line


@dataclass(frozen=True, slots=True)
class VersionLine:
    key: str
    version: int
    name: str
    line: Line


@dataclass(frozen=True, slots=True)
class Period:
    """A quarter: `id` as in the address, in words, and those before and after it; `later` None: it is not over."""

    id: str
    words: str
    earlier: str
    later: str | None


@dataclass(frozen=True)
class Deadlines:
    period: Period
    smallest: int
    rules: Sequence[RuleLine]
    versions: Sequence[VersionLine]


@dataclass(frozen=True)
class VersionDeadlines:
    """One version. `parts`: (process id, name) of its diagrams that have deadlines; `part`: the one that is shown;
    `steps`: of that one. `picture`: its diagram as SVG with the share missed at each step; None where it cannot be
    drawn."""

    period: Period
    smallest: int
    key: str
    version: int
    name: str
    parts: Sequence[tuple[str, str]]
    part: str
    steps: Sequence[StepLine]
    picture: str | None
