"""Values for an input column: one for each stretch between the constants that its cells compare with.

Between two neighbouring constants no cell of the column changes its mind, so these few values stand for all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise

from app.decisions.table import Input
from app.decisions.types import KINDS, WHOLE
from app.expressions import temporal
from app.expressions.values import Months, Value, kind
from app.workdays import wording

#: Stands for any text that no cell mentions.
OTHER = "\N{HORIZONTAL ELLIPSIS} any other text"


@dataclass(frozen=True, slots=True)
class Sample:
    value: Value
    #: as a sentence says it: “age is 70”; "" for a column that no row looks at
    words: str


def samples(column: Input, compared: Sequence[Value]) -> list[Sample] | None:
    """Values for a column whose cells compare with `compared`; the null last. None if they have no order."""
    kinds = {kind(value) for value in compared} - {"null"}
    known = KINDS.get(column.type)
    if known in kinds or known == "boolean":
        kinds = {known}
    if not kinds:
        return _known_or_not(column) if compared else [Sample(None, "")]
    found: list[Value] = []
    for one in sorted(kinds):
        try:
            found += _of_kind(one, [value for value in compared if kind(value) == one], column.type in WHOLE)
        except (TypeError, ArithmeticError):
            return None
    return [Sample(value, f"“{column.label}” is {said(value)}") for value in [*found, None]]


def _known_or_not(column: Input) -> list[Sample]:
    return [Sample(OTHER, f"“{column.label}” is known"), Sample(None, f"“{column.label}” is not known")]


def said(value: Value) -> str:
    if value is None:
        return "not known"
    if value == OTHER:
        return "any other text"
    if type(value) is date:
        return wording.day(value)
    return f"“{value}”" if isinstance(value, str) else _plain(value)


def _plain(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return temporal.text(value) if isinstance(value, datetime | time | timedelta | Months) else str(value)


def _of_kind(name: str, compared: list[Value], whole: bool) -> list[Value]:
    if name == "boolean":
        return [True, False]
    unique = sorted(set(compared))
    if name == "string":
        return [*unique, OTHER]
    steps = _STEPS.get(name)
    return _stretches(unique, *steps, whole) if steps and unique else unique


def _stretches(values: list[Value], middle: Callable[[Value, Value], Value], step: Value, whole: bool) -> list[Value]:
    found = [values[0] - step]
    for low, high in pairwise(values):
        between = middle(low, high)
        found.append(low)
        if low < between < high and not (whole and between != int(between)):
            found.append(between)
    return [*found, values[-1], values[-1] + step]


def _middle(low: Value, high: Value) -> Value:
    """Halfway between two numbers, or two moments, or two durations; of whole numbers a whole one if there is any."""
    if isinstance(low, int | Decimal):
        half = (Decimal(low) + Decimal(high)) / 2
        return int(half) if low < int(half) < high else half
    return low + (high - low) / 2


def _day_between(low: date, high: date) -> date:
    return low + timedelta(days=(high - low).days // 2)


_DAY = timedelta(days=1)
_STEPS: dict[str, tuple[Callable[[Value, Value], Value], Value]] = {
    "number": (_middle, 1),
    "date": (_day_between, _DAY),
    "date and time": (_middle, _DAY),
    "days and time duration": (_middle, _DAY),
}
