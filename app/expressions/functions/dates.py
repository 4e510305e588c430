"""Parts of dates that need a function (DMN 1.3, 10.3.4.8), and `is`."""

from __future__ import annotations

from datetime import datetime, time

from app.expressions.compare import equal
from app.expressions.functions.registry import builtin
from app.expressions.run import Run
from app.expressions.temporal import zone_text
from app.expressions.values import KINDS, Value

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@builtin("day of year", "date: date | date and time")
def day_of_year(_: Run, date: Value) -> int:
    return int(date.timetuple().tm_yday)


@builtin("day of week", "date: date | date and time")
def day_of_week(_: Run, date: Value) -> str:
    return _DAYS[date.weekday()]


@builtin("month of year", "date: date | date and time")
def month_of_year(_: Run, date: Value) -> str:
    return _MONTHS[date.month - 1]


@builtin("week of year", "date: date | date and time")
def week_of_year(_: Run, date: Value) -> int:
    return int(date.isocalendar().week)


@builtin("is", "value1: any, value2: any")
def identical(run: Run, value1: Value, value2: Value) -> bool:
    """The same in every part: two times of one instant in two zones are equal, but not this."""
    if KINDS[type(value1)] != KINDS[type(value2)]:
        return False
    if isinstance(value1, datetime | time):
        return bool(value1.replace(tzinfo=None) == value2.replace(tzinfo=None)) and _same_zone(value1, value2)
    return equal(run, value1, value2) is True


def _same_zone(left: datetime | time, right: datetime | time) -> bool:
    return zone_text(left.tzinfo) == zone_text(right.tzinfo)
