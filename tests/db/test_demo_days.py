"""The demo is there whatever the day: a story that cannot go on around bank holidays does not keep the others away."""

from __future__ import annotations

import logging

import pytest
import sqlalchemy as sa

from app import db, definitions
from app.cases import Waymark, demo
from app.cases.scenario.reading import parse
from app.cases.tables import case
from app.settings import Settings
from tests.chaos.world import NOW, referral
from tests.db.scenarios.test_player import REFERRAL, START

STUCK = {"who": "ruth.bell", "task": "give_consent", "answers": {}}
GOES, STOPS = (
    parse({"title": title, "process": "referral", "step": steps})
    for title, steps in (("A porter", [START]), ("Too early", [{**START, "answers": REFERRAL}, STUCK]))
)


def test_a_story_that_stops_keeps_no_other_away(
    sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    waymark = Waymark.open(sqlite_settings)
    with db.transaction(waymark.engine) as connection:
        definitions.deploy(connection, referral(), "system", "first", NOW)
    monkeypatch.setattr(demo, "stories", lambda: [STOPS, GOES])
    with caplog.at_level(logging.WARNING, "waymark.demo"):
        assert demo.seed(waymark, NOW)
    with db.reading(waymark.engine) as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(case)).scalar_one() == 2
    assert [getattr(one, "story", "") for one in caplog.records if one.name == "waymark.demo"] == ["Too early"]
    waymark.engine.dispose()
