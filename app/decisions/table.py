"""A decision table as data, and the rows that fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.decisions.errors import ValueNotAllowed, told
from app.expressions import Environment, Expression, temporal, to_json
from app.expressions.values import Value

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Input:
    """An input column. `allowed` are the unary tests of its allowed values."""

    label: str
    type: str
    expression: Expression
    allowed: Expression | None

    def read(self, facts: Facts, environment: Environment) -> Value:
        """The value, a date or duration that came as text as what it is. Raises `ValueNotAllowed`."""
        value = converted(self.expression.value(facts, environment), self.type)
        if value is not None and self.allowed and self.allowed.value(facts, environment, value) is not True:
            raise ValueNotAllowed(
                f"{told({self.label: to_json(value)})}, which the table does not know: {self.allowed.source}."
            )
        return value


@dataclass(frozen=True, slots=True)
class Output:
    """An output column. `allowed` are the unary tests of its allowed values, `order` the same as a list, the first
    of highest priority, if they can be listed."""

    name: str
    type: str
    allowed: Expression | None
    order: Expression | None
    default: Expression | None

    def said(self, value: Value, facts: Facts, environment: Environment) -> Value:
        """What a cell says, a date or duration written as text as what it is. Raises `ValueNotAllowed`."""
        value = converted(value, self.type)
        if value is not None and self.allowed and self.allowed.value(facts, environment, value) is not True:
            # Not which: an output may be worked out from more facts than the table's inputs.
            message = f"A row gives “{self.name}” a value that the column does not allow: {self.allowed.source}."
            raise ValueNotAllowed(message)
        return value


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: `number` from 1; no expression for a cell that says anything, or nothing."""

    id: str
    number: int
    tests: tuple[Expression | None, ...]
    outputs: tuple[Expression | None, ...]
    note: str

    def fits(self, values: tuple[Value, ...], facts: Facts, environment: Environment) -> bool:
        return all(
            test is None or test.value(facts, environment, value) is True
            for test, value in zip(self.tests, values, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Match:
    """A row that fits, with what it says. `rule` is None for the defaults of the table."""

    rule: Rule | None
    row: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Table:
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    hit_policy: str
    aggregation: str

    def read(self, facts: Facts, environment: Environment) -> tuple[Value, ...]:
        return tuple(column.read(facts, environment) for column in self.inputs)

    def matches(self, values: tuple[Value, ...], facts: Facts, environment: Environment) -> list[Match]:
        """All rows that fit, from the top; only the first of them for the hit policy FIRST."""
        found: list[Match] = []
        for rule in self.rules:
            if rule.fits(values, facts, environment):
                found.append(Match(rule, self._row(rule.outputs, facts, environment)))
                if self.hit_policy == "FIRST":
                    break
        return found

    def defaults(self, facts: Facts, environment: Environment) -> Match | None:
        """What the table says when no row fits, if it says anything then."""
        cells = tuple(output.default for output in self.outputs)
        return Match(None, self._row(cells, facts, environment)) if any(cells) else None

    def _row(self, cells: tuple[Expression | None, ...], facts: Facts, environment: Environment) -> dict[str, Value]:
        return {
            output.name: None if cell is None else output.said(cell.value(facts, environment), facts, environment)
            for output, cell in zip(self.outputs, cells, strict=True)
        }


_CONVERTERS: dict[str, Callable[[str], Value]] = {
    "date": temporal.parse_date,
    "time": temporal.parse_time,
    "dateTime": temporal.parse_datetime,
    "date and time": temporal.parse_datetime,
    "dayTimeDuration": temporal.parse_duration,
    "days and time duration": temporal.parse_duration,
    "yearMonthDuration": temporal.parse_duration,
    "years and months duration": temporal.parse_duration,
}


def converted(value: Value, kind: str) -> Value:
    """Facts carry dates and durations as text: a column's type says what they are."""
    converter = _CONVERTERS.get(kind)
    if converter is None or type(value) is not str:
        return value
    read = converter(value)
    return value if read is None else read
