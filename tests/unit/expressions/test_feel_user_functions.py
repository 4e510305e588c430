"""Functions that an expression defines, hands on and calls (DMN 1.3, 10.3.2.13)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.expressions import Environment, ExpressionError, parse
from app.expressions.values import Function

Feel = Callable[..., Any]

CASES: list[tuple[str, Any]] = [
    ("(function(a) a + 1)(2)", 3),
    ("(function() 7)()", 7),
    ("{f: function(a, b) a - b, x: f(5, 3)}.x", 2),
    ("{f: function(a, b) a - b, x: f(b: 5, a: 3)}.x", -2),
    ("{f: function(the first, b) the first - b, x: f(the first: 5, b: 1)}.x", 4),
    ("{f: function(a) function(b) a * b, x: f(3)(4)}.x", 12),
    ("{tools: {twice: function(a) 2 * a}, x: tools.twice(4)}.x", 8),
    ("[function(a) a + 1, function(a) a + 2][2](1)", 3),
    ("for n in [1, 2] return (function(a) a * n)(10)", [10, 20]),
    ("{fs: for n in [1, 2, 3] return function(a) a * n, x: for f in fs return f(10)}.x", [10, 20, 30]),
    ("{n: 1, f: function(a) a + n, x: for n in [50] return f(1)}.x", [2]),
    ("sort([3, 1, 2], function(a, b) a > b)", [3, 2, 1]),
    ('sort(["bb", "a"], function(a, b) string length(a) < string length(b))', ["a", "bb"]),
    ("sort(list: [3, 1], precedes: function(a, b) a < b)", [1, 3]),
    ("sort([[4], [1, 2], [3]], function(a, b) count(a) < count(b))", [[4], [3], [1, 2]]),
    ("sort([3, 1, 2], before)", [1, 2, 3]),
    ("list replace([2, 4, 7], function(item, newItem) item < newItem, 5)", [5, 5, 7]),
    ("list replace([1, 2], function(item, newItem) null, 5)", None),
    ("(function(f) f([1, 2, 3]))(sum)", 6),
    ("(function(f, x) f(x))(abs, -2)", 2),
    ("{abs: function(a) a, x: abs(-2)}.x", -2),
    # null for what does not fit
    ("(function(a) a)(1, 2)", None),
    ("(function(a) a)()", None),
    ("(function(a) a)(b: 1)", None),
    ("(function(a: string) a)(1)", None),
    ("(function(a: number) a)([1])", 1),
    ("(function(a: list<number>) count(a))(1)", 1),
    ("(function(f) f(1))(null)", None),
    ("(function(f) f(1))(3)", None),
    ('string(function(a, b) a) + "!"', "function(a, b)!"),
    # recursion is possible, and bounded
    ("{f: function(self, n) if n < 2 then 1 else n * self(self, n - 1), x: f(f, 10)}.x", 3628800),
]


@pytest.mark.parametrize(("source", "value"), CASES, ids=[source for source, _ in CASES])
def test_functions_are_values(feel: Feel, source: str, value: Any) -> None:
    assert feel(source) == value


def test_what_an_argument_is_called_does_not_hide_a_variable_of_that_name(feel: Feel) -> None:
    assert feel("(function(f) f)(sum)", sum=3) == 3


@pytest.mark.parametrize("facts", [{}, {"x": 1}])
def test_a_function_is_no_answer(feel: Feel, facts: dict[str, Any]) -> None:
    for source in ("function(a) a", "[function(a) a]", "{f: function(a) a}"):
        with pytest.raises(ExpressionError, match="function is no answer"):
            feel(source, **facts)


@pytest.mark.parametrize(
    "source",
    [
        "{f: function(self, n) self(self, n + 1), x: f(f, 1)}.x",
        "{f: function(self) sort([1, 2], function(a, b) self(self)), x: f(f)}.x",
        "{f: function(self) abs(abs(abs(abs(abs(abs(abs(abs(self(self))))))))), x: f(f)}.x",
        "{f: function(self) for a in [1], b in [1], c in [1], d in [1] return self(self), x: f(f)}.x",
    ],
)
def test_endless_recursion_is_told_before_python_gives_up(feel: Feel, source: str) -> None:
    with pytest.raises(ExpressionError, match="too deeply") as refused:
        feel(source)
    assert refused.value.source[refused.value.position :].startswith(("f(", "self(", "sort("))


def test_the_fuel_of_a_function_is_that_of_its_caller(feel: Feel) -> None:
    with pytest.raises(ExpressionError, match="too many steps"):
        feel("{f: function(n) for i in 1..n return i, x: for i in 1..500 return f(100)}.x")


def test_a_function_from_outside_runs_on_the_callers_budget(environment: Environment) -> None:
    body = parse("if n < 2 then 1 else n * fact(n - 1)", known=frozenset({"fact"}))
    facts: dict[str, Any] = {}
    facts["fact"] = Function(("n",), lambda run, arguments: body.within(run, {**facts, "n": arguments[0]}))
    call = parse("fact(n)", known=frozenset({"fact"}))
    assert call.evaluate({**facts, "n": 5}, environment) == 120
    with pytest.raises(ExpressionError, match="too deeply") as refused:
        call.evaluate({**facts, "n": 500}, environment)
    assert refused.value.source == body.source
