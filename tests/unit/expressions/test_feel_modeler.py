"""What people type in Camunda Modeler, and what they read if it cannot be understood."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.expressions import ExpressionError, Literal, from_modeler, parse, timer

Feel = Callable[..., Any]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("${a && !b}", True),
        ("${a && b}", False),
        ("${b || a}", True),
        ("#{a}", True),
        (" ${ a } ", True),
        ('=consent = "given"', True),
        ('${consent = "given"}', True),
        ("${consent == 'given'}", True),
        ("${consent eq 'given' and n gt 3}", True),
        ("${consent ne 'given' or n le 3}", False),
        ("${n lt 6 and n ge 5}", True),
        ("${n != 5}", False),
        ("${!(n > 3)}", False),
        ("${not (n > 3)}", False),
        ("${not n > 3}", False),
        ("${not a or a}", True),
        ("${not b}", True),
        ("${!a}", False),
        ("${empty missing}", True),
        ("${!empty consent}", True),
        ("${not empty consent}", True),
        ("${empty none and empty []}", True),
        ("${empty policy.unknown}", True),
        ("${policy.days + 1}", 6),
        ("${n > 3 ? 'many' : 'few'}", "many"),
        ("${n div 2}", 2.5),
        ("${null == missing}", True),
        ("${true}", True),
        ("${'it\\'s'}", "it's"),
        ("${not(a)}", False),
    ],
)
def test_modeler_spellings(feel: Feel, source: str, value: Any) -> None:
    assert isinstance(from_modeler(source), str)
    assert feel(source, a=True, b=False, consent="given", n=5, policy={"days": 5}, none="") == value


def test_a_literal_stays_a_literal() -> None:
    assert from_modeler("employee") == Literal("employee")
    assert from_modeler("") == Literal("")
    assert from_modeler("$5 {each}") == Literal("$5 {each}")


def test_an_expression_inside_text_is_refused() -> None:
    with pytest.raises(ExpressionError, match="whole of the text") as refused:
        from_modeler("Dear ${name}")
    assert refused.value.position == 5


@pytest.mark.parametrize("source", ["a && b", "a || b", "a == b", "!a", "'a'", "a ? 1 : 2", "a eq b", "not a"])
def test_modeler_spellings_are_not_feel(source: str) -> None:
    with pytest.raises(ExpressionError):
        parse(source)


@pytest.mark.parametrize(
    ("source", "position", "words"),
    [
        ("${a && }", 7, "a value is missing"),
        ("=1 +", 4, "a value is missing"),
        ("a b", 2, "there is more: “b”"),
        ('a = "given', 4, "no closing quotation mark"),
        ("a = “given”", 4, "straight quotation marks"),
        ("(1 + 2", 6, "closing bracket"),
        ("[1, 2", 5, "end of the list"),
        ("{a 1}", 3, "a name with a colon"),
        ("if a then b", 11, "answer for no"),
        ("for x in xs", 11, "“return” is missing"),
        ("a & b", 2, "Write “and”"),
        ("a; b", 1, "One expression only"),
        ('@"yesterday"', 0, "not a date, time or duration"),
        ("x.", 2, "after the dot"),
        ("1..5", 1, "there is more"),
        ("[1..5", 5, "end of the range"),
        ("x instance of thing", 14, "no type “thing”"),
        ("{a: 1, a: 2}", 7, "given twice"),
        ("", 0, "a value is missing"),
        ("then", 0, "cannot stand here"),
        ("a\n  and and", 8, "cannot stand here"),
    ],
)
def test_faults_point_at_the_character(source: str, position: int, words: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        parse(source)
    assert words in refused.value.detail
    assert refused.value.position == position
    lines = refused.value.pointer().split("\n")
    assert lines[0] in source
    assert lines[1].strip() == "^"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("P3D", "duration"),
        (" PT4H ", "duration"),
        ("P1Y2M3W4DT5H6M7.5S", "duration"),
        ("R/P7D", "cycle"),
        ("R3/PT1H", "cycle"),
        ("R5/2026-03-01T09:00/P1M", "cycle"),
        ("2026-03-01", "date"),
        ("2026-03-01T09:00", "date"),
        ("2026-03-01T09:00:00.5+01:00", "date"),
        ("${workdays(2)}", "expression"),
        ("=workdays(2)", "expression"),
        ("workdays(2)", "expression"),
        ("P", "expression"),
        ("R/P", "expression"),
    ],
)
def test_timers(text: str, kind: str) -> None:
    found = timer(text)
    assert found.kind == kind
    assert found.text == (text if kind == "expression" else text.strip())


@pytest.mark.parametrize(
    ("text", "words"), [("2026-02-30", "no date"), ("R/PT0S", "some time between"), ("R/2026-13-01/P1D", "no date")]
)
def test_timers_that_cannot_be(text: str, words: str) -> None:
    with pytest.raises(ExpressionError, match=words):
        timer(text)
