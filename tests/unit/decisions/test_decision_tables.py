"""Decision tables and what they give (DMN 1.3, chapter 8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from dmn_builder import decision, dmn, literal, table

from app.decisions import (
    DecisionError,
    DecisionResult,
    NoRuleMatched,
    OutputsMissing,
    RulesDisagree,
    SeveralRulesMatched,
    ValueNotAllowed,
    load,
)
from app.expressions import Environment

Decide = Callable[..., DecisionResult]

STEPS = [(["< 18"], ['"child"']), (["[18..65)"], ['"adult"']), ([">= 65"], ['"senior"'])]
OVERLAPPING = [(["> 0"], ['"low"', "1"]), (["> 5"], ['"high"', "2"]), (["> 5"], ['"high"', "3"])]
URGENCY = {"urgency": '"high", "medium", "low"'}


@pytest.mark.parametrize(("age", "group", "row"), [(17, "child", "r1"), (18, "adult", "r2"), (65, "senior", "r3")])
def test_a_unique_row_is_found_and_named(decide: Decide, age: int, group: str, row: str) -> None:
    result = decide(table(["age"], ["group"], STEPS), age=age)
    assert result.value == group
    assert result.outputs == ({"group": group},)
    assert result.rows == (row,)


def test_several_outputs_are_a_context(decide: Decide) -> None:
    rows = [(['"north"', "-"], ["5", 'silence = "hold"']), (["-", "true"], ["3", "false"])]
    result = decide(table(["employer", "urgent"], ["report_days", "hold"], rows), employer="north", silence="hold")
    assert result.value == {"report_days": 5, "hold": True}
    assert result.mapped("singleResult") == {"report_days": 5, "hold": True}


def test_unique_refuses_two_rows_and_says_which(decide: Decide) -> None:
    with pytest.raises(SeveralRulesMatched) as refused:
        decide(table(["age"], ["group"], [*STEPS, (["> 60"], ['"elder"'])]), age=70)
    assert refused.value.rows == (3, 4)
    assert refused.value.detail == "Rows 3 and 4 of the table “policy” both fit, and only one may: age is “70”."


def test_no_row_is_an_error_that_tells_the_inputs(decide: Decide) -> None:
    with pytest.raises(NoRuleMatched) as refused:
        decide(table(["age", "urgent"], ["group"], [(["> 5", "true"], ["1"])]), age=3)
    assert refused.value.inputs == {"age": 3, "urgent": None}
    assert refused.value.detail == "No row of the table “policy” fits: age is “3”, urgent is not known."


def test_defaults_answer_when_no_row_does(decide: Decide) -> None:
    result = decide(table(["age"], ["group"], STEPS, defaults={"group": '"unknown"'}), age="?")
    assert result.value == "unknown"
    assert result.rows == ()


def test_first_takes_the_topmost(decide: Decide) -> None:
    result = decide(table(["n"], ["urgency", "x"], OVERLAPPING, policy="FIRST"), n=9)
    assert result.value == {"urgency": "low", "x": 1}
    assert result.rows == ("r1",)


def test_any_wants_agreement(decide: Decide) -> None:
    same = [(["> 0"], ["1"]), (["> 5"], ["1.0"])]
    assert decide(table(["n"], ["x"], same, policy="ANY"), n=9).value == 1
    with pytest.raises(RulesDisagree, match="Rows 1, 2 and 3"):
        decide(table(["n"], ["urgency", "x"], OVERLAPPING, policy="ANY"), n=9)


def test_priority_goes_by_the_order_of_the_outputs(decide: Decide) -> None:
    result = decide(table(["n"], ["urgency", "x"], OVERLAPPING, policy="PRIORITY", values=URGENCY), n=9)
    assert result.value == {"urgency": "high", "x": 2}


def test_output_order_and_rule_order(decide: Decide) -> None:
    by_output = decide(table(["n"], ["urgency", "x"], OVERLAPPING, policy="OUTPUT ORDER", values=URGENCY), n=9)
    assert [row["x"] for row in by_output.outputs] == [2, 3, 1]
    assert by_output.rows == ("r2", "r3", "r1")
    by_rule = decide(table(["n"], ["urgency", "x"], OVERLAPPING, policy="RULE ORDER"), n=9)
    assert [row["x"] for row in by_rule.outputs] == [1, 2, 3]
    assert decide(table(["n"], ["x"], [(["> 5"], ["1"])], policy="RULE ORDER"), n=1).value == []


@pytest.mark.parametrize(
    ("aggregation", "value", "none"),
    [("", [1, 2, 3.5], []), ("SUM", 6.5, None), ("MIN", 1, None), ("MAX", 3.5, None), ("COUNT", 3, 0)],
)
def test_collect(decide: Decide, aggregation: str, value: Any, none: Any) -> None:
    rows = [(["> 0"], ["1"]), (["> 5"], ["2"]), (["> 5"], ["3.5"])]
    collected = table(["n"], ["x"], rows, policy="COLLECT", aggregation=aggregation)
    result = decide(collected, n=9)
    assert result.value == value
    assert result.rows == ("r1", "r2", "r3")
    assert decide(collected, n=0).value == none
    if aggregation:
        assert result.mapped("singleEntry") == value


def test_a_value_outside_the_allowed_ones_is_told(decide: Decide) -> None:
    logic = table(["kind"], ["x"], [(["-"], ["1"])], allowed={"kind": '"phone", "video"'})
    assert decide(logic, kind="video").value == 1
    assert decide(logic).value == 1
    with pytest.raises(ValueNotAllowed, match='kind is “letter”, which the table does not know: "phone", "video"'):
        decide(logic, kind="letter")


def test_dates_in_facts_are_dates_where_the_column_says_so(decide: Decide) -> None:
    rows = [(['< date("2026-03-01")'], ['date("2026-01-01")']), (['>= date("2026-03-01")'], ["started"])]
    types = {"started": "date", "x": "date"}
    assert decide(table(["started"], ["x"], rows, types=types), started="2026-02-28").value == "2026-01-01"
    assert decide(table(["started"], ["x"], rows, types=types), started="2026-03-01").value == "2026-03-01"


def test_notes_beside_rows_come_with_the_result(environment: Environment) -> None:
    logic = table(["n"], ["x"], [(["> 0"], ["1"])]).replace(
        '<rule id="r1">', '<rule id="r1"><description>XX-A7</description>'
    )
    assert load(dmn(decision("p", logic)))["p"].decide({"n": 1}, environment).notes == ("XX-A7",)


def test_required_decisions_come_first_and_once(environment: Environment) -> None:
    decisions = load(
        dmn(
            decision("result", literal("days of grace + base * 2"), requires=["grace", "base"]),
            decision(
                "grace",
                table(["base"], ["x"], [(["> 3"], ["10"]), (["<= 3"], ["0"])]),
                requires=["base"],
                variable="days of grace",
            ),
            decision("base", literal("given + 1"), variable="base"),
        )
    )
    assert decisions["result"].decide({"given": 4}, environment).value == 20
    assert decisions["result"].names == {"given"}
    assert list(decisions) == ["result", "grace", "base"]


def test_an_expression_fault_names_the_decision(decide: Decide) -> None:
    with pytest.raises(DecisionError, match=r"“policy” could not be made. This expression takes too many steps"):
        decide(literal("count(for i in 1..1e9 return i)"))


def test_values_leave_as_json(decide: Decide) -> None:
    result = decide(literal('{d: workdays(5), p: @"P1D", half: 1/2}'))
    assert result.value == {"d": "2026-03-10T17:00:00+00:00", "p": "P1D", "half": 0.5}


@pytest.mark.parametrize(
    ("how", "value"),
    [("resultList", [{"x": 1}, {"x": 2}]), ("collectEntries", [1, 2]), (None, [{"x": 1}, {"x": 2}])],
)
def test_mapping_lists(decide: Decide, how: str | None, value: Any) -> None:
    assert (
        decide(table(["n"], ["x"], [(["> 0"], ["1"]), (["> 5"], ["2"])], policy="RULE ORDER"), n=9).mapped(how) == value
    )


def test_mapping_says_what_does_not_fit(decide: Decide) -> None:
    two_rows = decide(table(["n"], ["x"], [(["> 0"], ["1"]), (["> 5"], ["2"])], policy="RULE ORDER"), n=9)
    for how in ("singleResult", "singleEntry"):
        with pytest.raises(OutputsMissing, match="gave 2 rows"):
            two_rows.mapped(how)
    with pytest.raises(OutputsMissing, match="gives 2 values"):
        decide(table(["n"], ["x", "y"], [(["-"], ["1", "2"])])).mapped("singleEntry")
    with pytest.raises(OutputsMissing, match="cannot be mapped"):
        two_rows.mapped("everything")


def test_no_row_maps_to_nothing(decide: Decide) -> None:
    nothing = decide(table(["n"], ["x"], [(["> 5"], ["2"])], policy="COLLECT"), n=1)
    assert [nothing.mapped(how) for how in ("singleResult", "singleEntry", "collectEntries", "resultList")] == [
        None,
        None,
        [],
        [],
    ]
