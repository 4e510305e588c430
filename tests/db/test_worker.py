"""The worker: ticks, stops when told, survives a database that is away, shares its work."""

from __future__ import annotations

import io
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
import sqlalchemy as sa
from apscheduler.events import EVENT_JOB_MAX_INSTANCES
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import OperationalError

from app import db, logs, outbox
from app.cases import Waymark
from app.identity import clock as clocks
from app.identity import people
from app.outbox.tables import outbox as table
from app.settings import ROOT, Settings
from app.worker import Worker


@pytest.fixture
def w(settings: Settings) -> Iterator[Waymark]:
    opened = Waymark.open(settings)
    with db.transaction(opened.engine) as conn:
        people.create_organisation(conn, people.Organisation("acme", "Acme", "employer"))
        people.create_person(conn, "Mo Khan", "acme", email="mo@acme.test", person_id="mo")
    yield opened
    opened.engine.dispose()


def put(w: Waymark, now: datetime) -> None:
    row = {"case_id": "c", "task_id": None, "recipient_id": "mo", "template": "x", "params": {"reference": "R-1"}}
    with db.transaction(w.engine) as conn:
        batch = db.Batch()
        outbox.put(batch, [row], now)
        batch.run(conn)


def sent(w: Waymark) -> int:
    with db.reading(w.engine) as conn:
        found: int = conn.execute(sa.select(sa.func.count()).where(table.c.sent_at.is_not(None))).scalar_one()
        return found


def test_a_tick_sends_what_is_due_by_the_moved_clock(w: Waymark, caplog: pytest.LogCaptureFixture) -> None:
    with db.reading(w.engine) as conn:
        now = clocks.read(conn, demo=True).now
    put(w, now + timedelta(days=2))
    Worker(w).tick()
    assert sent(w) == 0
    with db.transaction(w.engine) as conn:
        clocks.advance(conn, timedelta(days=3), demo=True)
    with caplog.at_level(logging.INFO, "waymark.worker"):
        Worker(w).tick()
    assert sent(w) == 1
    assert [record.message for record in caplog.records] == ["tick"]
    assert "Mo" not in str([vars(record) for record in caplog.records])


def test_one_part_that_fails_stops_neither_the_other_nor_the_next_tick(
    w: Waymark, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **_named: Any) -> int:
        raise OperationalError("SELECT", {}, Exception("away"))

    put(w, datetime(2026, 1, 1, tzinfo=UTC))
    worker = Worker(w)
    with monkeypatch.context() as patch:
        patch.setattr("app.worker.commands.fire_due", away)
        worker.tick()
    assert sent(w) == 1
    (failure,) = [record for record in caplog.records if record.message == "tick failed"]
    assert vars(failure)["part"] == "timers"
    worker.tick()
    assert len([record for record in caplog.records if record.message == "tick failed"]) == 1


def test_timers_go_on_until_nothing_is_due(w: Waymark, monkeypatch: pytest.MonkeyPatch) -> None:
    batches = iter([50, 50, 7])
    monkeypatch.setattr("app.worker.commands.fire_due", lambda _w, limit: next(batches))
    assert Worker(w)._timers() == {"cases": 107}


def test_stopping_ends_the_run_after_the_current_tick(w: Waymark, monkeypatch: pytest.MonkeyPatch) -> None:
    began, may_end, ended = threading.Event(), threading.Event(), []

    def slow(_w: Any, limit: int) -> int:
        began.set()
        may_end.wait(10)
        ended.append(limit)
        return 0

    monkeypatch.setattr("app.worker.commands.fire_due", slow)
    worker = Worker(w)
    running = threading.Thread(target=worker.run)
    running.start()
    assert began.wait(10)
    worker.stopping.set()
    may_end.set()
    running.join(10)
    assert not running.is_alive()
    assert len(ended) == 1


@pytest.fixture
def log_lines() -> Iterator[io.StringIO]:
    """What a process of ours logs, as `logs.configure` has it; afterwards as it was."""
    root, names = logging.getLogger(), ("", "apscheduler", "alembic")
    handlers, levels = root.handlers[:], {name: logging.getLogger(name).level for name in names}
    for handler in handlers:
        # `configure` closes those that it finds
        root.removeHandler(handler)
    stream = io.StringIO()
    logs.configure(stream=stream)
    yield stream
    root.handlers[:] = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.parametrize("as_before", [False, True], ids=["now", "control"])
def test_a_tick_that_takes_longer_than_the_time_between_two_is_no_line_of_anybody_elses(
    sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch, log_lines: io.StringIO, as_before: bool
) -> None:
    """The control: APScheduler's own warning, which has no part and is no line of ours."""
    w = Waymark.open(replace(sqlite_settings, tick_seconds=0.01))
    worker, skipped = Worker(w), threading.Event()

    class Watched(BackgroundScheduler):  # type: ignore[misc]  # APScheduler has no types
        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            self.add_listener(lambda _event: skipped.set(), EVENT_JOB_MAX_INSTANCES)

    def slow(_w: Any, limit: int) -> int:
        assert skipped.wait(20)
        worker.stopping.set()
        return 0

    monkeypatch.setattr("app.worker.BackgroundScheduler", Watched)
    monkeypatch.setattr("app.worker.commands.fire_due", slow)
    if as_before:
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
    worker.run()
    loggers = [orjson.loads(line)["logger"] for line in log_lines.getvalue().splitlines()]
    assert (loggers[0], loggers[-1]) == ("waymark.worker", "waymark.worker")
    assert (set(loggers) == {"waymark.worker"}) is not as_before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_process_logs_json_and_stops_with_0(w: Waymark, number: signal.Signals) -> None:
    put(w, datetime(2026, 1, 1, tzinfo=UTC))
    process = subprocess.Popen(
        [sys.executable, "-m", "app.worker"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "WAYMARK_DATABASE_URL": w.settings.database_url,
            "WAYMARK_VAR": str(w.settings.var),
            "WAYMARK_DEMO": "1",
            "WAYMARK_TICK_SECONDS": "0.2",
        },
    )
    assert process.stderr
    first, second = orjson.loads(process.stderr.readline()), orjson.loads(process.stderr.readline())
    process.send_signal(number)
    _, rest = process.communicate(timeout=20)
    assert process.returncode == 0, rest
    assert (first["event"], second["event"], second["part"]) == ("worker started", "tick", "mail")
    assert orjson.loads(rest.splitlines()[-1])["event"] == "worker stopped"
    assert sent(w) == 1
