"""Tables that say who is Responsible, Accountable, Consulted or Informed: whatever the inputs, one is Accountable."""

from __future__ import annotations

import pytest

from app import decisions
from tests.unit.decisions.dmn_builder import decision, dmn, table

Row = tuple[list[str], list[str]]


def found(*rows: tuple[str, str, str], policy: str = "RULE ORDER", allowed: str = "", more: str = "-") -> list[str]:
    """Findings about RACI in a table of (employer, role, letter); `more`: what every row asks of the day."""
    drawn: list[Row] = [([employer, more], [f'"{role}"', letter]) for employer, role, letter in rows]
    made = table(
        ["employer", "day"], ["role", "raci"], drawn, policy=policy, allowed={"employer": allowed} if allowed else {}
    )
    told = decisions.check(dmn(decision("parts", made)), "parts.dmn")
    return [f"{one.severity} {one.rule}: {one.message}" for one in told if "raci" in one.rule]


MANAGER = ("-", "line_manager", '"A"')
EMPLOYEE = ("-", "employee", '"C"')
NOBODY = "error dmn-raci: Nobody is accountable (A) "
SEVERAL = "error dmn-raci: More than one is accountable (A) "


@pytest.mark.parametrize("policy", ["RULE ORDER", "COLLECT"])
@pytest.mark.parametrize("letter", ["R", "C", "I"])
def test_one_accountable_is_sound(policy: str, letter: str) -> None:
    hr = ('"mill"', "hr", f'"{letter}"')
    assert found(MANAGER, hr, EMPLOYEE, policy=policy) == []


def test_by_employer() -> None:
    """Each has its own, and of any other nobody meets."""
    mill, yard = ('"mill"', "line_manager", '"A"'), ('"yard"', "hr", '"A"')
    assert found(mill, yard, ('"mill","yard"', "employee", '"C"')) == []


@pytest.mark.parametrize(
    ("rows", "allowed", "expected"),
    [
        ([EMPLOYEE], "", [NOBODY + "whatever the inputs are."]),
        ([MANAGER, ("-", "hr", '"A"')], "", [SEVERAL + "whatever the inputs are."]),
        ([MANAGER, ('"mill"', "hr", '"A"')], "", [SEVERAL + "when “employer” is “mill”."]),
        ([('"mill"', "hr", '"A"'), EMPLOYEE], "", [NOBODY + "when “employer” is any other text."]),
        ([('"mill"', "hr", '"A"'), EMPLOYEE], '"mill"', []),
        ([('"mill"', "hr", '"A"'), EMPLOYEE], '"mill","yard"', [NOBODY + "when “employer” is “yard”."]),
        ([('not("mill")', "hr", '"A"'), ('"mill"', "x", '"A"'), EMPLOYEE], "", []),
    ],
)
def test_nobody_and_several_are_found(rows: list[tuple[str, str, str]], allowed: str, expected: list[str]) -> None:
    assert found(*rows, allowed=allowed) == expected


@pytest.mark.parametrize("letter", ['"X"', '"a"', "1", "employer", '"A, C"', ""])
def test_other_letters_are_refused(letter: str) -> None:
    said = "error dmn-raci: Row 2 does not say R, A, C or I in the column “raci”."
    assert found(MANAGER, ("-", "hr", letter)) == [said]


@pytest.mark.parametrize("policy", ["FIRST", "UNIQUE", "ANY"])
def test_a_table_that_answers_with_one_row_cannot_say_it(policy: str) -> None:
    (said,) = found(MANAGER, EMPLOYEE, policy=policy)
    assert "answers with one row alone" in said


def test_what_cannot_be_worked_out_is_a_doubt_and_no_error() -> None:
    doubt = "warning dmn-raci-unsure"
    assert [one.partition(":")[0] for one in found(MANAGER, ("limit * 2", "hr", '"A"'))] == [doubt]
    # what does not touch who is accountable is none
    assert found(MANAGER, ("limit * 2", "hr", '"C"')) == []


def test_dates_take_part() -> None:
    assert found(MANAGER, EMPLOYEE, more='>= date("2026-11-01")') == []
    assert found(MANAGER, MANAGER, more='>= date("2026-11-01")') != []


def test_other_tables_are_not_looked_at() -> None:
    made = table(["employer"], ["role"], [(["-"], ['"hr"'])], policy="RULE ORDER")
    assert [one for one in decisions.check(dmn(decision("parts", made)), "parts.dmn") if "raci" in one.rule] == []
