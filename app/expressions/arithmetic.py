"""`+ - * / **` and negation (DMN 1.3, tables 57 to 59). What has no answer is null."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import product

from app.expressions import limits
from app.expressions.compare import comparable
from app.expressions.run import Run
from app.expressions.values import DECIMAL, KINDS, Months, Value
from app.workdays import IsoDuration

Number = int | Decimal
Operation = Callable[[Run, Value, Value], Value]

_TICK = timedelta(microseconds=1)


def bounded(value: int) -> Number:
    """An int of more digits than FEEL has becomes a decimal."""
    return value if -limits.INTEGER < value < limits.INTEGER else DECIMAL.create_decimal(value)


def add(run: Run, left: Value, right: Value) -> Value:
    if type(left) is int and type(right) is int:
        return bounded(left + right)
    return _apply(_ADD, run, left, right)


def subtract(run: Run, left: Value, right: Value) -> Value:
    if type(left) is int and type(right) is int:
        return bounded(left - right)
    return _apply(_SUBTRACT, run, left, right)


def multiply(run: Run, left: Value, right: Value) -> Value:
    if type(left) is int and type(right) is int:
        return bounded(left * right)
    return _apply(_MULTIPLY, run, left, right)


def divide(run: Run, left: Value, right: Value) -> Value:
    return _apply(_DIVIDE, run, left, right)


def power(run: Run, left: Value, right: Value) -> Value:
    return _apply(_POWER, run, left, right)


def negative(run: Run, value: Value) -> Value:
    if type(value) is Decimal:
        return DECIMAL.minus(value)
    if type(value) is int or type(value) is timedelta:
        return -value
    return Months(-value.months) if type(value) is Months else None


def _apply(table: dict[tuple[str, str], Operation], run: Run, left: Value, right: Value) -> Value:
    operation = table.get((KINDS[type(left)], KINDS[type(right)]))
    if operation is None:
        return None
    try:
        value = operation(run, left, right)
    except (ArithmeticError, ValueError):
        return None
    return None if type(value) is Decimal and not value.is_finite() else value


def decimal(value: Number) -> Decimal:
    return value if type(value) is Decimal else Decimal(value)


def moved(value: Value, months: int) -> Value:
    """A date or date and time, `months` on, its day clamped to the end of the month."""
    if type(value) is date:
        return IsoDuration(months, 0, timedelta()).shift(datetime.combine(value, time()), 1).date()
    return IsoDuration(months, 0, timedelta()).shift(value, 1)


def later(moment: datetime, length: timedelta) -> datetime:
    """Elapsed time on a zoned moment: across a change of the clocks the wall clock moves."""
    if moment.tzinfo is None:
        return moment + length
    return (moment.astimezone(UTC) + length).astimezone(moment.tzinfo)


def _date_later(day: date, length: timedelta) -> date:
    return (datetime.combine(day, time()) + length).date()


def _time_later(clock: time, length: timedelta) -> time:
    shifted = datetime.combine(date(2000, 1, 3), clock.replace(tzinfo=None)) + timedelta(
        seconds=length.total_seconds() % 86400
    )
    return shifted.time().replace(tzinfo=clock.tzinfo)


def _datetimes_apart(run: Run, left: Value, right: Value) -> timedelta:
    left, right = comparable(run, *(_at_midnight(value) for value in (left, right)))
    return left - right  # type: ignore[no-any-return] # two datetimes


def _at_midnight(value: date) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time())


def _times_apart(run: Run, left: Value, right: Value) -> timedelta:
    left, right = comparable(run, left, right)
    return timedelta(seconds=left - right)


def _scaled(length: timedelta, factor: Number) -> timedelta:
    microseconds = DECIMAL.multiply(Decimal(length // timedelta(microseconds=1)), decimal(factor))
    return timedelta(microseconds=int(microseconds))


def _concatenated(run: Run, left: str, right: str) -> str:
    return run.text(left + right)


def _power(run: Run, base: Number, exponent: Number) -> Decimal:
    run.spend(1 if type(base) is int and type(exponent) is int else limits.SERIES)
    return DECIMAL.power(decimal(base), decimal(exponent))


def _quotient(_: Run, left: Number, right: Number) -> Number:
    if type(left) is int and type(right) is int and right and not left % right:
        return left // right
    return DECIMAL.divide(decimal(left), decimal(right))


_N, _S, _DATE, _TIME, _DATETIME = "number", "string", "date", "time", "date and time"
_DAYS, _MONTHS = "days and time duration", "years and months duration"


def _both_ways(table: dict[tuple[str, str], Operation]) -> dict[tuple[str, str], Operation]:
    """`table` with each pair of types turned round as well."""
    turned: dict[tuple[str, str], Operation] = {}
    for (left, right), operation in table.items():
        turned[right, left] = lambda run, a, b, operation=operation: operation(run, b, a)  # type: ignore[misc]
    return {**turned, **table}


_ADD: dict[tuple[str, str], Operation] = {
    (_N, _N): lambda _, a, b: DECIMAL.add(decimal(a), decimal(b)),
    (_S, _S): _concatenated,
    **_both_ways(
        {
            (_DATE, _DAYS): lambda _, a, b: _date_later(a, b),
            (_DATE, _MONTHS): lambda _, a, b: moved(a, b.months),
            (_TIME, _DAYS): lambda _, a, b: _time_later(a, b),
            (_DATETIME, _DAYS): lambda _, a, b: later(a, b),
            (_DATETIME, _MONTHS): lambda _, a, b: moved(a, b.months),
            (_DAYS, _DAYS): lambda _, a, b: a + b,
            (_MONTHS, _MONTHS): lambda _, a, b: Months(a.months + b.months),
        }
    ),
}
_SUBTRACT: dict[tuple[str, str], Operation] = {
    (_N, _N): lambda _, a, b: DECIMAL.subtract(decimal(a), decimal(b)),
    **dict.fromkeys(product((_DATE, _DATETIME), (_DATE, _DATETIME)), _datetimes_apart),
    (_TIME, _TIME): _times_apart,
    (_DATE, _DAYS): lambda _, a, b: _date_later(a, -b),
    (_DATE, _MONTHS): lambda _, a, b: moved(a, -b.months),
    (_TIME, _DAYS): lambda _, a, b: _time_later(a, -b),
    (_DATETIME, _DAYS): lambda _, a, b: later(a, -b),
    (_DATETIME, _MONTHS): lambda _, a, b: moved(a, -b.months),
    (_DAYS, _DAYS): lambda _, a, b: a - b,
    (_MONTHS, _MONTHS): lambda _, a, b: Months(a.months - b.months),
}
_MULTIPLY: dict[tuple[str, str], Operation] = {
    (_N, _N): lambda _, a, b: DECIMAL.multiply(decimal(a), decimal(b)),
    **_both_ways(
        {
            (_DAYS, _N): lambda _, a, b: _scaled(a, b),
            (_MONTHS, _N): lambda _, a, b: Months(int(a.months * b)),
        }
    ),
}
_DIVIDE: dict[tuple[str, str], Operation] = {
    (_N, _N): _quotient,
    (_DAYS, _N): lambda _, a, b: _scaled(a, DECIMAL.divide(Decimal(1), decimal(b))),
    (_MONTHS, _N): lambda _, a, b: Months(int(a.months / b)),
    (_DAYS, _DAYS): lambda _, a, b: DECIMAL.divide(Decimal(a // _TICK), Decimal(b // _TICK)),
    (_MONTHS, _MONTHS): lambda _, a, b: _quotient(_, a.months, b.months),
}
_POWER: dict[tuple[str, str], Operation] = {(_N, _N): _power}

OPERATIONS: dict[str, Operation] = {"+": add, "-": subtract, "*": multiply, "/": divide, "**": power}
