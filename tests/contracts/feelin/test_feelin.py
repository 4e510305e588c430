"""The modeller's own FEEL library as a second opinion on ours: the same value, or no answer from either."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.expressions.values import Months
from tests.contracts.feelin.differences import DIFFERENCES
from tests.contracts.feelin.generated import rows
from tests.contracts.feelin.judging import FEELIN, Row, ours, read, row_of, same, theirs

WRITTEN = read(Path(__file__).parent / "expressions.txt")
KNOWN = {line: name for name, (_, lines) in DIFFERENCES.items() for line in lines}
#: how many expressions the dice make; the nightly run asks for more
GENERATED = int(os.environ.get("WAYMARK_FEELIN", "600"))
SEED = int(os.environ.get("WAYMARK_SEED", "3"))

Judged = list[tuple[Row, Any]]


@pytest.fixture(scope="module")
def judged() -> tuple[Judged, Judged]:
    """What feelin says to the written and to the generated expressions, from one process."""
    if not FEELIN.exists():
        pytest.fail("feelin is not installed: run make setup.")
    made = rows(SEED, GENERATED)
    answers = theirs([*WRITTEN, *made])
    return list(zip(WRITTEN, answers, strict=False)), list(zip(made, answers[len(WRITTEN) :], strict=True))


def unlike(judged: Judged, says: Callable[[Row], Any]) -> list[str]:
    return [f"{row}\n  ours {says(row)!r}\n  feelin {other!r}" for row, other in judged if not same(says(row), other)]


def test_written_expressions_get_the_same_answer(judged: tuple[Judged, Judged]) -> None:
    assert len(WRITTEN) > 500
    assert unlike([pair for pair in judged[0] if str(pair[0]) not in KNOWN], ours) == []


def test_every_known_difference_is_one(judged: tuple[Judged, Judged]) -> None:
    found = {str(row): other for row, other in judged[0]}
    assert KNOWN.keys() <= found.keys()
    assert [line for line in KNOWN if same(ours(row_of(line)), found[line])] == []


def test_generated_expressions_get_the_same_answer(judged: tuple[Judged, Judged]) -> None:
    made = judged[1]
    assert sum(ours(row) is not None for row, _ in made) > 0.9 * len(made), "most should have an answer"
    assert unlike(made, ours) == []


def test_a_wrong_answer_is_found(judged: tuple[Judged, Judged]) -> None:
    """Controls: answers that are a little wrong, and many of the rows say so."""

    def rounded(row: Row) -> Any:
        value = ours(row)
        return float(round(value)) if isinstance(value, float) else value

    def two_valued(row: Row) -> Any:
        return ours(row) or False

    def late(row: Row) -> Any:
        value = ours(row)
        return value + timedelta(days=1) if hasattr(value, "isocalendar") else value

    for says in (rounded, two_valued, late):
        assert len(unlike(judged[0], says)) > len(KNOWN) + 5
        assert unlike(judged[1], says)


@pytest.mark.parametrize(
    ("mine", "other", "alike"),
    [
        (1.0, 1, True),
        (1.0, True, False),
        (True, 1, False),
        (0.1 + 0.2, 0.3, True),
        (1.0, 1.0000001, False),
        (None, False, False),
        ([1.0], [1, 2], False),
        ({"a": 1.0}, {"b": 1}, False),
        (("range", 1.0, 2.0, True, True), ("range", 1, 2, True, False), False),
        (timedelta(), Months(0), False),
        (float(Decimal("0.1")), 0.1, True),
    ],
)
def test_what_counts_as_the_same(mine: Any, other: Any, alike: bool) -> None:
    assert same(mine, other) is alike
