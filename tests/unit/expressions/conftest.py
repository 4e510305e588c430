"""The world in which the expressions of these tests run: nine on Tuesday 3 March 2026 in London."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from app.expressions import Environment, parse
from app.workdays import Calendar


@pytest.fixture(scope="session")
def environment() -> Environment:
    return Environment(datetime(2026, 3, 3, 9, tzinfo=UTC), Calendar())


@pytest.fixture(scope="session")
def feel(environment: Environment) -> Callable[..., Any]:
    """Evaluates FEEL with the facts given by name."""

    def evaluate(source: str, **facts: Any) -> Any:
        return parse(source).evaluate(facts, environment)

    return evaluate


@pytest.fixture(scope="session")
def fits(environment: Environment) -> Callable[..., Any]:
    """Whether a value passes the unary tests of a cell."""

    def evaluate(source: str, value: Any, **facts: Any) -> Any:
        return parse(source, unary=True).evaluate(facts, environment, value)

    return evaluate
