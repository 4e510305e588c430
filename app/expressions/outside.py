"""Values on their way in and out: from facts, and to JSON."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from app.expressions import limits, temporal
from app.expressions.errors import ExpressionError
from app.expressions.values import DECIMAL, KINDS, READY, Function, Months, Range, Value


class _Budget:
    def __init__(self) -> None:
        self.left = limits.NODES

    def spend(self, elements: int = 1) -> None:
        self.left -= elements
        if self.left < 0:
            raise ExpressionError(f"This value is too large: at most {limits.NODES:,} elements.")


def adopt(value: Any) -> Value:
    """A Python value from outside as a FEEL value: floats become decimals, tuples lists, mappings dicts.
    Raises `ExpressionError` for what FEEL has no type for and for what is too large."""
    return value if type(value) in READY else _adopt(value, _Budget(), limits.VALUE_DEPTH)


def _adopt(value: Any, budget: _Budget, depth: int) -> Value:
    if depth < 0:
        raise ExpressionError("This value is nested too deeply.")
    if type(value) is dict or isinstance(value, Mapping):
        budget.spend(len(value))
        return {
            key if type(key) is str else str(key): item if type(item) in READY else _adopt(item, budget, depth - 1)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        budget.spend(len(value))
        return [item if type(item) in READY else _adopt(item, budget, depth - 1) for item in value]
    return _adopt_scalar(value)


def _adopt_scalar(value: Any) -> Value:
    if type(value) in KINDS:
        return value
    if isinstance(value, float):
        number = Decimal(repr(value))
        return DECIMAL.plus(number) if number.is_finite() else None
    for base in (str, int):
        if isinstance(value, base):
            return base(value)
    raise ExpressionError(f"A value of type {type(value).__name__} cannot be used in an expression.")


def plain(value: Value) -> Any:
    """A FEEL value for the world outside: numbers as int if whole, else float; the rest as it is.
    Raises `ExpressionError` if it is too large."""
    return _outward(value, _Budget(), limits.VALUE_DEPTH, lambda scalar: scalar)


def to_json(value: Value) -> Any:
    """As `plain`, and dates, times, durations and ranges as text: ISO 8601, a moment with its offset."""
    return _outward(value, _Budget(), limits.VALUE_DEPTH, _text)


def _text(value: Value) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date | time | timedelta | Months):
        return temporal.text(value)
    if isinstance(value, Range):
        low, high = ("" if end is None else _text(end) for end in (value.low, value.high))
        return f"{'[' if value.low_closed else '('}{low}..{high}{']' if value.high_closed else ')'}"
    return value


def _outward(value: Value, budget: _Budget, depth: int, scalar: Callable[[Value], Any]) -> Any:
    budget.spend()
    if depth < 0:
        raise ExpressionError("This value is nested too deeply.")
    if type(value) is Decimal or type(value) is int:
        return plain_number(value)
    if type(value) is list:
        return [_outward(item, budget, depth - 1, scalar) for item in value]
    if type(value) is dict:
        return {key: _outward(item, budget, depth - 1, scalar) for key, item in value.items()}
    if type(value) is str:
        budget.spend(len(value) // limits.STRING_STEP)
    if type(value) is Function:
        raise ExpressionError("A function is no answer. Write brackets behind it to call it.")
    return scalar(value)


def plain_number(value: int | Decimal) -> int | float:
    """A number that JSON can carry everywhere: an int of 64 bits, else a float. Raises `ExpressionError`."""
    if -(2**63) < value < 2**63 and value == int(value):
        return int(value)
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if math.isinf(number):
        raise ExpressionError("This number is too large.")
    return number
