"""Built-in functions (DMN 1.3, 10.3.4), and how they are called."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.expressions import ExpressionError, parse
from app.expressions.functions import NAMES

Feel = Callable[..., Any]

CASES: list[tuple[str, Any]] = [
    ('string length("föö")', 3),
    (r'string length("\uD83D\uDE00")', 1),
    ('substring("foobar", 3)', "obar"),
    ('substring("foobar", 3, 3)', "oba"),
    ('substring("foobar", -2, 1)', "a"),
    ('substring("foobar", 0)', None),
    ('upper case("aBc")', "ABC"),
    ('lower case("aBc")', "abc"),
    ('substring before("foobar", "bar")', "foo"),
    ('substring before("foobar", "x")', ""),
    ('substring after("foobar", "ob")', "ar"),
    ('substring after("foobar", "")', "foobar"),
    ('contains("foobar", "ob")', True),
    ('starts with("foobar", "foo")', True),
    ('ends with("foobar", "foo")', False),
    ('matches("foobar", "^fo*b")', True),
    ('matches("FOO", "foo", "i")', True),
    ('matches("a b", "a b", "x")', False),
    (r'matches("a b", "a\\ sb", "x")', True),
    (r'matches("a\rb", "a.b")', False),
    (r'matches("a\rb", "a.b", "s")', True),
    (r'matches("a.b", "a[.]b")', True),
    (r'matches("ab", "a\\0")', None),
    ('range("[1..3]") = [1..3]', True),
    ('2.5 in range(" ( -1 .. 2.5 ] ")', True),
    (r'range("[\"a\"..\"c\"[") = ["a".."c")', True),
    (r'range("[@\"2026-03-01\"..date(\"2026-03-31\")]").end', date(2026, 3, 31)),
    ('range("[3..1]")', None),
    ('range("[1..]")', None),
    ('range("1..2")', None),
    ('range("[1 2..3]")', None),
    (r'range("[1..\"b\"]")', None),
    (r'range("[sum(\"b\")..2]")', None),
    ('matches("foobar", "(")', None),
    ('matches("foobar", "o", "q")', None),
    ('replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")', "[1=ab][2=]cd"),
    ('replace("abracadabra", "a.*?a", "*")', "*c*bra"),
    (r'replace("a1", "[0-9]", "\\$")', "a$"),
    ('replace(input: "abc", pattern: "[a-z]", replacement: "#")', "###"),
    ('split("John Doe", "\\\\s")', ["John", "Doe"]),
    ('split("a;b;;c", ";")', ["a", "b", "", "c"]),
    ('string join(["a", null, "c"], "-")', "a-c"),
    ('string join(["a", 1])', None),
    ('number("1,234.5", ",", ".")', 1234.5),
    ('number("1.234,5", ".", ",")', 1234.5),
    ('number("abc")', None),
    ("string(1.50)", "1.50"),
    ("string(1e3)", "1000"),
    ("string(true)", "true"),
    ("string(null)", None),
    ('string([1, "a", {b: null}])', '[1, "a", {b: null}]'),
    ("string([1..3))", "[1..3)"),
    ("list contains([1, 2], 2)", True),
    ("list contains([1, null], null)", True),
    ("count([1, 2, 3])", 3),
    ("count([])", 0),
    ("min(1, 2, 0)", 0),
    ('max(["a", "c", "b"])', "c"),
    ('max([1, "a"])', None),
    ("max([])", None),
    ("sum([1, 2.5])", 3.5),
    ("sum([])", None),
    ('sum([1, "a"])', None),
    ("mean([1, 2])", 1.5),
    ("product([2, 3])", 6),
    ("median([8, 2, 5, 3])", 4),
    ("stddev([2, 4, 7, 5])", 2.0816659994661326),
    ("mode([6, 3, 9, 6, 6])", [6]),
    ("mode([])", []),
    ("all([true, null])", None),
    ("any([true, null])", True),
    ("all([])", True),
    ("sublist([4, 5, 6], 1, 2)", [4, 5]),
    ("sublist([4, 5, 6], -1)", [6]),
    ("append([1], 2, 3)", [1, 2, 3]),
    ("concatenate([1], [2, 3], [4])", [1, 2, 3, 4]),
    ("insert before([1, 3], 1, 2)", [2, 1, 3]),
    ("remove([1, 2, 3], 2)", [1, 3]),
    ("list replace([1, 2, 3], -1, 9)", [1, 2, 9]),
    ("reverse([1, 2, 3])", [3, 2, 1]),
    ("index of([1, 2, 3, 2], 2)", [2, 4]),
    ("union([1, 2], [2, 3])", [1, 2, 3]),
    ("distinct values([1, 2, 1.0])", [1, 2]),
    ("flatten([[1, 2], [[3]], 4])", [1, 2, 3, 4]),
    ("sort([3, 1, 2])", [1, 2, 3]),
    ('sort([3, "a"])', None),
    ("decimal(1/3, 2)", 0.33),
    ("decimal(2.5, 0)", 2),
    ("floor(-1.5)", -2),
    ("ceiling(-1.5)", -1),
    ("floor(1.56, 1)", 1.5),
    ("round up(5.5, 0)", 6),
    ("round down(-5.5, 0)", -5),
    ("round half up(5.5, 0)", 6),
    ("round half down(5.5, 0)", 5),
    ("round up(1234, -2)", 1300),
    ("abs(-5)", 5),
    ('abs(@"-P1D") = @"P1D"', True),
    ("modulo(-12, 5)", 3),
    ("modulo(12, -5)", -3),
    ("modulo(10.1, 4.5)", 1.1),
    ("modulo(1, 0)", None),
    ("sqrt(16)", 4),
    ("sqrt(-1)", None),
    ("log(1)", 0),
    ("exp(0)", 1),
    ("odd(5)", True),
    ("even(-2)", True),
    ('is(@"23:00:50@Etc/GMT", @"23:00:50Z")', False),
    ('get value({a: 1}, "a")', 1),
    ("get entries({a: 1})", [{"key": "a", "value": 1}]),
    ('context([{key: "a", value: 1}])', {"a": 1}),
    ('context put({a: 1}, "b", 2)', {"a": 1, "b": 2}),
    ('context put({a: {b: 1}}, ["a", "b"], 2)', {"a": {"b": 2}}),
    ("context merge([{a: 1}, {a: 2, b: 3}])", {"a": 2, "b": 3}),
    ("before(1, 10)", True),
    ("after([1..5], 0)", True),
    ("meets([1..5], [5..10])", True),
    ("met by([5..10], [1..5])", True),
    ("overlaps([1..5], [3..8])", True),
    ("overlaps([1..5], (5..8])", False),
    ("overlaps before([1..5], [3..8])", True),
    ("overlaps after([3..8], [1..5])", True),
    ("overlaps after((1..5], [1..5])", True),
    ("overlaps after([1..5], [1..5))", False),
    ("finishes(10, [1..10])", True),
    ("finished by([1..10], [5..10])", True),
    ("includes([1..10], 5)", True),
    ("during(5, [1..10])", True),
    ("starts(1, [1..10])", True),
    ("started by([1..10], [1..5])", True),
    ("coincides([1..5], [1..5])", True),
    ('before("a", 1)', None),
    ("is defined(missing)", False),
]


#: Functions that have an answer for null itself.
TAKE_NULL = {"all", "any", "is", "is defined", "count"}


@pytest.mark.parametrize(("source", "value"), CASES, ids=[source for source, _ in CASES])
def test_functions(feel: Feel, source: str, value: Any) -> None:
    assert feel(source) == pytest.approx(value) if isinstance(value, float) else feel(source) == value


def test_null_where_a_value_is_needed_gives_null(feel: Feel) -> None:
    for name in sorted(NAMES - TAKE_NULL):
        for count in range(1, 4):
            try:
                expression = parse(f"{name}({', '.join(['null'] * count)})")
            except ExpressionError:
                continue  # not a number of arguments that it takes
            assert feel(expression.source) is None, expression.source


def test_a_list_of_one_stands_for_its_element_and_back(feel: Feel) -> None:
    assert feel("abs([-5])") == 5
    assert feel("count(5)") == 1
    assert feel('string join("a")') == "a"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("foo(1)", "There is no function “foo”"),
        ("string lenght(1)", "Did you mean “string length”"),
        ("workday(1)", "Did you mean “workdays”"),
        ("abs()", "It takes abs(n)"),
        ("abs(1, 2)", "It takes abs(n)"),
        ("substring(text: 1)", "substring(string, start position, [length])"),
        ('{f: function(x) external {java: {class: "java.lang.Runtime"}}}', "Functions of Java"),
        ("function(x, x) x", "there twice"),
        ("function(1) x", "name of a parameter"),
        ("function(x: nmber) x", "Did you mean “number”"),
        ("abs(1)(2)", "not a function"),
        ("x.y(1)", "no function “y”"),
    ],
)
def test_what_cannot_be_called_is_refused_when_it_is_read(source: str, words: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        parse(source)
    assert words in refused.value.detail
