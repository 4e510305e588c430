"""FEEL values as Python values.

null None; boolean bool; number int or Decimal; string str; date, time and date and time as in `datetime`;
days and time duration timedelta; years and months duration `Months`; list list; context dict; range `Range`;
function `Function`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import TYPE_CHECKING, Any

from app.expressions import limits

if TYPE_CHECKING:
    from app.expressions.run import Run
    from app.expressions.types import Type

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


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function as a value: `call(run, arguments)` works it out, on the fuel of who calls. `types` are those of the
    parameters and `result` that of the answer, where they are known. Unless it is `fixed`, it looks itself how many
    arguments it has."""

    parameters: tuple[str, ...]
    call: Callable[[Run, list[Value]], Value]
    types: tuple[Type, ...] = ()
    result: Type | None = None
    fixed: bool = True


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
    Function: "function",
}

#: A variable of these types needs no conversion.
READY = frozenset((type(None), bool, int, str))


def kind(value: Value) -> str:
    """FEEL's name of the type of `value`."""
    return KINDS[type(value)]
