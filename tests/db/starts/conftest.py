from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.settings import Settings
from tests.db.starts.village import Village, village


@pytest.fixture(name="village")
def _village(furnished_settings: Settings) -> Iterator[Village]:
    """Both databases in turn."""
    made = village(furnished_settings)
    yield made
    made.engine.dispose()


@pytest.fixture
def one_village(furnished_sqlite: Settings) -> Iterator[Village]:
    """What no database does otherwise."""
    made = village(furnished_sqlite)
    yield made
    made.engine.dispose()
