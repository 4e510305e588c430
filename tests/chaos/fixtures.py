"""Furnished databases for the tests of cases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.settings import Settings
from tests.chaos.world import World, furnish


@pytest.fixture
def world(settings: Settings) -> Iterator[World]:
    """Both databases in turn."""
    made = furnish(settings)
    yield made
    made.engine.dispose()


@pytest.fixture
def postgres_world(postgres_settings: Settings) -> Iterator[World]:
    made = furnish(postgres_settings)
    yield made
    made.engine.dispose()


@pytest.fixture
def sqlite_world(sqlite_settings: Settings) -> Iterator[World]:
    made = furnish(sqlite_settings)
    yield made
    made.engine.dispose()
