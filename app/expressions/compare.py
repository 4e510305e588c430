"""Equality and order in three-valued logic (DMN 1.3, tables 52 to 54). Null means "cannot be said"."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time
from decimal import Decimal

from app.expressions.run import Run
from app.expressions.values import KINDS, Range, Value

_PLAIN = frozenset((bool, int, str, Decimal))
_ORDERED = frozenset(
    (
        "number",
        "string",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
    )
)
_OPERATORS: dict[str, Callable[[Value, Value], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def equal(run: Run, left: Value, right: Value) -> bool | None:
    """True or false for values of one type, null for values of two; nothing but null equals null."""
    if left is None or right is None:
        return left is right
    kind = KINDS[type(left)]
    if kind != KINDS[type(right)]:
        return None
    if type(left) in _PLAIN:
        return bool(left == right)
    return _DEEP.get(kind, _same)(run, left, right)


def _same(run: Run, left: Value, right: Value) -> bool | None:
    left, right = comparable(run, left, right)
    return bool(left == right)


def _lists(run: Run, left: Value, right: Value) -> bool | None:
    run.spend(min(len(left), len(right)))
    if len(left) != len(right):
        return False
    return all_equal(run, zip(left, right, strict=True))


def _contexts(run: Run, left: Value, right: Value) -> bool | None:
    run.spend(min(len(left), len(right)))
    if left.keys() != right.keys():
        return False
    return all_equal(run, ((left[key], right[key]) for key in left))


def _ranges(run: Run, left: Range, right: Range) -> bool | None:
    if (left.low_closed, left.high_closed) != (right.low_closed, right.high_closed):
        return False
    return all_equal(run, ((left.low, right.low), (left.high, right.high)))


def all_equal(run: Run, pairs: Iterable[tuple[Value, Value]]) -> bool:
    """False if any pair differs (values of two types differ here), else true."""
    run.enter()
    answer = all(equal(run, left, right) is True for left, right in pairs)
    run.leave()
    return answer


_DEEP: dict[str, Callable[[Run, Value, Value], bool | None]] = {
    "list": _lists,
    "context": _contexts,
    "range": _ranges,
}


def ordered(run: Run, op: str, left: Value, right: Value) -> bool | None:
    """`left op right` for `<`, `<=`, `>`, `>=`; null for values that have no order between them."""
    if type(left) is int and type(right) is int:
        return _OPERATORS[op](left, right)
    kind = KINDS[type(left)]
    if kind != KINDS[type(right)] or kind not in _ORDERED:
        return None
    left, right = comparable(run, left, right)
    return _OPERATORS[op](left, right)


def compare(run: Run, op: str, left: Value, right: Value) -> bool | None:
    """Any of the six comparisons."""
    if op == "=":
        return equal(run, left, right)
    if op == "!=":
        same = equal(run, left, right)
        return None if same is None else not same
    return ordered(run, op, left, right)


def within(run: Run, value: Value, span: Range) -> bool | None:
    """Whether `value` lies in `span`."""
    above = True if span.low is None else ordered(run, ">=" if span.low_closed else ">", value, span.low)
    below = True if span.high is None else ordered(run, "<=" if span.high_closed else "<", value, span.high)
    if above is False or below is False:
        return False
    return None if above is None or below is None else True


def comparable(run: Run, left: Value, right: Value) -> tuple[Value, Value]:
    """Two moments on one scale: instants if either has a zone (the other is local to the calendar), else as written.
    Python would compare two times of one zone by their wall clocks."""
    if type(left) is datetime and (left.tzinfo or right.tzinfo):
        return instant(run, left), instant(run, right)
    if type(left) is time:
        return _clock(left), _clock(right)
    return left, right


def instant(run: Run, moment: datetime) -> datetime:
    """A date and time in UTC."""
    return run.environment.calendar.local(moment).astimezone(UTC)


def _clock(value: time) -> float:
    """Seconds since midnight UTC; a time whose offset is unknown counts as it stands."""
    offset = value.utcoffset()
    seconds = value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
    return seconds - (offset.total_seconds() if offset else 0)
