from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from dmn_builder import decision, dmn

from app.decisions import DecisionResult, load
from app.expressions import Environment
from app.workdays import Calendar


@pytest.fixture(scope="session")
def environment() -> Environment:
    return Environment(datetime(2026, 3, 3, 9, tzinfo=UTC), Calendar())


@pytest.fixture(scope="session")
def decide(environment: Environment) -> Callable[..., DecisionResult]:
    """Decides a single table or literal expression for the facts given by name."""

    def made(logic: str, **facts: Any) -> DecisionResult:
        return load(dmn(decision("policy", logic)))["policy"].decide(facts, environment)

    return made
