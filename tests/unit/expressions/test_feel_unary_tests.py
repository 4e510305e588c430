"""Cells of decision tables (DMN 1.3, 10.3.1.2 grammar rules 7 to 18)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.expressions import ExpressionError, parse


@pytest.mark.parametrize(
    ("cell", "value", "matches"),
    [
        ("-", None, True),
        ("-", 5, True),
        ("5", 5, True),
        ("5", 6, False),
        ("-5", -5, True),
        ("- 5", -5, True),
        ("< 3", 2, True),
        ("< 3, > 8", 9, True),
        ("< 3, > 8", 5, False),
        ("<= limit", 5, True),
        ("[1..5]", 5, True),
        ("[1..5)", 5, False),
        ("]1..5[", 1, False),
        ("(1..5]", 1, False),
        ("[1..5], 9", 9, True),
        ('"a"', "a", True),
        ('"a","b"', "b", True),
        ('"a","b"', "c", False),
        ('not("a")', "b", True),
        ('not("a","b")', "b", False),
        ("not(< 3)", 5, True),
        ("not([1..5])", 6, True),
        ("not([1..5])", None, True),
        ("? > 3", 4, True),
        ("? > 3 and ? < 6", 7, False),
        ('contains(?, "x")', "axb", True),
        ("? in [1, 2]", 2, True),
        ("true", True, True),
        ("true", False, False),
        ("true", None, False),
        ("flag", None, False),
        ("flag", True, True),
        ("false", False, True),
        ("null", None, True),
        ("null", 5, False),
        ("5", None, False),
        ("> 5", None, False),
        ("[1, 2, 5]", 5, True),
        ("allowed", "b", True),
        ('date("2026-03-15")', "2026-03-15", False),
        ("even(?)", 4, True),
        ("limit > 4", "anything", True),
        ("limit > 7", "anything", False),
        ("= 5", 5, True),
        ("!= 5", 5, False),
        ("0.1", 0.1, True),
        ('not(? = "a")', "b", True),
    ],
)
def test_cells(fits: Callable[..., Any], cell: str, value: Any, matches: bool) -> None:
    assert fits(cell, value, limit=5, allowed=["a", "b"], flag=True) is matches


@pytest.mark.parametrize("cell", ["", "<", "1,,2", "5 6", "not(", "== 5", "- -", "'a'"])
def test_cells_that_say_nothing_are_refused(cell: str) -> None:
    with pytest.raises(ExpressionError):
        parse(cell, unary=True)
