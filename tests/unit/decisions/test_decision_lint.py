"""What lint says of tables that can be read: gaps, overlaps, rows that never count, cells of a wrong type."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest
from dmn_builder import decision, dmn, literal, table

from app.decisions import NoRuleMatched, SeveralRulesMatched, check, load
from app.expressions import Environment


def said(logic: str, *rules: str) -> list[tuple[str, str, str]]:
    """Element, rule and message of each finding about one table, of `rules` if any are given."""
    found = check(dmn(decision("p", logic)), "p.dmn")
    return [(one.element, one.rule, one.message) for one in found if not rules or one.rule in rules]


def rows(*tests: str) -> list[tuple[list[str], list[str]]]:
    """Rows of one input column, each with its number as output."""
    return [([test], [str(number)]) for number, test in enumerate(tests, 1)]


GAP = "dmn-gap"


@pytest.mark.parametrize(
    ("tests", "kind", "words"),
    [
        (["< 18", "> 18"], "number", "“n” is 18"),
        (["< 18", ">= 18"], "number", None),
        (["<= 17", ">= 18"], "number", "“n” is 17.5"),
        (["<= 17", ">= 18"], "integer", None),
        (["<= 17", ">= 20"], "integer", "“n” is 18"),
        (["[0..10]", "> 10"], "number", "“n” is -1"),
        (["[0..10)", "< 0", "> 10"], "number", "“n” is 10"),
        (["not(5)"], "number", "“n” is 5"),
        (["? < 3 or ? > 3"], "number", "“n” is 3"),
        (["? in [1..3]", "< 1", "> 3"], "number", None),
        (["1, 2, 3", "< 1", "> 3"], "integer", None),
        (["-1", "< -1"], "integer", "“n” is 0"),
        (['"a"', '"b"'], "string", "“n” is any other text"),
        (['"a"', 'not("a")'], "string", None),
        (['"a, b"', 'not("a, b")'], "string", None),
        (["true"], "boolean", "“n” is false"),
        (["true", "false"], "boolean", None),
        (['< date("2026-03-01")', '> date("2026-03-01")'], "date", "“n” is Sunday 1 March 2026"),
        (['< @"2026-03-01"', '>= @"2026-03-01"'], "date", None),
        (['< duration("P3D")', '> duration("P3D")'], "dayTimeDuration", "“n” is P3D"),
        (['< time("12:00:00")', '> time("12:00:00")'], "time", "“n” is 12:00:00"),
        (['<= time("12:00:00")', '>= time("12:00:01")'], "time", "“n” is 12:00:00.5"),
        (['<= time("12:00:00")', '> time("12:00:00")'], "time", None),
        (['>= time("00:00:00")'], "time", None),
        (['>= time("12:00:00Z")'], "time", None),
        (['< @"2026-03-01T12:00:00"', '> @"2026-03-01T12:00:00"'], "dateTime", "“n” is 2026-03-01T12:00:00"),
        (['< @"2026-03-01T12:00:00"', '>= @"2026-03-01T12:00:00Z"'], "dateTime", None),
        (
            ['< @"2026-03-01T12:00:00+01:00"', '>= @"2026-03-01T12:00:00"'],
            "dateTime",
            "“n” is 2026-03-01T12:00:00+01:00",
        ),
        (['< @"P3M"', '> @"P3M"'], "yearMonthDuration", "“n” is P3M"),
        (['< @"P3M"', '>= @"P3M"'], "yearMonthDuration", None),
        (['<= date("9999-12-31")'], "date", None),
        (["> 1e6000", "<= 1e6000"], "number", None),
        (["-"], "number", None),
        (["null"], "number", "“n” is known"),
        (["> limit"], "number", None),
        (["> 3", "ends with(?, x)"], "number", None),
        ([], "number", "whatever the inputs are"),
    ],
)
def test_a_gap_is_told_with_an_example(tests: list[str], kind: str, words: str | None) -> None:
    found = said(table(["n"], ["x"], rows(*tests), types={"n": kind}), GAP)
    assert [element for element, _, _ in found] == ["p"] * (words is not None)
    assert all(words in message for _, _, message in found if words)


@pytest.mark.parametrize(
    ("policy", "options", "gap"),
    [
        ("UNIQUE", {}, True),
        ("FIRST", {}, True),
        ("ANY", {}, True),
        ("PRIORITY", {"values": {"x": "1, 2"}}, True),
        ("COLLECT", {}, False),
        ("RULE ORDER", {}, False),
        ("OUTPUT ORDER", {"values": {"x": "1, 2"}}, False),
        ("UNIQUE", {"defaults": {"x": "0"}}, False),
        ("UNIQUE", {"allowed": {"n": "> 3"}}, False),
    ],
)
def test_only_tables_that_owe_an_answer_have_gaps(policy: str, options: dict[str, Any], gap: bool) -> None:
    assert bool(said(table(["n"], ["x"], rows("> 3"), policy=policy, **options), GAP)) == gap


def test_a_gap_in_two_columns() -> None:
    logic = table(
        ["kind", "urgent"],
        ["x"],
        [(['"phone"', "true"], ["1"]), (['"phone"', "false"], ["2"]), (['"video"', "true"], ["3"])],
        allowed={"kind": '"phone", "video"'},
    )
    assert said(logic, GAP) == [
        ("p", GAP, "No row fits when “kind” is “video” and “urgent” is false: the case would stop here.")
    ]


def test_columns_that_look_at_one_fact_are_not_mixed() -> None:
    """No n is above 5 in one column and not in the other."""
    logic = table(["n", "n"], ["x"], [(["> 5", "> 5"], ["1"]), (["<= 5", "<= 5"], ["2"])])
    assert said(logic) == []
    logic = table(["n", "n > 5"], ["x"], [(["> 5", "true"], ["1"]), (["<= 5", "false"], ["2"])])
    assert said(logic) == []


def test_overlaps_are_told_at_the_lower_row() -> None:
    assert said(table(["n"], ["x"], rows("< 10", "[5..20]", ">= 20"))) == [
        ("r2", "dmn-overlap", "Rows 1 and 2 both fit when “n” is 5, and only one may."),
        ("r3", "dmn-overlap", "Rows 2 and 3 both fit when “n” is 20, and only one may."),
    ]
    assert said(table(["n"], ["x"], rows("< 10", "[5..20]", ">= 20"), policy="COLLECT")) == []


def test_a_catch_all_row_in_a_unique_table() -> None:
    [(element, _, message)] = said(table(["n"], ["x"], rows('"a"', "-")))
    assert (element, message) == ("r2", "Rows 1 and 2 both fit when “n” is “a”, and only one may.")


def test_any_may_overlap_if_the_rows_agree() -> None:
    agreeing = [(["> 0"], ["1"]), (["> 5"], ["1.0"]), (["<= 0"], ["2"])]
    assert said(table(["n"], ["x"], agreeing, policy="ANY")) == []
    disagreeing = [(["> 0"], ["1"]), (["> 5"], ["true"]), (["<= 0"], ["2"])]
    assert said(table(["n"], ["x"], disagreeing, policy="ANY")) == [
        ("r2", "dmn-overlap", "Rows 1 and 2 both fit when “n” is 6, and say different things.")
    ]


def test_rows_that_never_count() -> None:
    first = table(["n"], ["x"], rows("< 10", "[3..5]", "> limit", "-", '"a"'), policy="FIRST")
    assert said(first) == [
        ("r2", "dmn-shadowed", "Row 2 never counts: whenever it fits, a row above it does."),
        ("r5", "dmn-shadowed", "Row 5 never counts: whenever it fits, a row above it does."),
    ]
    never = table(["kind"], ["x"], rows('"a"', '"b"', '"letter"'), allowed={"kind": '"a", "b"'})
    assert said(never) == [("r3", "dmn-never", "Row 3 never fits: no value that its columns can have does.")]


def test_rows_are_shadowed_by_several_together() -> None:
    logic = table(["a", "b"], ["x"], [(["true", "-"], ["1"]), (["false", "-"], ["2"]), (["-", "> 3"], ["3"])])
    logic = logic.replace('hitPolicy="UNIQUE"', 'hitPolicy="FIRST"')
    assert said(logic, "dmn-shadowed") == []  # a not known, b above 3
    logic = table(["a"], ["x"], rows("< 5", ">= 5", "[1..9]", "null", "-"), policy="FIRST")
    assert [element for element, _, _ in said(logic, "dmn-shadowed")] == ["r3", "r5"]


@pytest.mark.parametrize(
    ("kind", "tests", "element", "words"),
    [
        ("number", ["> 5", '"5"', "<= 5"], "r2", "Row 2, column “n”: “5” is text, and the column holds numbers"),
        ("date", ['"2026-03-01"', '> date("2026-03-01")'], "r1", "“2026-03-01” is text, and the column holds dates"),
        ("string", ["> 5", "<= 5"], "p", "is said to hold text, and its cells compare with numbers"),
        ("boolean", ['"yes"', '"no"'], "p", "is said to hold true or false, and its cells compare with text"),
    ],
)
def test_cells_of_another_type_than_their_column(kind: str, tests: list[str], element: str, words: str) -> None:
    [(where, _, message)] = said(table(["n"], ["x"], rows(*tests), types={"n": kind}), "dmn-type")
    assert where == element
    assert words in message


def test_outputs_of_another_type_than_their_column() -> None:
    logic = table(["n"], ["x"], [(["> 5"], ["5"]), (["<= 5"], ['"five"'])], types={"x": "number"})
    [(element, _, message)] = said(logic, "dmn-type")
    assert (element, message) == ("r2", "Row 2, column “x”: “five” is text, and the column holds numbers.")
    dates = table(["n"], ["x"], [(["> 5"], ['"2026-03-01"']), (["<= 5"], ["today()"])], types={"x": "date"})
    assert said(dates) == []


def test_outputs_that_the_column_does_not_list() -> None:
    logic = table(
        ["n"],
        ["urgency"],
        [(["> 5"], ['"high"']), (["> 3"], ['"hihg"']), (["-"], ["given"])],
        policy="PRIORITY",
        values={"urgency": '"high", "low"'},
        defaults={"urgency": '"none"'},
    )
    found = [one for one in check(dmn(decision("p", logic)), "p.dmn") if one.rule == "dmn-output-value"]
    assert [(one.element, one.severity, one.message) for one in found] == [
        ("p", "error", 'The default says “none”, and the column “urgency” allows "high", "low".'),
        ("r2", "error", 'Row 2 says “hihg”, and the column “urgency” allows "high", "low".'),
    ]


def test_a_finding_names_the_cell_if_it_has_an_id() -> None:
    logic = table(["n"], ["x"], rows('"5"', "> 5", "<= 5"), types={"n": "number"})
    logic = logic.replace("<inputEntry>", '<inputEntry id="cell">', 1)
    assert [element for element, _, _ in said(logic, "dmn-type")] == ["cell"]
    broken = logic.replace("&quot;5&quot;", "5 5").replace('"5"', "5 5")
    assert [element for element, _, _ in said(broken, "dmn-expression")] == ["cell"]


def test_an_answer_without_an_arrow() -> None:
    """Nobody has worked it out: it would be null, in silence."""
    drawn = (
        decision("risk", literal("age > 60"), variable="at risk"),
        decision("p", literal("if at risk then 1 else 2")),
    )
    [found] = check(dmn(*drawn), "p.dmn")
    assert (found.element, found.rule, found.severity) == ("p", "dmn-arrow", "warning")
    assert found.message == "The decision “p” reads “at risk”, and no arrow comes from “risk”."
    with_arrow = (drawn[0], decision("p", literal("if at risk then 1 else 2"), requires=["risk"]))
    assert check(dmn(*with_arrow), "p.dmn") == []


def test_types_of_the_file_are_followed(environment: Environment) -> None:
    types = (
        '<itemDefinition name="tKind"><typeRef>tText</typeRef><allowedValues><text>"a", "b"</text></allowedValues>'
        '</itemDefinition><itemDefinition name="tText"><typeRef>string</typeRef></itemDefinition>'
        '<itemDefinition name="tDay"><typeRef>date</typeRef></itemDefinition>'
        '<itemDefinition name="tRound"><typeRef>tRound</typeRef></itemDefinition>'
    )
    logic = table(["kind"], ["x"], rows('"a"', '"b"'), types={"kind": "tKind"})
    assert check(dmn(types, decision("p", logic)), "p.dmn") == []
    days = table(["day"], ["x"], rows('< date("2026-03-01")', "-"), types={"day": "tDay"}, policy="FIRST")
    made = load(dmn(types, decision("p", days)))["p"]
    assert made.decide({"day": "2026-02-01"}, environment).value == 1
    assert check(dmn(types, decision("p", table(["n"], ["x"], rows("-"), types={"n": "tRound"}))), "p.dmn") == []


def test_decisions_that_require_one_another_without_end() -> None:
    chain = [decision(f"d{n}", literal("1"), requires=[f"d{n + 1}"]) for n in range(3_000)]
    found = check(dmn(*chain, decision("d3000", literal("1"))), "p.dmn")
    assert found[0].rule == "dmn-chain"
    several = [decision(f"d{n}", literal("1"), requires=[f"d{n + 1}"] * 3) for n in range(40)]
    assert check(dmn(*several, decision("d40", literal("1"))), "p.dmn") == []
    assert len(check(dmn(*several, decision("d40", literal("1 +"))), "p.dmn")) == 1


def test_large_tables_are_judged_or_left_alone() -> None:
    many = table(["n"], ["x"], rows(*(f'"{n}"' for n in range(200)), '"7"', "-"), policy="FIRST")
    assert [rule for _, rule, _ in said(many)] == ["dmn-twins"]
    dice = random.Random(3)  # noqa: S311 # a seed for tests, no secret
    names = [f"c{n}" for n in range(12)]
    wide = [([f"> {dice.randint(0, 99)}" for _ in names], ["1"]) for _ in range(80)]
    assert {rule for _, rule, _ in said(table(names, ["x"], wide))} == {"dmn-gap", "dmn-overlap"}


VALUES: dict[str, list[Any]] = {
    "n": [half / 2 for half in range(-3, 14)],
    "s": ["a", "b", "c", "zz"],
    "b": [True, False],
}
CELLS = {
    "n": [
        "-",
        "< 2",
        "<= 2",
        "> 2",
        ">= 4",
        "[2..4]",
        "(2..4)",
        "3",
        "not(3)",
        "1, 5",
        "? < 2 or ? > 4",
        "not([1..4))",
    ],
    "s": ["-", '"a"', '"b"', '"a", "c"', 'not("a")', 'not("a", "b")', '? != "c"'],
    "b": ["-", "true", "false", "not(true)"],
}


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("policy", ["UNIQUE", "FIRST"])
def test_lint_agrees_with_the_table_itself(seed: int, policy: str, environment: Environment) -> None:
    """Every input, tried one by one, against what lint worked out."""
    dice = random.Random(seed)  # noqa: S311 # a seed for tests, no secret
    names = dice.sample(["n", "s", "b"], dice.randint(1, 3))
    many = dice.randint(1, 6)
    drawn = [([dice.choice(CELLS[name]) for name in names], [str(row)]) for row in range(many)]
    data = dmn(decision("p", table(names, ["x"], drawn, policy=policy, types={"b": "boolean"})))
    gaps, clashes, counted = False, False, set[int]()
    for values in itertools.product(*([*VALUES[name], None] for name in names)):
        try:
            counted.add(load(data)["p"].decide(dict(zip(names, values, strict=True)), environment).value)
        except NoRuleMatched:
            gaps = gaps or None not in values
        except SeveralRulesMatched as error:
            clashes = True
            counted |= {row - 1 for row in error.rows}
    found = check(data, "p.dmn")
    twins = {one.element for one in found if one.rule == "dmn-twins"}
    silent = {f"r{row + 1}" for row in range(many) if row not in counted} - twins
    assert any(one.rule == GAP for one in found) == gaps
    assert (
        any(one.rule == "dmn-overlap" or (one.rule == "dmn-twins" and policy == "UNIQUE") for one in found) == clashes
    )
    assert {one.element for one in found if one.rule in ("dmn-shadowed", "dmn-never")} == silent


PIECES = [
    *('"a"', '"b"', "1", "2.5", "1e6000", "-3", "[1..5]", "(2..3]", "< 3", "not(1)", "null", "true", "-", ""),
    *('date("2026-03-01")', '< @"2026-03-01"', '@"9999-12-31"', '@"0001-01-01"', '@"0001-01-01T00:00:00"'),
    *('time("12:00:00+01:00")', '< time("00:00:00")', '@"P1D"', '@"P999999999Y"', '> duration("P999999999D")'),
    *('> @"2026-03-01T12:00:00@Europe/London"', "? > 3", "x", '["a", 1]', "{a: 1}", "? between 1 and 3"),
]
TYPES = ["string", "number", "integer", "boolean", "date", "time", "dateTime", "dayTimeDuration", "yearMonthDuration"]


@pytest.mark.parametrize("seed", range(10))
def test_no_table_makes_lint_stumble(seed: int) -> None:
    """Any cells under any types: findings of a bounded length, and never a traceback."""
    dice = random.Random(seed)  # noqa: S311 # a seed for tests, no secret
    read = 0
    for _ in range(40):
        names = [f"c{n}" for n in range(dice.randint(1, 3))]
        drawn = [([dice.choice(PIECES) for _ in names], [dice.choice(PIECES)]) for _ in range(dice.randint(0, 6))]
        logic = table(
            names,
            ["x"],
            drawn,
            policy=dice.choice(["UNIQUE", "FIRST", "ANY", "PRIORITY", "COLLECT"]),
            types={name: dice.choice([*TYPES, ""]) for name in [*names, "x"]},
            values={"x": '"a", 1'},
            allowed={"c0": dice.choice(PIECES)} if dice.random() < 0.2 else {},
        )
        found = check(dmn(decision("p", logic)), "p.dmn")
        read += not any(one.rule == "dmn-expression" for one in found)
        assert all(len(one.message) < 600 for one in found)
    assert read
