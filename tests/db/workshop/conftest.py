from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.settings import Settings
from tests.db.workshop.shop import Shop, opened


@pytest.fixture
def shop(settings: Settings) -> Iterator[Shop]:
    """Both databases in turn."""
    yield from _of(settings)


@pytest.fixture
def small_shop(sqlite_settings: Settings) -> Iterator[Shop]:
    """For what no database does in its own way."""
    yield from _of(sqlite_settings)


def _of(settings: Settings) -> Iterator[Shop]:
    made = opened(settings)
    yield made
    made.w.engine.dispose()
