"""FEEL values as Python values.

null None; boolean bool; number int or Decimal; string str; date, time and date and time as in `datetime`;
days and time duration timedelta; years and months duration `Months`; list list; context dict; range `Range`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from app.expressions import limits
from app.expressions.errors import ExpressionError

Value = Any
"""Any of the types above. FEEL is dynamically typed, so are its values."""

DECIMAL = Context(
    prec=limits.DIGITS,
    Emax=limits.EXPONENT,
    Emin=-limits.EXPONENT,
    traps=[DivisionByZero, InvalidOperation, Overflow],
)


@dataclass(frozen=True, slots=True, order=True)
class Months:
    """A years and months duration, in months. Raises OverflowError beyond FEEL's 999,999,999 years."""

    months: int

    def __post_init__(self) -> None:
        if abs(self.months) > 12 * 999_999_999:
            raise OverflowError(self.months)


@dataclass(frozen=True, slots=True)
class Range:
    """An end that is None is open without bound."""

    low: Value
    high: Value
    low_closed: bool = True
    high_closed: bool = True


KINDS: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    Decimal: "number",
    str: "string",
    date: "date",
    time: "time",
    datetime: "date and time",
    timedelta: "days and time duration",
    Months: "years and months duration",
    list: "list",
    dict: "context",
    Range: "range",
}

#: A variable of these types needs no conversion.
READY = frozenset((type(None), bool, int, str))


def kind(value: Value) -> str:
    """FEEL's name of the type of `value`."""
    return KINDS[type(value)]


class _Budget:
    def __init__(self) -> None:
        self.left = limits.NODES

    def spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise ExpressionError(f"This value is too large: at most {limits.NODES:,} elements.")


def adopt(value: Any) -> Value:
    """A Python value from outside as a FEEL value: floats become decimals, tuples lists, mappings dicts.
    Raises `ExpressionError` for what FEEL has no type for and for what is too large."""
    return _adopt(value, _Budget(), limits.VALUE_DEPTH)


def _adopt(value: Any, budget: _Budget, depth: int) -> Value:
    budget.spend()
    if depth < 0:
        raise ExpressionError("This value is nested too deeply.")
    if isinstance(value, Mapping):
        return {str(key): _adopt(item, budget, depth - 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_adopt(item, budget, depth - 1) for item in value]
    return _adopt_scalar(value)


def _adopt_scalar(value: Any) -> Value:
    if type(value) in KINDS:
        return value
    if isinstance(value, float):
        number = Decimal(repr(value))
        return DECIMAL.plus(number) if number.is_finite() else None
    for base in (str, bool, int):
        if isinstance(value, base):
            return base(value)
    raise ExpressionError(f"A value of type {type(value).__name__} cannot be used in an expression.")


def plain(value: Value) -> Any:
    """A FEEL value for the world outside: numbers as int if whole, else float; the rest as it is.
    Raises `ExpressionError` if it is too large."""
    return _plain(value, _Budget(), limits.VALUE_DEPTH)


def _plain(value: Value, budget: _Budget, depth: int) -> Any:
    budget.spend()
    if depth < 0:
        raise ExpressionError("This value is nested too deeply.")
    if type(value) is Decimal or type(value) is int:
        return plain_number(value)
    if type(value) is list:
        return [_plain(item, budget, depth - 1) for item in value]
    if type(value) is dict:
        return {key: _plain(item, budget, depth - 1) for key, item in value.items()}
    return value


def plain_number(value: int | Decimal) -> int | float:
    """A number that JSON can carry everywhere: an int of 64 bits, else a float. Raises `ExpressionError`."""
    if -(2**63) < value < 2**63 and value == int(value):
        return int(value)
    number = float(value)
    if math.isinf(number):
        raise ExpressionError("This number is too large.")
    return number
