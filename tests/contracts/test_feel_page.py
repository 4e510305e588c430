"""docs/feel.md stays true: every example of the page is worked out, every function and budget stands in it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.expressions import Environment, ExpressionError, limits, parse
from app.expressions.compare import equal
from app.expressions.functions import NAMES
from app.expressions.run import Run
from app.workdays import Calendar

PAGE = (Path(__file__).parents[2] / "docs" / "feel.md").read_text(encoding="utf-8")
FACTS = json.loads(PAGE.split("```json\n")[1].split("```")[0])
EXAMPLES = [
    line.split("  // ")
    for block in re.findall(r"```feel\n(.*?)```", PAGE, re.DOTALL)
    for line in block.strip().split("\n")
]
ENVIRONMENT = Environment(datetime(2026, 3, 3, 9, tzinfo=UTC), Calendar())


@pytest.mark.parametrize(("source", "says"), EXAMPLES, ids=[source for source, _ in EXAMPLES])
def test_an_example_gives_what_the_page_says(source: str, says: str) -> None:
    if says.startswith("refused: "):
        with pytest.raises(ExpressionError) as refused:
            parse(source).evaluate(FACTS, ENVIRONMENT)
        assert says.removeprefix("refused: ") in refused.value.message
        return
    given, told = (parse(text).value(FACTS, ENVIRONMENT) for text in (source, says))
    assert equal(Run({}, ENVIRONMENT, 0, None), given, told) is True, given


def test_every_function_has_an_example() -> None:
    text = "\n".join(source for source, _ in EXAMPLES)
    assert [name for name in sorted(NAMES) if f"{name}(" not in text] == []


@pytest.mark.parametrize(
    "limit", ["SOURCE", "NESTING", "FUEL", "STRING", "NODES", "VALUE_DEPTH", "DIGITS", "STRING_STEP"]
)
def test_the_budgets_are_those_that_hold(limit: str) -> None:
    budgets = PAGE.split("## Budgets")[1]
    assert re.search(rf"(?<![\d,]){getattr(limits, limit):,}(?![\d,])", budgets)
