"""Every shipped story goes as it is written, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app import db
from app.cases import Waymark, scenario
from app.cases.tables import case, message, subscription
from app.settings import ROOT
from tests.chaos.invariants import broken

SCENARIOS = sorted((ROOT / "processes").glob("*/scenarios/*.toml"))
pytestmark = pytest.mark.parametrize("house", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def alone(house: Waymark) -> Iterator[Waymark]:
    """Stories share the people: what is left of one must not hear, or be heard by, the next."""
    yield house
    with db.transaction(house.engine) as connection:
        connection.execute(subscription.delete())
        connection.execute(message.update().where(message.c.state == "waiting").values(state="given_up"))
        connection.execute(case.update().values(next_due_at=None))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_a_story_goes_as_it_is_written(alone: Waymark, path: Path) -> None:
    playing = scenario.play_through(alone, scenario.read(path))
    assert broken(alone, playing.story.ids) == []
