"""Results of the type that a decision is said to have (DMN 1.3, 10.3.2.9), and types that a file defines."""

from __future__ import annotations

from typing import Any

import pytest
from dmn_builder import decision, dmn, literal, table

from app.decisions import WrongType, check, load
from app.expressions import Environment

TYPES = (
    '<itemDefinition name="tNumbers" isCollection="true"><typeRef>number</typeRef></itemDefinition>'
    '<itemDefinition name="tTable" isCollection="true"><typeRef>tNumbers</typeRef></itemDefinition>'
    '<itemDefinition name="tStep"><itemComponent name="days"><typeRef>number</typeRef></itemComponent>'
    '<itemComponent name="due"><typeRef>tDay</typeRef></itemComponent></itemDefinition>'
    '<itemDefinition name="tDay"><typeRef>date</typeRef></itemDefinition>'
    '<itemDefinition name="tSteps" isCollection="true"><typeRef>tStep</typeRef></itemDefinition>'
    '<itemDefinition name="tRound"><itemComponent name="again"><typeRef>tRound</typeRef></itemComponent>'
    "</itemDefinition>"
)


def given(logic: str, kind: str, environment: Environment) -> Any:
    """The result of a decision said to be of this type."""
    drawn = decision("p", f'<variable name="p" typeRef="{kind}"/>{logic}')
    return load(dmn(TYPES, drawn))["p"].decide({}, environment).value


@pytest.mark.parametrize(
    ("kind", "source", "value"),
    [
        ("number", "5", 5),
        ("integer", "5", 5),
        ("number", "null", None),
        ("number", "[5]", 5),
        ("Any", '["a", 1]', ["a", 1]),
        ("", "5", 5),
        ("unheardOf", "5", 5),
        ("date", '"2026-03-01"', "2026-03-01"),
        ("tDay", '[@"2026-03-01"]', "2026-03-01"),
        ("tNumbers", "[1, 2]", [1, 2]),
        ("tNumbers", "1", [1]),
        ("tNumbers", "[1, null]", [1, None]),
        ("tTable", "[[1], [2, 3]]", [[1], [2, 3]]),
        ("tStep", '{days: 1, due: @"2026-03-01", more: 2}', {"days": 1, "due": "2026-03-01", "more": 2}),
        ("tSteps", "{days: 1, due: null}", [{"days": 1, "due": None}]),
        ("tRound", "{again: {again: null}}", {"again": {"again": None}}),
    ],
)
def test_results_of_the_type(kind: str, source: str, value: Any, environment: Environment) -> None:
    assert given(literal(source), kind, environment) == value


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        ("number", '"5"'),
        ("number", "true"),
        ("number", "[1, 2]"),
        ("number", '["a"]'),
        ("boolean", "1"),
        ("date", '"1 March"'),
        ("date", '@"2026-03-01T10:00:00"'),
        ("tNumbers", '[1, "a"]'),
        ("tTable", "1"),
        ("tStep", "{days: 1}"),
        ("tStep", '{days: "1", due: null}'),
        ("tSteps", "[{days: 1, due: null}, 5]"),
    ],
)
def test_results_of_another_type_are_told(kind: str, source: str, environment: Environment) -> None:
    with pytest.raises(WrongType, match=f"“p” is said to give “{kind}”, and gave another type"):
        given(literal(source), kind, environment)


def test_a_table_has_a_type_too(environment: Environment) -> None:
    rows = [([], ["1"]), ([], ["2"])]
    assert given(table([], ["x"], rows, policy="COLLECT"), "tNumbers", environment) == [1, 2]
    with pytest.raises(WrongType):
        given(table([], ["x"], rows, policy="COLLECT"), "number", environment)


def test_what_others_read_is_of_the_type(environment: Environment) -> None:
    drawn = decision("q", f'<variable name="q" typeRef="number"/>{literal("[5]")}')
    found = load(dmn(drawn, decision("p", literal("q + 1"), requires=["q"])))
    assert found["p"].decide({}, environment).value == 6


def test_types_without_end_are_read() -> None:
    wide = "".join(
        f'<itemDefinition name="t{n}">'
        + "".join(f'<itemComponent name="c{c}"><typeRef>t{n + 1}</typeRef></itemComponent>' for c in range(8))
        + "</itemDefinition>"
        for n in range(200)
    )
    deep = "".join(f'<itemDefinition name="d{n}"><typeRef>d{n + 1}</typeRef></itemDefinition>' for n in range(3_000))
    logic = table(["n"], ["x"], [(["-"], ["1"])], types={"n": "d0"})
    drawn = decision("p", f'<variable name="p" typeRef="t0"/>{logic}')
    assert check(dmn(wide, deep, drawn), "p.dmn") == []
