from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.settings import Settings
from tests.db.messages.town import Town, town


@pytest.fixture(name="town")
def _town(furnished_settings: Settings) -> Iterator[Town]:
    """Both databases in turn."""
    made = town(furnished_settings)
    yield made
    made.engine.dispose()


@pytest.fixture
def postgres_town(furnished_postgres: Settings) -> Iterator[Town]:
    made = town(furnished_postgres)
    yield made
    made.engine.dispose()
