"""A writer that is killed anywhere leaves a log that holds; the next one goes on as if nothing had been."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.cases import Waymark, commands, queries
from app.history.checkpoints import Leaf, LogBusy
from app.history.checkpoints import folder as files
from app.history.checkpoints.index import Index
from tests.chaos.crashing import CHILD, settings_of_child
from tests.chaos.world import NOW, World, days

pytestmark = pytest.mark.chaos

#: every so many points one is tried
EVERY = 1 if os.environ.get("WAYMARK_CHAOS") else 3

#: where a writer meets the outside: each call, and each of its returns, is a point
CALLS: tuple[tuple[Any, str], ...] = (
    (os, "fsync"),
    (os, "replace"),
    (Path, "replace"),
    (Path, "open"),
    (Index, "take"),
    (Index, "__enter__"),
    (Index, "__exit__"),
)


def with_log(world: World) -> Waymark:
    settings = world.waymark.settings
    return replace(world.waymark, settings=replace(settings, checkpoints=settings.var / "log"))


def killed(w: Waymark, at: int | None, act: Callable[[Waymark], object]) -> int | None:
    """Run `act` in a child that dies at its point number `at`; how many points it passed if it lived."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        passed = 0

        def watched(original: Callable[..., Any]) -> Callable[..., Any]:
            def call(*args: Any, **kwargs: Any) -> Any:
                point()
                answer = original(*args, **kwargs)
                point()
                return answer

            return call

        def point() -> None:
            nonlocal passed
            passed += 1
            if at is not None and passed > at:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            own = Waymark.open(settings_of_child(w.settings, CHILD))
            for owner, name in CALLS:
                setattr(owner, name, watched(getattr(owner, name)))
            act(own)
            os.write(write_end, str(passed).encode())
        finally:
            os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        told = pipe.read()
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) or told
    return int(told) if told else None


def entries(w: Waymark) -> list[bytes]:
    assert w.settings.checkpoints is not None
    return [line for one in files.numbers(w.settings.checkpoints) for line in files.lines(w.settings.checkpoints, one)]


def test_killed_at_any_point_nothing_is_lost_and_nothing_twice(sqlite_world: World) -> None:
    w, world = with_log(sqlite_world), sqlite_world
    world.start()
    commands.write_checkpoint(w, NOW)
    points = killed(w, None, lambda own: commands.write_checkpoint(own, NOW))
    assert points is not None
    assert points > 15
    tried = range(0, points, EVERY)
    died = 0
    for number in tried:
        world.start()
        died += killed(w, number, lambda own: commands.write_checkpoint(own, NOW)) is None
        # what it left is whole, and vouches for what was there before
        found = queries.verify_history(w)
        assert found.whole, (number, found.told)
    assert died == len(tried)
    written = commands.write_checkpoint(w, NOW + days(1))
    assert written.doubts == ()
    found = queries.verify_history(w)
    assert found.whole
    assert found.log is not None
    assert found.log.uncovered == 0
    lines = entries(w)
    assert len(lines) == len(set(lines)) == found.entries
    assert all(Leaf.read(line) for line in lines)


def test_many_at_once_write_one_after_the_other(world: World) -> None:
    w = with_log(world)
    world.start()

    def write(number: int) -> int:
        try:
            return commands.write_checkpoint(w, NOW + days(number)).number
        except LogBusy:
            return 0

    with ThreadPoolExecutor(4) as pool:
        done = [number for number in pool.map(write, range(12)) if number]
    assert sorted(done) == list(range(1, len(done) + 1))
    assert w.settings.checkpoints is not None
    assert files.numbers(w.settings.checkpoints) == sorted(done)
    found = queries.verify_history(w)
    assert found.whole, found.told
    assert len(entries(w)) == found.entries


def test_a_disk_that_is_full_leaves_the_log_as_it_was(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    w = with_log(sqlite_world)
    sqlite_world.start()
    commands.write_checkpoint(w, NOW)
    before = entries(w)
    sqlite_world.start()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        commands.write_checkpoint(w, NOW)
    monkeypatch.undo()
    assert entries(w) == before
    assert commands.write_checkpoint(w, NOW).number == 2
    assert queries.verify_history(w).whole
