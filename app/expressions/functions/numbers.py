"""Numbers (DMN 1.3, 10.3.4.5)."""

from __future__ import annotations

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
    DecimalException,
)

from app.expressions.arithmetic import Number, decimal
from app.expressions.functions.registry import builtin
from app.expressions.limits import INTEGER, SERIES
from app.expressions.run import Run
from app.expressions.values import DECIMAL, Months, Value

#: FEEL's bounds of a scale.
_SCALES = range(-6111, 6177)


def _rounded(value: Number, scale: Number, rounding: str) -> Number | None:
    number, places = decimal(value), int(scale)
    if places not in _SCALES:
        return None
    if -int(number.as_tuple().exponent) <= places:
        return value
    exponent = Decimal(1).scaleb(-places, DECIMAL)
    try:
        result = number.quantize(exponent, rounding=rounding, context=DECIMAL)
    except DecimalException:
        return None
    return int(result) if places <= 0 and abs(result) < INTEGER else result


@builtin("decimal", "n: number, scale: number")
def half_even(_: Run, n: Number, scale: Number) -> Value:
    return _rounded(n, scale, ROUND_HALF_EVEN)


@builtin("floor", "n: number, scale?: number")
def floor(_: Run, n: Number, scale: Number = 0) -> Value:
    return _rounded(n, scale, ROUND_FLOOR)


@builtin("ceiling", "n: number, scale?: number")
def ceiling(_: Run, n: Number, scale: Number = 0) -> Value:
    return _rounded(n, scale, ROUND_CEILING)


@builtin("round up", "n: number, scale: number")
def round_up(_: Run, n: Number, scale: Number) -> Value:
    return _rounded(n, scale, ROUND_UP)


@builtin("round down", "n: number, scale: number")
def round_down(_: Run, n: Number, scale: Number) -> Value:
    return _rounded(n, scale, ROUND_DOWN)


@builtin("round half up", "n: number, scale: number")
def round_half_up(_: Run, n: Number, scale: Number) -> Value:
    return _rounded(n, scale, ROUND_HALF_UP)


@builtin("round half down", "n: number, scale: number")
def round_half_down(_: Run, n: Number, scale: Number) -> Value:
    return _rounded(n, scale, ROUND_HALF_DOWN)


@builtin("abs", "n: number | days and time duration | years and months duration")
def absolute(_: Run, n: Value) -> Value:
    if type(n) is Months:
        return Months(abs(n.months))
    return DECIMAL.abs(n) if type(n) is Decimal else abs(n)


@builtin("modulo", "dividend: number, divisor: number")
def modulo(_: Run, dividend: Number, divisor: Number) -> Value:
    """The sign is that of the divisor."""
    if type(dividend) is int and type(divisor) is int:
        return dividend % divisor if divisor else None
    try:
        rest = DECIMAL.remainder(decimal(dividend), decimal(divisor))
        return DECIMAL.add(rest, decimal(divisor)) if rest and (rest < 0) != (divisor < 0) else rest
    except DecimalException:
        return None


@builtin("sqrt", "number: number")
def root(_: Run, number: Number) -> Value:
    return DECIMAL.sqrt(decimal(number)) if number >= 0 else None


@builtin("log", "number: number")
def logarithm(run: Run, number: Number) -> Value:
    run.spend(SERIES)
    return DECIMAL.ln(decimal(number)) if number > 0 else None


@builtin("exp", "number: number")
def exponential(run: Run, number: Number) -> Value:
    run.spend(SERIES)
    try:
        return DECIMAL.exp(decimal(number))
    except DecimalException:
        return None


@builtin("odd", "number: number")
def odd(_: Run, number: Number) -> bool:
    return abs(decimal(number)) % 2 == 1


@builtin("even", "number: number")
def even(_: Run, number: Number) -> bool:
    return decimal(number) % 2 == 0
