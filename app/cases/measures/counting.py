"""From courses of cases to figures: by quarter, by policy, by team, and by rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from app.cases.measures.course import Course, Passage
from app.cases.measures.file import Measure
from app.cases.measures.small import alone, protected, share


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure. `number`: how often; None: held back. `share`: per cent in time. `days`: the median. Both None where
    there is nothing, or too little, behind them."""

    number: int | None
    share: int | None = None
    days: float | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """One measure over the same heads: a cell for each."""

    measure: Measure
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """The deadlines that a rule set: done by their date, done or taken away after it, and still open beyond it."""

    rule: str
    met: int | None
    missed: int | None
    median_days_late: float | None


@dataclass(frozen=True, slots=True)
class Seen:
    """One time that a measure counts."""

    at: datetime
    policy: str
    team: str
    good: bool = True
    days: float = 0.0


def seen(measure: Measure, cases: Iterable[Course]) -> list[Seen]:
    """Each time that the measure counts, whenever it was."""
    found: list[Seen] = []
    for one in cases:
        found += [Seen(at, one.policy, one.team, good, days) for at, good, days in _counted(measure, one)]
    return found


def _counted(measure: Measure, case: Course) -> Iterator[tuple[datetime, bool, float]]:
    here = [one for one in case.passages if (one.process, one.element) == measure.at]
    if measure.kind == "count":
        yield from ((one.began, True, 0.0) for one in here)
    elif measure.kind == "in-time":
        yield from ((one.ended or one.began, not one.late, 0.0) for one in here if one.late is not None)
    else:
        there = [one.ended for one in case.passages if (one.process, one.element) == measure.to and one.done]
        for one in here:
            reached = [at for at in there if at and one.ended and at >= one.ended]
            if reached and one.ended:
                yield reached[0], True, (reached[0] - one.ended).total_seconds() / 86_400


def series(
    measure: Measure, times: Sequence[Seen], heads: Sequence[str], head_of: Callable[[Seen], str | None], smallest: int
) -> Series:
    """The measure by whatever `head_of` says; times of no head are left out."""
    sorted_in: dict[str, list[Seen]] = {head: [] for head in heads}
    for one in times:
        head = head_of(one)
        if head in sorted_in:
            sorted_in[head].append(one)
    numbers = protected({head: len(those) for head, those in sorted_in.items()}, smallest)
    return Series(measure, tuple(_cell(measure, sorted_in[head], numbers[head], smallest) for head in heads))


def _cell(measure: Measure, times: Sequence[Seen], number: int | None, smallest: int) -> Cell:
    if not number:
        return Cell(number)
    if measure.kind == "in-time":
        return Cell(number, share=share(sum(one.good for one in times), len(times), smallest))
    return Cell(number, days=round(median(one.days for one in times), 1) if measure.kind == "days" else None)


def clauses(cases: Iterable[Course], timed: frozenset[str], now: datetime, smallest: int) -> list[Clause]:
    """By rule, of the rules in `timed`: which deadlines were met and which missed, and by how much."""
    met: Counter[str] = Counter()
    late: dict[str, list[float]] = {}
    for passage in (passage for one in cases for passage in one.passages if passage.due is not None):
        if passage.late is None and (passage.due is None or now <= passage.due):
            continue
        for rule in timed.intersection(passage.rules):
            if passage.late is False:
                met[rule] += 1
            else:
                late.setdefault(rule, []).append(_days_late(passage, now))
    return [_clause(rule, met[rule], late.get(rule, []), smallest) for rule in sorted(met.keys() | late.keys())]


def _clause(rule: str, met: int, late: Sequence[float], smallest: int) -> Clause:
    missed = alone(len(late), smallest)
    return Clause(rule, alone(met, smallest), missed, round(median(late), 1) if missed else None)


def _days_late(passage: Passage, now: datetime) -> float:
    end = passage.ended or now
    return max(0.0, (end - passage.due).total_seconds() / 86_400) if passage.due else 0.0
