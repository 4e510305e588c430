"""Decisions and what they require, evaluated in that order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.decisions.errors import DecisionError, NoRuleMatched, NothingToCollect, listed
from app.decisions.policies import AGGREGATIONS, POLICIES, SINGLE
from app.decisions.result import DecisionResult
from app.decisions.table import Match, Rule, Table
from app.decisions.types import Result
from app.expressions import Environment, Expression, ExpressionError, parse, to_json
from app.expressions.values import Function, Value

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Made:
    """A decision as FEEL values, before they leave as JSON."""

    rules: tuple[Rule, ...]
    rows: tuple[dict[str, Value], ...]
    value: Value


@dataclass(frozen=True, slots=True)
class Decision:
    """A table or a literal expression. `variable` is the name under which other decisions read its value."""

    id: str
    name: str
    variable: str
    logic: Table | Expression
    #: the decisions that this one reads, evaluated first
    requires: tuple[Decision, ...] = field(repr=False)
    #: the types that the result is said to have, if any
    results: tuple[Result, ...] = field(default=(), repr=False)
    #: business knowledge models that it calls, by name
    functions: Mapping[str, Function] = field(default_factory=dict, repr=False)
    #: the facts that the decision reads, itself or through what it requires
    names: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        below = frozenset[str]().union(*(decision.names for decision in self.requires))
        names = (self.reads | below) - {decision.variable for decision in self.requires} - self.functions.keys()
        object.__setattr__(self, "names", names)

    def decide(self, facts: Facts, environment: Environment) -> DecisionResult:
        """The decision for these facts. Raises `DecisionError`: `NoRuleMatched`, `SeveralRulesMatched`,
        `RulesDisagree`, `ValueNotAllowed`, or an expression's fault with the place named."""
        made = self._make(facts, environment, {})
        return DecisionResult(
            decision=self.id,
            rows=tuple(rule.id for rule in made.rules),
            outputs=tuple(to_json(row) for row in made.rows),
            value=to_json(made.value),
            notes=tuple(rule.note for rule in made.rules if rule.note),
        )

    def value(self, facts: Facts, environment: Environment) -> Value:
        """As `decide`, but only the value, and as FEEL's, with exact numbers and dates."""
        return self._make(facts, environment, {}).value

    @property
    def reads(self) -> frozenset[str]:
        """The names that its own expressions read: facts, and answers of other decisions."""
        if isinstance(self.logic, Expression):
            return self.logic.names
        expressions = [column.expression for column in self.logic.inputs]
        for rule in self.logic.rules:
            expressions += [cell for cell in (*rule.tests, *rule.outputs) if cell]
        return frozenset[str]().union(*(expression.names for expression in expressions))

    def _make(self, facts: Facts, environment: Environment, known: dict[str, Value]) -> _Made:
        """`known`: values of decisions already made in this round, by id."""
        for decision in self.requires:
            if decision.id not in known:
                known[decision.id] = decision._make(facts, environment, known).value
        seen = {**facts, **self.functions, **{decision.variable: known[decision.id] for decision in self.requires}}
        try:
            if isinstance(self.logic, Table):
                made = self._table(self.logic, seen, environment)
                return replace(made, value=self._conformed(made.value))
            value = self._conformed(self.logic.value(seen, environment))
            return _Made((), ({self.variable: value},), value)
        except ExpressionError as error:
            raise DecisionError(f"The decision “{self.name}” could not be made. {error.detail}") from error

    def _conformed(self, value: Value) -> Value:
        for result in self.results:
            value = result.of(value, self.name)
        return value

    def _table(self, table: Table, facts: Facts, environment: Environment) -> _Made:
        values = table.read(facts, environment)
        inputs = {column.label: to_json(value) for column, value in zip(table.inputs, values, strict=True)}
        matches = table.matches(values, facts, environment)
        if not matches:
            return self._unmatched(table, facts, environment, inputs)
        chosen = POLICIES[table.hit_policy](self.name, table, matches, environment, inputs)
        return _shaped(table, chosen, environment)

    def _unmatched(self, table: Table, facts: Facts, environment: Environment, inputs: Mapping[str, Any]) -> _Made:
        default = table.defaults(facts, environment)
        if default is None and table.hit_policy in SINGLE:
            raise NoRuleMatched(self.name, inputs)
        return _shaped(table, [] if default is None else [default], environment)


def _shaped(table: Table, matches: list[Match], environment: Environment) -> _Made:
    """The rows that count as DMN's result: one, a list, or for an aggregation its number."""
    rules = tuple(match.rule for match in matches if match.rule)
    values = [match.row if len(match.row) > 1 else next(iter(match.row.values())) for match in matches]
    if table.aggregation:
        total = parse(f"{AGGREGATIONS[table.aggregation]}(values)").value({"values": values}, environment)
        if total is None and values:
            raise NothingToCollect(_uncollected(table, rules))
        return _Made(rules, ({table.outputs[0].name: total},), total)
    return _Made(rules, tuple(match.row for match in matches), values[0] if table.hit_policy in SINGLE else values)


def _uncollected(table: Table, rules: Sequence[Rule]) -> str:
    """Not what the rows say: an output may be worked out from more facts than the table's inputs."""
    source = f"rows {listed([rule.number for rule in rules])}" if rules else "its default"
    return f"The {table.aggregation.lower()} of “{table.outputs[0].name}” cannot be worked out from {source}."


class Decisions(Mapping[str, Decision]):
    """The decisions of one file by id."""

    def __init__(self, decisions: Mapping[str, Decision]) -> None:
        self._decisions = dict(decisions)

    def __getitem__(self, key: str) -> Decision:
        return self._decisions[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._decisions)

    def __len__(self) -> int:
        return len(self._decisions)
