"""Hit policies (DMN 1.3, 8.2.10): which of the rows that fit count."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.decisions.errors import RulesDisagree, SeveralRulesMatched
from app.decisions.table import Match, Table
from app.expressions import Environment, parse
from app.expressions.values import Value

#: The policies that give one row.
SINGLE = frozenset(("UNIQUE", "ANY", "PRIORITY", "FIRST"))

#: `aggregation` of COLLECT, and the function of FEEL that does it.
AGGREGATIONS = {"SUM": "sum", "MIN": "min", "MAX": "max", "COUNT": "count"}

Policy = Callable[[str, Table, list[Match], Environment, Mapping[str, Any]], list[Match]]


def _unique(name: str, _: Table, matches: list[Match], __: Environment, inputs: Mapping[str, Any]) -> list[Match]:
    if len(matches) > 1:
        raise SeveralRulesMatched(name, _numbers(matches), inputs)
    return matches


def _any(name: str, _: Table, matches: list[Match], env: Environment, inputs: Mapping[str, Any]) -> list[Match]:
    if not all(same(match.row, matches[0].row, env) for match in matches):
        raise RulesDisagree(name, _numbers(matches), inputs)
    return matches[:1]


def _priority(_: str, table: Table, matches: list[Match], env: Environment, __: Mapping[str, Any]) -> list[Match]:
    return _by_priority(table, matches, env)[:1]


def _output_order(_: str, table: Table, matches: list[Match], env: Environment, __: Mapping[str, Any]) -> list[Match]:
    return _by_priority(table, matches, env)


def _as_found(_: str, __: Table, matches: list[Match], ___: Environment, ____: Mapping[str, Any]) -> list[Match]:
    return matches


POLICIES: dict[str, Policy] = {
    "UNIQUE": _unique,
    "ANY": _any,
    "PRIORITY": _priority,
    "FIRST": _as_found,
    "RULE ORDER": _as_found,
    "OUTPUT ORDER": _output_order,
    "COLLECT": _as_found,
}


def _numbers(matches: Sequence[Match]) -> list[int]:
    return [match.rule.number for match in matches if match.rule]


def _by_priority(table: Table, matches: list[Match], environment: Environment) -> list[Match]:
    """Sorted by the place of each output in its list of allowed values, the leftmost output first."""
    orders = [
        (output.name, output.order.value({}, environment)) for output in table.outputs if output.order is not None
    ]
    return sorted(matches, key=lambda match: [_place(values, match.row[name], environment) for name, values in orders])


def _place(values: list[Value], value: Value, environment: Environment) -> int:
    return next((place for place, one in enumerate(values) if same(one, value, environment)), len(values))


_EQUAL = parse("a = b")


def same(left: Value, right: Value, environment: Environment) -> bool:
    """FEEL's equality: true is not 1, and 1 is 1.0."""
    return _EQUAL.value({"a": left, "b": right}, environment) is True
