from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.settings import Settings
from tests.db.starts.village import Village, village


@pytest.fixture(name="village")
def _village(settings: Settings) -> Iterator[Village]:
    """Both databases in turn."""
    made = village(settings)
    yield made
    made.engine.dispose()


@pytest.fixture
def one_village(sqlite_settings: Settings) -> Iterator[Village]:
    """What no database does otherwise."""
    made = village(sqlite_settings)
    yield made
    made.engine.dispose()
