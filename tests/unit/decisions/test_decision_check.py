"""What is wrong with a DMN file, told at the place."""

from __future__ import annotations

import random

import pytest
from dmn_builder import decision, dmn, literal, table

from app.decisions import DecisionsRefused, check, load
from app.decisions.reader import NAMESPACES
from app.expressions import Environment

ROW = [(["> 0"], ["1"]), (["<= 0"], ["0"])]
GOOD = dmn(decision("p", table(["n"], ["x"], ROW)))


@pytest.mark.parametrize("namespace", sorted(NAMESPACES))
def test_all_versions_of_dmn_are_read(namespace: str, environment: Environment) -> None:
    data = dmn(decision("p", table(["n"], ["x"], ROW)), namespace=namespace)
    assert check(data, "p.dmn") == []
    assert load(data)["p"].decide({"n": 1}, environment).value == 1


def test_a_file_is_parsed_once() -> None:
    assert load(GOOD) is load(bytes(bytearray(GOOD)))


@pytest.mark.parametrize(
    ("data", "rule", "element", "words"),
    [
        (b"", "xml", "", "empty"),
        (b"not xml", "xml", "", "not well-formed"),
        (b"<a/>", "dmn", "", "not a DMN decision table"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a/>', "xml", "", "document type"),
        (dmn(), "dmn-empty", "", "no decision"),
        (dmn(decision("p", "")), "dmn-logic", "p", "decides nothing"),
        (dmn(decision("p", "<invocation/>")), "dmn-logic", "p", "“invocation” is not supported"),
        (dmn(decision("p", literal("1")), decision("p", literal("2"))), "dmn-id", "p", "Two decisions"),
        (dmn(decision("p", literal("1 +"))), "dmn-expression", "p", "a value is missing"),
        (
            dmn(decision("p", literal("q"), requires=["q"])),
            "dmn-requires",
            "p",
            "requires “q”, which is not in this file",
        ),
        (
            dmn(decision("p", literal("1"), requires=["q"]), decision("q", literal("1"), requires=["p"])),
            "dmn-circle",
            "p",
            "p → q → p",
        ),
        (dmn(decision("p", table(["n"], ["x"], [(["> 0"], ["5 6"])]))), "dmn-expression", "r1", "Row 1, column “x”"),
        (dmn(decision("p", table(["n"], ["x"], [(["== 5"], ["5"])]))), "dmn-expression", "r1", "Row 1, column “n”"),
        (dmn(decision("p", table(["n"], ["x"], [(["1", "2"], ["5"])]))), "dmn-cells", "r1", "Row 1 has 2 and 1 cells"),
        (dmn(decision("p", table([""], ["x"], ROW))), "dmn-input", "p", "says nothing to look at"),
        (dmn(decision("p", table(["n"], [], [(["1"], [])]))), "dmn-output", "p", "no output column"),
        (dmn(decision("p", table(["n"], ["x", "x"], [(["1"], ["1", "2"])]))), "dmn-output", "p", "Two output columns"),
        (dmn(decision("p", table(["n"], ["x"], ROW, policy="BEST"))), "dmn-hit-policy", "p", "no hit policy “BEST”"),
        (dmn(decision("p", table(["n"], ["x"], ROW, policy="PRIORITY"))), "dmn-priority", "p", "needs the order"),
        (
            dmn(decision("p", table(["n"], ["x"], ROW, aggregation="SUM"))),
            "dmn-aggregation",
            "p",
            "cannot be collected",
        ),
        (
            dmn(decision("p", table(["n"], ["x", "y"], [(["1"], ["1", "2"])], policy="COLLECT", aggregation="SUM"))),
            "dmn-aggregation",
            "p",
            "needs one output column, here are 2",
        ),
        (
            GOOD.replace(b"<inputExpression", b'<inputExpression expressionLanguage="juel"'),
            "dmn-language",
            "p",
            "written in “juel”",
        ),
    ],
)
def test_faults_are_found_and_refused(data: bytes, rule: str, element: str, words: str) -> None:
    found = [finding for finding in check(data, "policy.dmn") if finding.rule == rule]
    assert found, check(data, "policy.dmn")
    assert found[0].file == "policy.dmn"
    assert found[0].element == element
    assert found[0].severity == "error"
    assert words in found[0].message
    assert all(one.advice.endswith(".") for one in check(data, "policy.dmn"))
    with pytest.raises(DecisionsRefused) as refused:
        load(data)
    assert rule in {finding.rule for finding in refused.value.findings}


def test_rows_that_ask_the_same_are_doubtful() -> None:
    data = dmn(
        decision(
            "p",
            table(
                ["n"],
                ["x"],
                [(["> 0"], ["1"]), ([">0"], ["3"]), (['"a b"'], ["4"]), (['"ab"'], ["5"]), (["-"], ["2"])],
                policy="FIRST",
            ),
        )
    )
    assert [(finding.element, finding.severity, finding.message) for finding in check(data, "p.dmn")] == [
        ("r2", "warning", "Rows 1 and 2 ask the same.")
    ]
    assert load(data)["p"]


def test_every_fault_of_a_file_is_told_at_once() -> None:
    data = dmn(decision("p", table(["n +"], ["x"], [(["<"], ["1 2"])])), decision("q", literal("(")))
    assert {finding.element for finding in check(data, "f")} == {"p", "r1", "q"}


RICH = dmn(
    decision(
        "p",
        table(
            ["n", "day", "kind"],
            ["x", "y"],
            [
                (["[1..5]", '< date("2026-03-01")', '"a"'], ["1", '"high"']),
                (["> 5e3", '@"2026-03-01"', 'not("a")'], ["2", '"low"']),
                (["not(3)", "-", "null"], ["n", '"low"']),
            ],
            policy="PRIORITY",
            values={"y": '"high", "low"'},
            allowed={"kind": '"a", "b"'},
            types={"n": "number", "day": "date", "x": "number"},
        ),
        requires=["q"],
    ),
    decision("q", literal("1"), variable="n"),
)


@pytest.mark.parametrize("whole", [GOOD, RICH])
def test_any_bytes_are_taken(whole: bytes) -> None:
    dice = random.Random(1)  # noqa: S311 # a seed for tests, no secret
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 6)):
            at = dice.randrange(len(data))
            data[at : at + dice.randint(0, 5)] = dice.randbytes(dice.randint(0, 4))
        for finding in check(bytes(data), "broken.dmn"):
            assert finding.message
