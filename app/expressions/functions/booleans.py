"""not, all, any, is defined."""

from __future__ import annotations

from collections.abc import Iterable

from app.expressions.functions.registry import builtin
from app.expressions.run import Run
from app.expressions.values import Value


@builtin("not", "negand: any")
def negation(_: Run, negand: Value) -> bool | None:
    return not negand if type(negand) is bool else None


@builtin("all", "list: list*")
def conjunction(run: Run, items: list[Value]) -> bool | None:
    run.spend(len(items))
    return decided(items, False)


@builtin("any", "list: list*")
def disjunction(run: Run, items: list[Value]) -> bool | None:
    run.spend(len(items))
    return decided(items, True)


@builtin("is defined", "value: any")
def is_defined(_: Run, value: Value) -> bool:
    return value is not None


def decided(items: Iterable[object], deciding: bool) -> bool | None:
    """`deciding` if one item is that, null if one is not boolean, else the opposite."""
    unknown = False
    for item in items:
        if item is deciding:
            return deciding
        unknown = unknown or type(item) is not bool
    return None if unknown else not deciding
