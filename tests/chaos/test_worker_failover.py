"""Workers are killed while they fire timers: each timer's effect happens once, and none is lost."""

from __future__ import annotations

import mmap
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from unittest import mock

import orjson
import pytest
import sqlalchemy as sa

from app import db
from app.cases import Waymark, commands
from app.cases.firing import fire
from app.cases.locking import lock, lock_next_due
from app.cases.tables import case, timer
from app.clock import SystemClock
from app.history import history_event
from app.identity import clock
from app.outbox.tables import outbox
from tests.chaos.crashing import settings_of_child, settle
from tests.chaos.invariants import broken
from tests.chaos.watch import begin
from tests.chaos.world import World

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]

LONG = bool(os.environ.get("WAYMARK_CHAOS"))
WORKERS = 4
CASES, TIMERS, KILLS = (2000, 10, 1000) if LONG else (300, 10, 100)

Firer = Callable[[Waymark], object]


@dataclass
class Workers:
    """Processes that fire what is due by the database's clock; each shows in shared memory when it works."""

    world: World
    firer: Firer
    at_work: mmap.mmap = field(default_factory=lambda: mmap.mmap(-1, WORKERS))
    pids: dict[int, int] = field(default_factory=dict)
    kills: int = 0

    def hire(self, number: int) -> None:
        self.at_work[number] = 0
        pid = os.fork()
        if pid == 0:
            self._work(number)
        self.pids[number] = pid

    def _work(self, number: int) -> None:
        """Never returns."""
        try:
            waymark = Waymark.open(settings_of_child(self.world.waymark.settings))
            with mock.patch.object(db, "transaction", self._shown(number)):
                while True:
                    self.firer(waymark)
                    time.sleep(0.01)
        finally:
            os._exit(1)

    def _shown(self, number: int) -> Callable[[sa.Engine], object]:
        original = db.transaction

        @contextmanager
        def transaction(engine: sa.Engine) -> Iterator[sa.Connection]:
            with original(engine) as connection:
                self.at_work[number] = 1
                yield connection
            self.at_work[number] = 0

        return transaction

    def kill_one(self) -> None:
        """Kill somebody who is in a transaction, and let a new one begin."""
        busy = [number for number in self.pids if self.at_work[number]]
        if busy:
            number = random.choice(busy)  # noqa: S311 -- whom it hits is chance, on purpose
            self.dismiss(number)
            self.kills += 1
            self.hire(number)

    def dismiss(self, number: int) -> None:
        os.kill(self.pids[number], signal.SIGKILL)
        status = os.waitpid(self.pids.pop(number), 0)[1]
        assert os.WIFSIGNALED(status), "a worker ended by itself"


def run(world: World, firer: Firer, cases: int, timers: int, kills: int) -> int:
    """Let the clock run through every hour while workers fire and are killed; how many were killed."""
    begin(world, cases, timers, SystemClock().now())
    workers = Workers(world, firer)
    for number in range(WORKERS):
        workers.hire(number)
    for hour in range(1, timers + 1):
        with db.transaction(world.engine) as connection:
            clock.advance(connection, timedelta(hours=1), demo=True)
        _serve_hour(world, workers, kills * hour // timers)
    for number in list(workers.pids):
        workers.dismiss(number)
    settle(world.engine)
    return workers.kills


def _serve_hour(world: World, workers: Workers, kills: int) -> None:
    until = time.monotonic() + 120
    while _due(world):
        assert time.monotonic() < until, "timers are still due"
        if workers.kills < kills:
            workers.kill_one()
        time.sleep(0.002)


def _due(world: World) -> int:
    with db.reading(world.engine) as connection:
        now = clock.read(connection, demo=True).now
        query = sa.select(sa.func.count()).select_from(case).where(case.c.next_due_at <= now)
        return int(connection.execute(query).scalar_one())


def fired(world: World) -> Counter[tuple[str, str]]:
    """How often each timer fired, by case and element, as the history tells."""
    query = sa.select(history_event.c.case_id, history_event.c.body).where(history_event.c.kind == "engine.timer_fired")
    return Counter((case_id, orjson.loads(body)["data"]["element"]) for case_id, body in world.rows(query))


def told(world: World) -> Counter[tuple[str, str]]:
    return Counter(tuple(row) for row in world.rows(sa.select(outbox.c.case_id, outbox.c.template)))


def test_each_timer_has_its_effect_once_though_workers_are_killed(postgres_world: World) -> None:
    kills = run(postgres_world, commands.fire_due, CASES, TIMERS, KILLS)
    assert kills >= KILLS * 0.9
    assert set(fired(postgres_world).values()) == {1}
    assert len(fired(postgres_world)) == CASES * TIMERS
    assert set(told(postgres_world).values()) == {1}
    assert len(told(postgres_world)) == CASES * TIMERS
    assert postgres_world.rows(sa.select(timer)) == []
    assert broken(postgres_world.waymark) == []


def claim_then_fire(waymark: Waymark) -> None:
    """The firer built wrong on purpose: it claims a case in one transaction and fires in another."""
    while True:
        with db.transaction(waymark.engine) as connection:
            now = clock.read(connection, demo=True).now
            row = lock_next_due(connection, now)
            if row is None:
                return
            connection.execute(case.update().where(case.c.id == row.id).values(next_due_at=None))
        with db.transaction(waymark.engine) as connection:
            fire(connection, lock(connection, row.id), now)


def test_control_a_claim_before_the_work_loses_timers(postgres_world: World) -> None:
    cases, timers = 60, 5
    assert run(postgres_world, claim_then_fire, cases, timers, 20) > 0
    assert len(fired(postgres_world)) < cases * timers
