"""From how often each outcome was at each step to lines, with small numbers held back as for measures. Pure.

At the steps of one version each outcome is a series of its own. Sums (by rule, by version) leave out what is held back
at a step and say that there is more, so no gap can be filled by subtraction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from app.cases.deadlines.views import OUTCOMES, Figure, Line, Outcome, Where
from app.cases.measures.small import protected, share

#: how often each outcome was, by step
Counts = Mapping[Where, Counter[Outcome]]


@dataclass(frozen=True)
class Shown:
    """What may be shown of one step."""

    where: Where
    numbers: Mapping[Outcome, int | None]


def shown(counts: Counts, smallest: int) -> list[Shown]:
    """By version and step, what is held back as None."""
    found: list[Shown] = []
    for _version, steps in groupby(sorted(counts, key=_order), key=lambda one: (one.key, one.version, one.sha)):
        found += _of_version(counts, list(steps), smallest)
    return found


def _order(one: Where) -> tuple[str, int, str, str, str, str]:
    return one.key, one.version, one.sha, one.process, one.element, one.kind


def _of_version(counts: Counts, steps: list[Where], smallest: int) -> Iterator[Shown]:
    columns = {one: protected({step: counts[step][one] for step in steps}, smallest) for one in OUTCOMES}
    yield from (Shown(step, {one: columns[one][step] for one in OUTCOMES}) for step in steps)


def line(those: Iterable[Shown], smallest: int) -> Line:
    """The sum of some steps, or one of them."""
    steps = list(those)
    whole = [one for one in steps if all(one.numbers[part] is not None for part in ("met", "late", "overdue"))]
    met, late, overdue = (sum(one.numbers[part] or 0 for one in whole) for part in ("met", "late", "overdue"))
    missed = share(late + overdue, met + late + overdue, smallest) if met + late + overdue else None
    figures = {part: _figure([one.numbers[part] for one in steps]) for part in OUTCOMES}
    return Line(figures["met"], figures["late"], figures["overdue"], figures["dropped"], missed)


def _figure(numbers: list[int | None]) -> Figure:
    known = [one for one in numbers if one is not None]
    held_back = len(known) < len(numbers)
    return Figure(None) if held_back and not sum(known) else Figure(sum(known), held_back)


def is_deadline(where: Where, dated: Collection[Where]) -> bool:
    """Is it in a sum? Due dates are, and clocks that tell that a deadline has passed; not those in `dated`, on a step
    that has a due date, which would count twice. Warnings and reminders are no deadlines."""
    return where.kind == "date" or (where.kind == "escalate" and where not in dated)


def by_rule(
    those: Iterable[Shown], rules: Mapping[Where, tuple[str, ...]], dated: Collection[Where]
) -> dict[str, list[Shown]]:
    """The deadlines that count for each rule. `rules`: those that each step cites."""
    found: dict[str, list[Shown]] = {}
    for one in those:
        if is_deadline(one.where, dated):
            for rule in rules.get(one.where, ()):
                found.setdefault(rule, []).append(one)
    return found
