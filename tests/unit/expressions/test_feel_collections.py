"""Lists, contexts, filters, paths, loops and local names (DMN 1.3, 10.3.2.5 and 10.3.2.14)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.expressions import parse

Feel = Callable[..., Any]
ROWS = [{"name": "Ann", "days": 3, "item": 7}, {"name": "Bob", "days": 9, "item": 8}]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("[1, 2, 3][1]", 1),
        ("[1, 2, 3][-1]", 3),
        ("[1, 2, 3][4]", None),
        ("[1, 2, 3][0]", None),
        ("[1, 2, 3][1.5]", None),
        ("[1, 2, 3][item >= 2]", [2, 3]),
        ("rows[days > 5].name", ["Bob"]),
        ("rows[item > 7 and days > 5].name", ["Bob"]),
        ("[{a: 1}, {a: 2}][item.a = 2].a", [2]),
        ("rows[item > 7].name", ["Bob"]),
        ('rows[name = "Ann"][1].days', 3),
        ("rows.days", [3, 9]),
        ("rows[1].days", 3),
        ("rows[days > limit].name", ["Bob"]),
        ("rows[which].name", "Bob"),
        ("policy.report_days", 5),
        ("policy.unknown", None),
        ("policy.unknown.deeper", None),
        ("missing.part", None),
        ("5[1]", 5),
        ("5[item > 3]", [5]),
        ("[][1]", None),
        ("[][item > 1]", []),
        ("{a: 1, b: a + 1, c: b * 2}.c", 4),
        ('{"full name": "Ann"}', {"full name": "Ann"}),
        ('{full name: "Ann", greeting: "Dear " + full name}.greeting', "Dear Ann"),
        ("{a: {b: [1, {c: 5}]}}.a.b[2].c", 5),
        ("[[1, 2], [3]][1][2]", 2),
    ],
)
def test_values_in_values(feel: Feel, source: str, value: Any) -> None:
    assert feel(source, rows=ROWS, policy={"report_days": 5}, limit=5, which=2) == value


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("for x in [1, 2, 3] return x * 2", [2, 4, 6]),
        ("for x in 1..3 return x", [1, 2, 3]),
        ("for x in 3..1 return x", [3, 2, 1]),
        ("for x in [1..3) return x", [1, 2]),
        ("for x in [3..1] return x", None),
        ("for x in 1..2, y in 3..4 return x * y", [3, 4, 6, 8]),
        ("for x in 1..2, y in 1..x return y", [1, 1, 2]),
        ("for i in 1..5 return if i < 3 then 1 else partial[-1] + partial[-2]", [1, 1, 2, 3, 5]),
        ("for x in null return x", None),
        ("for x in 5 return x", [5]),
        ("for one day in [1, 2] return one day + 1", [2, 3]),
        ('for d in @"2026-03-01"..@"2026-03-03" return d.day', [1, 2, 3]),
        ("for x in rows return x.days", [3, 9]),
        ("some x in [1, 2] satisfies x > 1", True),
        ("every x in [1, 2] satisfies x > 1", False),
        ("every x in [] satisfies x > 1", True),
        ("some x in [] satisfies x > 1", False),
        ("some x in [null, 2] satisfies x > 1", True),
        ("some x in [null, 1] satisfies x > 1", None),
        ("every x in [null, 2] satisfies x > 1", None),
        ("some x in [1, 2], y in [2, 3] satisfies x = y", True),
        ("for x in rows return x.name[1]", ["Ann", "Bob"]),
        ("(for x in 1..3 return x)[2]", 2),
        ("[1, 2][some x in [3] satisfies x > item]", [1, 2]),
        ("for x in 1..2 return {x: x}.x", [1, 2]),
        ("for x in 1..2 return for x in 5..6 return x", [[5, 6], [5, 6]]),
    ],
)
def test_loops(feel: Feel, source: str, value: Any) -> None:
    assert feel(source, rows=ROWS) == value


def test_facts_are_never_changed(feel: Feel) -> None:
    rows = [{"a": [1]}]
    assert feel('context put(rows[1], "a", 2)', rows=rows) == {"a": 2}
    assert feel("append(rows[1].a, 2)", rows=rows) == [1, 2]
    assert rows == [{"a": [1]}]


@pytest.mark.parametrize(
    ("source", "names", "possible"),
    [
        ('consent = "given"', {"consent"}, set()),
        ("policy.report_days + x", {"policy", "x"}, set()),
        ("for x in xs return x + y", {"xs", "y"}, set()),
        ("{a: 1, b: a}.b", set(), set()),
        ("rows[days > limit]", {"rows"}, {"days", "limit"}),
        ("rows[item.days > 1]", {"rows"}, {"item"} - {"item"}),
        ("count(rows)", {"rows"}, set()),
        ("{b: a, a: 1}", {"a"}, set()),
    ],
)
def test_free_names_are_told(source: str, names: set[str], possible: set[str]) -> None:
    expression = parse(source)
    assert expression.names == names
    assert expression.possible_names == possible


def test_names_with_spaces_and_signs_are_read_if_known(environment: Any) -> None:
    known = frozenset(("Pre-bureau risk", "Loan", "Loan Amount", "date of birth"))
    facts = {"Pre-bureau risk": "LOW", "Loan": {"Loan Amount": 5}, "Loan Amount": 7, "date of birth": 1}
    expression = parse(
        'if Pre-bureau   risk = "LOW" then Loan.Loan Amount + Loan Amount else date of birth', known=known
    )
    assert expression.evaluate(facts, environment) == 12
