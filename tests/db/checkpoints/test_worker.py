"""The worker writes checkpoints in time, says once a minute what is wrong with the log, and goes on with the rest."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from app import db
from app.cases import Waymark, queries
from app.history.checkpoints import folder as files
from app.identity import clock
from app.settings import Settings
from app.worker import Worker
from tests.chaos.world import World, days


@pytest.fixture
def w(sqlite_world: World) -> Waymark:
    settings = replace(sqlite_world.waymark.settings, checkpoints=sqlite_world.waymark.settings.var / "log")
    return replace(sqlite_world.waymark, settings=settings)


def notes(w: Waymark) -> list[int]:
    assert w.settings.checkpoints is not None
    return files.numbers(w.settings.checkpoints)


def test_it_writes_by_the_clock_of_the_cases(sqlite_world: World, w: Waymark) -> None:
    sqlite_world.start()
    worker = Worker(w)
    worker.tick()
    worker.tick()
    assert notes(w) == [1]
    with db.transaction(w.engine) as connection:
        clock.advance(connection, days(1) / 24, demo=True)
    worker.tick()
    assert notes(w) == [1, 2]
    assert queries.verify_history(w).whole


def test_a_log_that_cannot_be_written_is_said_once_a_minute(
    sqlite_world: World, w: Waymark, caplog: pytest.LogCaptureFixture
) -> None:
    sqlite_world.start()
    assert w.settings.checkpoints is not None
    w.settings.checkpoints.write_text("a file where the folder should be")
    caplog.set_level(logging.INFO)
    worker = Worker(replace(w, settings=replace(w.settings, tick_seconds=20)))
    for _ in range(6):
        worker.tick()
    said = [one for one in caplog.records if one.getMessage() == "checkpoint not written"]
    assert [getattr(one, "reason", "") for one in said] == ["no-log"] * 2
    # the rest went on, the nightly check among it: it says that the log could not be read
    assert [one for one in caplog.records if one.getMessage() == "tick" and getattr(one, "part", "") == "verify"]
    w.settings.checkpoints.unlink()
    worker.tick()
    assert notes(w) == [1]


@pytest.mark.parametrize(
    ("given", "expected"), [("", "here/checkpoints"), ("/elsewhere", "/elsewhere"), ("off", None), ("OFF", None)]
)
def test_each_machine_says_where_its_log_lies(tmp_path: Path, given: str, expected: str | None) -> None:
    env = {"WAYMARK_VAR": str(tmp_path / "here"), "WAYMARK_CHECKPOINTS": given, "WAYMARK_CHECKPOINT_MINUTES": "15"}
    settings = Settings.from_env(env)
    assert settings.checkpoints == (tmp_path / expected if expected else None)
    assert settings.checkpoint_minutes == 15
    assert settings.checkpoint_key == tmp_path / "here" / "checkpoint.key"
    assert Settings.from_env({**env, "WAYMARK_CHECKPOINT_KEY_FILE": "/kept/key"}).checkpoint_key == Path("/kept/key")
