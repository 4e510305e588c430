from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.settings import Settings
from tests.db.said.square import Square, square


@pytest.fixture(name="square")
def _square(furnished_settings: Settings) -> Iterator[Square]:
    """Both databases in turn."""
    made = square(furnished_settings)
    yield made
    made.engine.dispose()
