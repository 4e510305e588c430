"""From text and parts to values, and back to text (DMN 1.3, 10.3.4.1)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from app.expressions import temporal
from app.expressions.functions.registry import builtin
from app.expressions.run import Run
from app.expressions.values import DECIMAL, Function, Months, Range, Value

_NUMBER = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)


@builtin("date", "from: string | date | date and time")
def to_date(_: Run, source: Value) -> date | None:
    if type(source) is str:
        day = temporal.parse_date(source)
        moment = None if day else temporal.parse_datetime(source)
        return moment.date() if moment else day
    return source.date() if type(source) is datetime else source


@builtin("date", "year: number, month: number, day: number")
def date_of(_: Run, year: Value, month: Value, day: Value) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except (ValueError, OverflowError):
        return None


@builtin("time", "from: string | date | time | date and time")
def to_time(_: Run, source: Value) -> time | None:
    if type(source) is str:
        moment = temporal.parse_datetime(source)
        return moment.timetz() if moment else temporal.parse_time(source)
    if type(source) is date:
        return time(tzinfo=UTC)
    return source.timetz() if type(source) is datetime else source


@builtin("time", "hour: number, minute: number, second: number, offset?: days and time duration | null")
def time_of(_: Run, hour: Value, minute: Value, second: Value, offset: Value = None) -> time | None:
    whole = int(second)
    microsecond = int((second - whole) * 1_000_000)
    try:
        zone = timezone(offset) if isinstance(offset, timedelta) else None
        return time(int(hour), int(minute), whole, microsecond, tzinfo=zone)
    except (ValueError, OverflowError):
        return None


@builtin("date and time", "from: string | date | date and time")
def to_datetime(_: Run, source: Value) -> datetime | None:
    if type(source) is str:
        day = temporal.parse_date(source)
        return datetime.combine(day, time()) if day else temporal.parse_datetime(source)
    return datetime.combine(source, time()) if type(source) is date else source


@builtin("date and time", "date: date | date and time, time: time")
def datetime_of(_: Run, day: Value, clock: time) -> datetime:
    return datetime.combine(day.date() if type(day) is datetime else day, clock)


@builtin("duration", "from: string | days and time duration | years and months duration")
def to_duration(_: Run, source: Value) -> Value:
    return temporal.parse_duration(source) if type(source) is str else source


@builtin("years and months duration", "from: date | date and time, to: date | date and time")
def months_between(_: Run, start: Value, end: Value) -> Months:
    first, last = (value.date() if type(value) is datetime else value for value in (start, end))
    if last < first:
        return Months(-months_between(_, last, first).months)
    return Months((last.year - first.year) * 12 + last.month - first.month - (last.day < first.day))


@builtin("number", "from: string | number")
def to_number(_: Run, source: Value) -> Value:
    return source if type(source) is not str else to_value(source)


@builtin("number", "from: string, grouping separator: string | null, decimal separator: string | null")
def to_number_separated(_: Run, source: str, grouping: str | None, separator: str | None) -> Value:
    if grouping not in (None, " ", ",", ".") or separator not in (None, ",", ".") or grouping == separator != None:  # noqa: E711
        return None
    if grouping:
        source = source.replace(grouping, "")
    if separator == ",":
        source = source.replace(",", ".")
    return to_value(source)


def to_value(source: str) -> Value:
    """The number that a text says, None if it says none."""
    if len(source) > 100 or not _NUMBER.fullmatch(source):
        return None
    return DECIMAL.create_decimal(Decimal(source)) if not source.isdigit() or len(source) > 30 else int(source)


@builtin("string", "from: any")
def to_string(run: Run, source: Value) -> str | None:
    return None if source is None else run.text(text_of(run, source))


def text_of(run: Run, value: Value) -> str:
    """A value as FEEL writes it; text itself without quotation marks."""
    return value if type(value) is str else _written(run, value)


def _written(run: Run, value: Value) -> str:
    if value is None or type(value) is bool:
        return "null" if value is None else str(value).lower()
    if type(value) is Decimal:
        return f"{value:f}"
    if isinstance(value, str | list | dict | Range | Function):
        run.enter()
        text = run.text(_WRITERS[type(value)](run, value))
        run.leave()
        return text
    return str(value) if type(value) is int else temporal.text(value)


def _range(run: Run, span: Range) -> str:
    low, high = ("" if end is None else _written(run, end) for end in (span.low, span.high))
    return f"{'[' if span.low_closed else '('}{low}..{high}{']' if span.high_closed else ')'}"


def _quoted(_: Run, value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


_WRITERS: dict[type, Callable[[Run, Any], str]] = {
    str: _quoted,
    list: lambda run, items: f"[{', '.join(_written(run, item) for item in run.items(items))}]",
    dict: lambda run, entries: "{" + ", ".join(f"{key}: {_written(run, entries[key])}" for key in entries) + "}",
    Range: _range,
    Function: lambda _, function: f"function({', '.join(function.parameters)})",
}
