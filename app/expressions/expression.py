"""A parsed expression, ready to be evaluated any number of times."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from app.expressions import temporal
from app.expressions.compiler import compile_tree
from app.expressions.errors import ExpressionError
from app.expressions.modeler import inner
from app.expressions.nodes import Node, height
from app.expressions.outside import adopt, plain
from app.expressions.parsing import parse_expression, parse_unary_tests
from app.expressions.run import Environment, Run
from app.expressions.types import Types
from app.expressions.values import READY, Months, Value
from app.workdays import Deadline, UncountableTime, wording

_AS_IT_IS = frozenset((bool, str, type(None)))


class Expression:
    """A FEEL expression. `names` are the variables that it reads, `possible_names` those that inside a filter may
    as well be parts of its elements. Immutable and safe to share between threads."""

    __slots__ = ("_closure", "_levels", "_places", "names", "possible_names", "source")

    def __init__(self, source: str, *, unary: bool, known: frozenset[str], types: Types) -> None:
        tree = _tree(source, unary, known, types)
        compiled = compile_tree(tree)
        self.source = source
        self.names = compiled.names
        self.possible_names = compiled.possible
        self._closure = compiled.closure
        self._places = compiled.places
        self._levels = height(tree) + 3

    def __repr__(self) -> str:
        return f"Expression({self.source!r})"

    def evaluate(self, context: Mapping[str, Any], environment: Environment, tested: Any = None) -> Any:
        """The value, with numbers as int or float. An unknown variable is null, and so is what has no answer.
        `tested` is the `?` of a unary test. Raises `ExpressionError` when a budget is spent."""
        tested = tested if type(tested) in READY else adopt(tested)
        value = self._run(Run(context, environment, self._places, tested))
        return value if type(value) in _AS_IT_IS else plain(value)

    def value(self, context: Mapping[str, Any], environment: Environment, tested: Value = None) -> Value:
        """As `evaluate`, but a FEEL value, with exact numbers."""
        return self._run(Run(context, environment, self._places, tested))

    def within(self, run: Run, variables: Mapping[str, Any]) -> Value:
        """The value with other variables inside another evaluation, on its fuel: the body of a function that is not
        written in FEEL's own words. Raises `ExpressionError` when a budget is spent."""
        inner = Run(variables, run.environment, self._places, None)
        return run.lend(inner, self._levels, self._run)

    def due(self, context: Mapping[str, Any], environment: Environment) -> Deadline | None:
        """The value as a due time with the sentence that says how it was counted. A date is due at its close, a
        duration counts from now on the wall clock, text is read as either. None for anything else."""
        run = Run(context, environment, self._places, None)
        value = self._run(run)
        try:
            return _deadline(value, run)
        except ExpressionError as error:
            raise self._told(error) from error

    def _run(self, run: Run) -> Value:
        try:
            return self._closure(run)
        except ExpressionError as error:
            raise self._told(error) from error

    def _told(self, error: ExpressionError) -> ExpressionError:
        if error.source:
            return error
        return ExpressionError(error.message, error.position, self.source)


def _tree(source: str, unary: bool, known: frozenset[str], types: Types) -> Node:
    if unary:
        return parse_unary_tests(source, known, types=types)
    text, modeler = inner(source)
    try:
        return parse_expression(text, known, modeler=modeler, types=types)
    except ExpressionError as error:
        raise ExpressionError(error.message, error.position, source) from error


def _deadline(value: Value, run: Run) -> Deadline | None:
    calendar = run.environment.calendar
    if type(value) is str:
        value = temporal.parse(value)
    if isinstance(value, timedelta | Months):
        return _after(temporal.text(value), run)
    if type(value) is date:
        value = calendar.closing(value)
    if type(value) is not datetime:
        return None
    at = calendar.local(value).astimezone(UTC)
    counted = next((counted for counted in reversed(run.counted) if counted.at == at), None)
    return counted or Deadline(at, f"Set to {wording.moment(calendar.local(at))}.")


def _after(duration: str, run: Run) -> Deadline:
    try:
        return run.environment.calendar.add_duration(run.environment.now, duration)
    except UncountableTime as error:
        raise ExpressionError(error.detail) from error


@lru_cache(maxsize=4096)
def _cached(source: str, unary: bool, known: frozenset[str], types: Types) -> Expression:
    return Expression(source, unary=unary, known=known, types=types)


def parse(
    source: str, *, unary: bool = False, known: frozenset[str] = frozenset(), types: Types = frozenset()
) -> Expression:
    """The expression that `source` says: FEEL, `=FEEL` or `${…}`; with `unary`, the unary tests of a table's cell.
    `known` lists variables whose names have spaces or signs, or that are functions; `types` are known to `instance of`
    beside FEEL's own. Parsed once, then cached.
    Raises `ExpressionError` with the place at fault."""
    return _cached(source, unary, known, types)
