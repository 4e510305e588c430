"""Types: `instance of`, and what fits which type (DMN 1.3, 10.3.2.9)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.expressions import Environment, ExpressionError, parse
from app.expressions.types import ANY, Type, coerced, fits

Feel = Callable[..., Any]
NUMBER, TEXT = Type("number"), Type("string")


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("[1, 2] instance of list<number>", True),
        ('[1, "2"] instance of list<number>', False),
        ("[1, null] instance of list<number>", True),
        ("[] instance of list<string>", True),
        ("1 instance of list<number>", False),
        ("[[1], [2]] instance of list<list<number>>", True),
        ("null instance of list<Any>", False),
        ("null instance of Null", True),
        ('{a: "x"} instance of context<a: string>', True),
        ('{a: "x", b: 1} instance of context<a: string>', True),
        ("{b: 1} instance of context<a: string>", False),
        ("{the day: @\"2026-03-03\"} instance of context<the day: date>", True),
        ("[1..3] instance of range<number>", True),
        ('["a".."b"] instance of range<number>', False),
        ("(function(a) a) instance of function", True),
        ("(function() 1) instance of function<>->number", True),
        ('(function() "x") instance of function<>->number', False),
        ("(function(a: number) a) instance of function<number>->Any", True),
        ("(function(a: number) a) instance of function<string>->Any", False),
        ("(function(a: number) a) instance of function<>->Any", False),
        ("(function(a: context<a: string>) 1) instance of function<context<a: string, b: string>>->Any", True),
        ("(function(a: context<a: string, b: string>) 1) instance of function<context<a: string>>->Any", False),
        ("@\"P1M\" instance of years and months duration", True),
        ("@\"P1D\" instance of list<days and time duration>", False),
    ],
)  # fmt: skip
def test_instance_of(feel: Feel, source: str, value: bool) -> None:
    assert feel(source) is value


def test_types_of_a_file_are_known_by_name(environment: Environment) -> None:
    types = frozenset({("Working days", Type("list", of=NUMBER)), ("tName", TEXT)})
    assert parse("[1] instance of Working days", types=types).evaluate({}, environment) is True
    assert parse('(function(a: tName) a)("x")', types=types).evaluate({}, environment) == "x"
    with pytest.raises(ExpressionError, match="There is no type “tName”"):
        parse("1 instance of tName")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("1 instance of numbr", "Did you mean “number”"),
        ("1 instance of list<", "a type is missing"),
        ("1 instance of list<number", "the end of the type"),
        ("1 instance of context<number>", "a name with a colon"),
        ("1 instance of " + "list<" * 60 + "number" + ">" * 60, "nested too deeply"),
    ],
)
def test_a_mistake_in_a_type_is_told(source: str, words: str) -> None:
    with pytest.raises(ExpressionError, match=words):
        parse(source)


@pytest.mark.parametrize(
    ("value", "wanted", "made"),
    [
        (1, NUMBER, 1),
        ("1", NUMBER, None),
        ([1], NUMBER, 1),
        ([1, 2], NUMBER, None),
        (1, Type("list", of=NUMBER), [1]),
        ("x", Type("list", of=NUMBER), None),
        ([1, "x"], Type("list", of=NUMBER), None),
        (date(2026, 3, 3), Type("date and time"), datetime(2026, 3, 3, tzinfo=UTC)),
        (None, NUMBER, None),
        ([1, "x"], ANY, [1, "x"]),
    ],
)
def test_values_are_made_to_fit(value: Any, wanted: Type, made: Any) -> None:
    assert coerced(value, wanted) == made


def test_a_type_says_itself_as_it_is_written() -> None:
    kind = Type("function", parameters=(Type("list", of=NUMBER),), result=Type("context", entries=(("a", TEXT),)))
    assert str(kind) == "function<list<number>>->context<a: string>"
    assert fits(kind, Type("function"))
    assert not fits(NUMBER, TEXT)
