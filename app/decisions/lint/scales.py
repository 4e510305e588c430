"""Ordered values as numbers, to find one between two of them, one before the first and one after the last."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from app.decisions.lint.cells import ENVIRONMENT
from app.expressions.values import Months, Value

Number = int | Decimal

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_DAY = timedelta(days=1) // _TICK
_MINUTE = timedelta(minutes=1) // _TICK
#: Beyond this no whole number is looked for: written out it would fill pages.
_READABLE = 10**20


@dataclass(frozen=True, slots=True)
class Scale:
    """`step` is a distance that reads well. `whole`: there is nothing between a number and the next."""

    number: Callable[[Any], Number]
    value: Callable[[Any], Value]
    step: int
    whole: bool
    #: the first and last number there is, if there are
    ends: tuple[int, int] | None = None


def stretches(scale: Scale, values: Sequence[Value]) -> list[Value]:
    """The values in order, one between each two, one before and one after. Raises TypeError for values that have no
    order between them, ArithmeticError for a value beyond what there is."""
    numbers: dict[Number, Value] = {scale.number(value): value for value in values}
    order = sorted(numbers)
    between = [middle for low, high in pairwise(order) if (middle := _middle(low, high, scale.whole)) is not None]
    beyond = [_clamped(scale, order[0] - scale.step), _clamped(scale, order[-1] + scale.step)]
    numbers.update({number: scale.value(number) for number in [*between, *beyond] if number not in numbers})
    return [numbers[number] for number in sorted(numbers)]


def _middle(low: Number, high: Number, whole: bool) -> Number | None:
    """Halfway between; of two numbers that may be broken a whole one if there is any."""
    half = (Decimal(low) + Decimal(high)) / 2
    if abs(half) < _READABLE and low < int(half) < high:
        return int(half)
    return half if low < half < high and not whole else None


def _clamped(scale: Scale, number: Number) -> Number:
    return number if scale.ends is None else min(max(number, scale.ends[0]), scale.ends[1])


def _instant(moment: datetime) -> int:
    """A moment without a zone is local to the calendar, as where it is compared."""
    return (ENVIRONMENT.calendar.local(moment).astimezone(UTC) - _EPOCH) // _TICK


def _clock(value: time) -> int:
    if value.tzinfo is not None:
        raise TypeError(value)  # its place in the day depends on the day
    return (datetime.combine(_EPOCH, value, UTC) - _EPOCH) // _TICK


SCALES: Mapping[str, Scale] = {
    "number": Scale(lambda v: v, lambda n: n, 1, whole=False),
    "integer": Scale(lambda v: v, lambda n: n, 1, whole=True),
    "date": Scale(date.toordinal, date.fromordinal, 1, whole=True, ends=(1, date.max.toordinal())),
    "time": Scale(_clock, lambda n: (_EPOCH + n * _TICK).time(), _MINUTE, whole=True, ends=(0, _DAY - 1)),
    "date and time": Scale(_instant, lambda n: _EPOCH + n * _TICK, _DAY, whole=True),
    "days and time duration": Scale(lambda v: v // _TICK, lambda n: n * _TICK, _DAY, whole=True),
    "years and months duration": Scale(lambda v: v.months, Months, 1, whole=True),
}
