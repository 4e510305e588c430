"""What cells may say, and what comes out: the semantics of DMN 1.3 (chapters 8 and 10), on tables of our own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from dmn_builder import decision, dmn, literal, table

from app.decisions import DecisionResult, NothingToCollect, RulesDisagree, ValueNotAllowed, load
from app.expressions import Environment

Decide = Callable[..., DecisionResult]
CONTEXT = {"limit": 10, "names": ["ann", "bob"], "months": {"low": 3, "high": 6}}


@pytest.mark.parametrize(
    ("cell", "fits", "not_"),
    [
        ("-", [1, "a", None, False], []),
        ("", [1, "a", None, False], []),
        ("5", [5, 5.0], [4, "5", None, True]),
        ('"5"', ["5"], [5, "55", None]),
        ('"on leave, unpaid"', ["on leave, unpaid"], ["on leave", "unpaid"]),
        ('"a","b"', ["a", "b"], ["a,b", "c", None]),
        ('not("a","b")', ["c"], ["a", "b"]),
        ("not(5)", [4], [5]),
        ("not([1..3], > 7)", [4, 7], [1, 3, 8]),
        ("[1..3]", [1, 2.5, 3], [0, 3.1, None, "2"]),
        ("(1..3)", [2], [1, 3]),
        ("]1..3[", [2], [1, 3]),
        ("[1..3)", [1, 2.9], [3]),
        ("< 3, > 8", [2, 9], [3, 8]),
        (">= limit", [10, 11], [9, None]),
        ("[months.low..months.high]", [3, 6], [2, 7]),
        ("limit * 2", [20], [10]),
        ("names", ["ann", "bob"], ["eve"]),
        ("? in names", ["ann"], ["eve"]),
        ('? = "a" or starts with(?, "b")', ["a", "bcd"], ["ab", None]),
        ("count(?) > 1", [[1, 2]], [[1], []]),
        ("null", [None], [0, "", False]),
        ("not(null)", [0, "", False], [None]),
        ("null, 5", [None, 5], [4]),
        ("true", [True], [False, 1, "true", None]),
        ("false", [False], [True, 0, None]),
        ("-5", [-5], [5, 0]),
        ("[-3..-1]", [-2], [0]),
        ("0.1 + 0.2", [0.3], [0.30000001]),
        ('"ä“"', ["ä“"], ["a"]),
    ],
)
def test_input_cells(decide: Decide, cell: str, fits: list[Any], not_: list[Any]) -> None:
    logic = table(["n"], ["x"], [([cell], ["true"])], defaults={"x": "false"})
    for value in fits:
        assert decide(logic, n=value, **CONTEXT).value is True, value
    for value in not_:
        assert decide(logic, n=value, **CONTEXT).value is False, value


@pytest.mark.parametrize(
    ("kind", "cell", "fits", "not_"),
    [
        ("date", 'date("2026-03-01")', "2026-03-01", "2026-03-02"),
        ("date", '[@"2026-03-01"..@"2026-03-31"]', "2026-03-31", "2026-04-01"),
        ("date", '? + duration("P1M") <= date("2026-04-01")', "2026-03-01", "2026-03-02"),
        ("date", "> today()", "2026-03-04", "2026-03-03"),
        ("date", 'day of week(?) = "Monday"', "2026-03-02", "2026-03-03"),
        ("time", '< time("12:00:00")', "11:59:59", "12:00:00"),
        ("dateTime", '< date and time("2026-03-01T12:00:00")', "2026-03-01T11:00:00", "2026-03-01T12:00:00"),
        ("dayTimeDuration", '> duration("P3D")', "P3DT1H", "P3D"),
        ("yearMonthDuration", '[@"P3M"..@"P6M"]', "P6M", "P7M"),
    ],
)
def test_dates_times_and_durations(decide: Decide, kind: str, cell: str, fits: str, not_: str) -> None:
    logic = table(["n"], ["x"], [([cell], ["true"])], types={"n": kind}, defaults={"x": "false"})
    assert [decide(logic, n=value).value for value in (fits, not_, None)] == [True, False, False]


@pytest.mark.parametrize(
    ("expression", "facts", "value"),
    [
        ("days + 1", {"days": 4}, 5),
        ("policy.days", {"policy": {"days": 5}}, 5),
        ('if urgent then "now" else "later"', {"urgent": True}, "now"),
        ("count(steps)", {"steps": [1, 2, 3]}, 3),
        ("count(steps[item > 1])", {"steps": [1, 2, 3]}, 2),
        ("missing", {}, None),
    ],
)
def test_input_expressions(decide: Decide, expression: str, facts: dict[str, Any], value: Any) -> None:
    cell = "null" if value is None else f'"{value}"' if isinstance(value, str) else str(value)
    assert decide(table([expression], ["x"], [([cell], ["1"])]), **facts).value == 1


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("", None),
        ("null", None),
        ('"a, b"', "a, b"),
        ('["a", "b"]', ["a", "b"]),
        ("{days: 5, from: today()}", {"days": 5, "from": "2026-03-03"}),
        ("n * 2 + limit", 14),
        ("n > 1", True),
        ('date("2026-03-01") + duration("P1M")', "2026-04-01"),
    ],
)
def test_output_cells(decide: Decide, cell: str, value: Any) -> None:
    result = decide(table(["n"], ["x"], [(["-"], [cell])]), n=2, **CONTEXT)
    assert result.value == value
    assert result.outputs == ({"x": value},)


def test_an_empty_cell_among_several_outputs(decide: Decide) -> None:
    logic = table(["n"], ["days", "why"], [(["> 5"], ["", '"long"']), (["<= 5"], ["3", ""])], defaults={"days": "0"})
    assert decide(logic, n=9).value == {"days": None, "why": "long"}
    assert decide(logic, n=1).value == {"days": 3, "why": None}
    assert decide(logic).value == {"days": 0, "why": None}


def test_any_compares_as_feel_does(decide: Decide) -> None:
    with pytest.raises(
        RulesDisagree, match="Rows 1 and 2 of the table “policy” fit and say different things: n is “9”"
    ):
        decide(table(["n"], ["x"], [(["> 0"], ["true"]), (["> 5"], ["1"])], policy="ANY"), n=9)
    agreeing = [(["> 0"], ["1", '["a"]', ""]), (["> 5"], ["1.0", '["a"]', "null"])]
    assert decide(table(["n"], ["x", "y", "z"], agreeing, policy="ANY"), n=9).value == {"x": 1, "y": ["a"], "z": None}


def test_priority_looks_at_the_leftmost_listed_output_first(decide: Decide) -> None:
    drawn = [(["> 0"], ['"b"', "1"]), (["> 0"], ['"a"', "3"]), (["> 0"], ['"a"', "2"])]
    values = {"first": '"a", "b"', "second": "1, 2, 3"}
    logic = table(["n"], ["first", "second"], drawn, policy="PRIORITY", values=values)
    assert decide(logic, n=1).value == {"first": "a", "second": 2}
    ordered = decide(logic.replace("PRIORITY", "OUTPUT ORDER"), n=1)
    assert [(row["first"], row["second"]) for row in ordered.outputs] == [("a", 2), ("a", 3), ("b", 1)]
    assert ordered.rows == ("r3", "r2", "r1")


@pytest.mark.parametrize("policy", ["UNIQUE", "FIRST", "ANY", "COLLECT", "RULE ORDER", "PRIORITY", "OUTPUT ORDER"])
def test_an_output_outside_the_allowed_ones_is_told(decide: Decide, policy: str) -> None:
    logic = table(["n"], ["x"], [(["-"], ["n"])], policy=policy, values={"x": '"high", "low"'})
    assert decide(logic, n="low").value in ("low", ["low"])
    with pytest.raises(ValueNotAllowed, match='A row gives “x” a value that the column does not allow: "high", "low"'):
        decide(logic, n="hihg")


@pytest.mark.parametrize(
    ("aggregation", "cells", "value"),
    [
        ("SUM", ["1", "2.5", "-0.5"], 3),
        ("SUM", ['duration("P1D")', 'duration("PT12H")'], "P1DT12H"),
        ("MIN", ['"b"', '"a"'], "a"),
        ("MAX", ['date("2026-03-01")', 'date("2026-02-01")'], "2026-03-01"),
        ("COUNT", ['"a"', "null", "1"], 3),
        ("", ["1", "", '"a"'], [1, None, "a"]),
    ],
)
def test_collecting(decide: Decide, aggregation: str, cells: list[str], value: Any) -> None:
    logic = table([], ["x"], [([], [cell]) for cell in cells], policy="COLLECT", aggregation=aggregation)
    assert decide(logic).value == value


@pytest.mark.parametrize(
    ("aggregation", "cells"), [("SUM", ["1", '"a"']), ("MAX", ["1", '"a"']), ("MIN", ["true", "1"])]
)
def test_what_cannot_be_collected_is_told(decide: Decide, aggregation: str, cells: list[str]) -> None:
    logic = table([], ["x"], [([], [cell]) for cell in cells], policy="COLLECT", aggregation=aggregation)
    with pytest.raises(
        NothingToCollect, match=f"The {aggregation.lower()} of “x” cannot be worked out from rows 1 and 2"
    ):
        decide(logic)


def test_a_default_that_cannot_be_collected_is_told(decide: Decide) -> None:
    logic = table(["n"], ["x"], [(["> 5"], ["1"])], policy="COLLECT", aggregation="SUM", defaults={"x": '"none"'})
    assert decide(logic, n=9).value == 1
    with pytest.raises(NothingToCollect, match="cannot be worked out from its default"):
        decide(logic, n=1)


def test_what_an_error_shows_of_a_value_is_bounded(decide: Decide) -> None:
    with pytest.raises(Exception, match=r"n is “a{80}…”\.$"):
        decide(table(["n"], ["x"], [(["1"], ["1"])]), n="a" * 5_000)
    with pytest.raises(Exception, match=r"n is “true”\.$"):
        decide(table(["n"], ["x"], [(["1"], ["1"])]), n=True)


def test_a_table_that_requires_a_table_is_decided_in_one_go(environment: Environment) -> None:
    decisions = load(
        dmn(
            decision(
                "days",
                table(["risk", "limit"], ["days"], [(['"high"', "> 3"], ["limit"]), (['"low"', "-"], ["9"])]),
                requires=["risk", "limit"],
            ),
            decision(
                "risk", table(["age"], ["level"], [(["> 60"], ['"high"']), (["<= 60"], ['"low"'])]), variable="risk"
            ),
            decision("limit", literal("base * 2"), variable="limit"),
        )
    )
    assert decisions["days"].decide({"age": 70, "base": 2}, environment).value == 4
    assert decisions["days"].decide({"age": 20, "base": 2}, environment).value == 9
    assert decisions["days"].names == {"age", "base"}
    with pytest.raises(Exception, match="No row of the table “risk” fits: age is not known"):
        decisions["days"].decide({"base": 2}, environment)
