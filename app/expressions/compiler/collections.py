"""Lists, contexts, paths and filters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from app.expressions import nodes, temporal
from app.expressions.compiler.core import Closure, Scope, compile_node, compiles, placed
from app.expressions.run import Run
from app.expressions.values import Months, Range, Value


@compiles(nodes.List)
def _list(node: nodes.List, scope: Scope) -> Closure:
    items = [compile_node(item, scope) for item in node.items]
    return lambda run: [item(run) for item in items]


@compiles(nodes.Context)
def _context(node: nodes.Context, scope: Scope) -> Closure:
    entries: list[tuple[str, int, Closure]] = []
    bound: list[tuple[str | None, int]] = []
    for key, value in node.entries:
        with scope.binding(*bound):
            closure = compile_node(value, scope)
        bound.append((key, scope.place()))
        entries.append((key, bound[-1][1], closure))

    def build(run: Run) -> dict[str, Value]:
        made: dict[str, Value] = {}
        for key, place, closure in entries:
            made[key] = run.places[place] = closure(run)
        return made

    return build


@compiles(nodes.Path)
def _path(node: nodes.Path, scope: Scope) -> Closure:
    operand, name = compile_node(node.operand, scope), node.name

    def read(run: Run) -> Value:
        value = operand(run)
        return value.get(name) if type(value) is dict else part(run, value, name)

    return read


def part(run: Run, value: Value, name: str) -> Value:
    """`value.name`: of each element for a list, of a date, time, duration or range by its own names; else null."""
    if type(value) is dict:
        return value.get(name)
    if type(value) is list:
        run.spend(len(value))
        run.enter()
        parts = [part(run, item, name) for item in value]
        run.leave()
        return parts
    read = _PARTS.get(type(value), {}).get(name)
    return None if read is None else read(value)


_DATE: dict[str, Callable[[Value], Value]] = {
    "year": lambda v: v.year,
    "month": lambda v: v.month,
    "day": lambda v: v.day,
    "weekday": lambda v: v.isoweekday(),
}
_TIME: dict[str, Callable[[Value], Value]] = {
    "hour": lambda v: v.hour,
    "minute": lambda v: v.minute,
    "second": lambda v: v.second + Decimal(v.microsecond) / 1_000_000 if v.microsecond else v.second,
    "time offset": lambda v: v.utcoffset(),
    "timezone": lambda v: temporal.zone_text(v.tzinfo).lstrip("@") or None,
}


def _unsigned(read: Callable[[timedelta], int]) -> Callable[[timedelta], int]:
    """Parts of a negative duration are negative."""
    return lambda v: -read(-v) if v < timedelta() else read(v)


_PARTS: dict[type, dict[str, Callable[[Value], Value]]] = {
    date: _DATE,
    time: _TIME,
    datetime: {**_DATE, **_TIME},
    timedelta: {
        "days": _unsigned(lambda v: v.days),
        "hours": _unsigned(lambda v: v.seconds // 3600),
        "minutes": _unsigned(lambda v: v.seconds // 60 % 60),
        "seconds": _unsigned(lambda v: v.seconds % 60),
    },
    Months: {
        "years": lambda v: int(v.months / 12),
        "months": lambda v: v.months - 12 * int(v.months / 12),
    },
    Range: {
        "start": lambda v: v.low,
        "end": lambda v: v.high,
        "start included": lambda v: v.low_closed,
        "end included": lambda v: v.high_closed,
    },
}


@compiles(nodes.Filter)
def _filter(node: nodes.Filter, scope: Scope) -> Closure:
    operand, place = compile_node(node.operand, scope), scope.place()
    with scope.binding(("item", place), (None, place)):
        predicate = compile_node(node.predicate, scope)
    price = nodes.size(node.predicate)
    indexes = isinstance(node.predicate, nodes.Const | nodes.Negative)

    def select(run: Run) -> Value:
        value = operand(run)
        elements = value if type(value) is list else [] if value is None else [value]
        found: list[Value] = []
        for element in elements:
            run.spend(price)
            run.places[place] = element
            answer = predicate(run)
            if type(answer) is int or type(answer) is Decimal:
                return at(elements, answer)
            if answer is True:
                found.append(element)
        return None if indexes and not elements else found

    return placed(node, select)


def at(elements: list[Value], index: int | Decimal) -> Value:
    """The element at `index`, from 1, or from the end if negative; null if there is none."""
    place = int(index)
    if place != index or not 1 <= abs(place) <= len(elements):
        return None
    return elements[place - 1 if place > 0 else place]
