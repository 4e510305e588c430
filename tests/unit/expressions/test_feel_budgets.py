"""An expression has an end, in time and in space."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from app.expressions import Environment, ExpressionError, limits, parse

Feel = Callable[..., Any]


@pytest.mark.parametrize(
    "source",
    [
        "1" + "+1" * limits.SOURCE,
        "(" * 41 + "1" + ")" * 41,
        "[" * 41 + "]" * 41,
        "-" * 100 + "1",
        "if a then 1 else " * 50 + "2",
        "a" + ".b" * 100,
        "a" + "[1]" * 100,
        "a" + "=a" * 100,
        "not(" * 50 + "a" + ")" * 50,
        "${" + "!" * 100 + "a}",
        "9" * 100,
    ],
)
def test_what_is_too_long_or_too_deep_is_refused_when_read(source: str) -> None:
    with pytest.raises(ExpressionError, match=r"too deeply|too long"):
        parse(source)


@pytest.mark.parametrize(
    "source",
    [
        "for i in 1..1e9 return i",
        "for i in 1..200, j in 1..200 return i",
        "some i in 1..1e9 satisfies i < 0",
        "count(for i in 1..5001 return i)",
        "for i in 1..100 return for j in 1..100 return for k in 1..100 return k",
        "{a: for i in 1..4000 return i, b: concatenate(a, a)}",
        "{a: for i in 1..4000 return i, b: distinct values(a)}",
        "[xs, xs, xs]",
        "flatten([[xs, xs], [xs, xs]])",
        '{a: string join(for i in 1..1000 return "xxxxxxxxxxxxxxxxxxxxxxxxx"), b: a + a}',
        "for i in 1..1000 return workdays(5000)",
        "for i in 1..5000 return xs[item = i]",
        "1e6144",
    ],
)
def test_what_takes_too_long_or_grows_too_large_stops(feel: Feel, source: str) -> None:
    with pytest.raises(ExpressionError, match=r"too many|too long|too large"):
        feel(source, xs=list(range(4000)))


def test_facts_that_are_too_large_are_refused_not_copied(feel: Feel) -> None:
    with pytest.raises(ExpressionError, match="too large"):
        feel("count(xs)", xs=[0] * 5001)
    nested: list[Any] = []
    for _ in range(100):
        nested = [nested]
    with pytest.raises(ExpressionError, match="too deeply"):
        feel("count(xs)", xs=nested)
    with pytest.raises(ExpressionError, match="cannot be used"):
        feel("x", x=object())


def test_only_what_is_read_is_looked_at(feel: Feel) -> None:
    assert feel("a", a=1, b=object()) == 1


def test_numbers_keep_34_digits(environment: Environment) -> None:
    value = parse("1/3").value({}, environment)
    assert value == Decimal("0." + "3" * 34)
    assert parse("9999999999999999999999999999999999 + 1").value({}, environment) == Decimal(10) ** 34
    assert parse("2 ** 1000000").value({}, environment) is None


def test_numbers_that_leave_fit_into_json(feel: Feel) -> None:
    assert feel("2 ** 62") == 2**62
    assert isinstance(feel("2 ** 62"), int)
    assert feel("2 ** 63") == float(2**63)
    assert isinstance(feel("2 ** 63"), float)


def test_a_fault_while_running_names_the_expression(feel: Feel) -> None:
    with pytest.raises(ExpressionError) as failed:
        feel("workdays(-1)")
    assert failed.value.source == "workdays(-1)"


def test_a_pattern_cannot_hang(feel: Feel) -> None:
    assert feel('matches(text, "^(a+)+$")', text="a" * 19_000 + "b") is False
    assert feel(f'matches("a", "{"(" * 300}")') is None
    assert feel('matches("a", "((a{1000}){1000}){1000}")') is None
