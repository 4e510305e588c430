"""A whole case in a database: what its 1,000th turn and its pages cost, next to those of its first."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from app import db
from app.cases import Waymark, queries
from app.cases.tables import case
from app.clock import SystemClock
from app.identity import Actor
from app.identity.people import actor_of_person
from instructions import worked
from loop import MANAGER, OH_ADMIN, TURNS, Player, prepare, settings_for

#: completed tasks compared, of the young case and of the old one
SAMPLES = 20


@dataclass
class Case:
    """Of a young case and of one that has gone round `turns` times (two completed tasks a turn). `completion_time` and
    `completion_work`: the old case's completed task to the young one's. `pages`: milliseconds, as (young, old)."""

    turns: int
    entries: int
    completion_time: float
    completion_work: float
    completion_ms: float
    completion_instructions: int
    pages: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def table(self) -> str:
        times, work = f"{self.completion_time:.2f}", f"{self.completion_work:.2f}"
        lines = [
            f"A case on SQLite after {2 * self.turns} completed tasks, with {self.entries} entries of history:",
            f"a completed task takes {times} times as long as in a young case ({self.completion_ms:.1f} ms)",
            f"and {work} times the database's work ({self.completion_instructions} instructions).",
            "",
            f"{'page, in process':28}{'young ms':>10}{'old ms':>10}",
        ]
        return "\n".join(lines + [f"{name:28}{young:10.1f}{old:10.1f}" for name, (young, old) in self.pages.items()])

    def too_much(self, limit: float) -> list[str]:
        ratios = {"time": self.completion_time, "work": self.completion_work}
        return [f"a completed task: {what}" for what, ratio in ratios.items() if ratio > limit]


def measure_case(var: Path, turns: int) -> Case:
    """Play an old case; compare it with young ones in the same database."""
    waymark = prepare(settings_for(f"sqlite:///{var / 'waymark.db'}", var))
    old = Player(waymark)
    _go_round(old, turns - SAMPLES // 2)
    times, work = _compared(waymark, old)
    young = Player(waymark)
    pages = {name: (_page(waymark, young, show), _page(waymark, old, show)) for name, show in PAGES.items()}
    entries = _entries(waymark, old)
    waymark.engine.dispose()
    ratio = statistics.median(b / a for a, b in times)
    ms = statistics.median(b for _a, b in times)
    first, last = (sum(pair[at] for pair in work) for at in (0, 1))
    return Case(turns, entries, round(ratio, 3), round(last / first, 3), round(ms, 2), last // len(work), pages)


def _go_round(player: Player, turns: int) -> None:
    for _ in range(turns * len(TURNS)):
        player.complete()
        player.go_on()


def _compared(waymark: Waymark, old: Player) -> tuple[list[tuple[float, float]], list[tuple[int, int]]]:
    """(young, old) milliseconds of completed tasks taken in turn, and (young, old) instructions of as many more."""
    times = [(_timed(young.complete, young), _timed(old.complete, old)) for young in _young(waymark)]
    work = [(_worked(young), _worked(old)) for young in _young(waymark)]
    return times, work


def _young(waymark: Waymark) -> Iterator[Player]:
    """Cases in their first turn, each twice: for its first task and for its second."""
    for _ in range(SAMPLES // len(TURNS)):
        player = Player(waymark)
        for _turn in TURNS:
            yield player


def _timed(work: Callable[[], object], player: Player) -> float:
    begun = time.process_time()
    work()
    took = (time.process_time() - begun) * 1000
    player.go_on()
    return took


def _worked(player: Player) -> int:
    with worked(player.waymark.engine) as work:
        player.complete()
    player.go_on()
    return work.instructions


Show = Callable[[Waymark, Mapping[str, Actor], Player], object]


def _case(waymark: Waymark, actors: Mapping[str, Actor], player: Player) -> object:
    return queries.case(waymark, actors[MANAGER], player.case_id, SystemClock().now())


def _task(waymark: Waymark, actors: Mapping[str, Actor], player: Player) -> object:
    who = TURNS[player.played % len(TURNS)].who
    return queries.task(waymark, actors[who], player.task_id, SystemClock().now())


def _history(waymark: Waymark, actors: Mapping[str, Actor], player: Player) -> object:
    return queries.history(waymark, actors[MANAGER], player.case_id, now=SystemClock().now())


PAGES: Mapping[str, Show] = {"the case": _case, "a task with its form": _task, "the history, 200 entries": _history}


def _page(waymark: Waymark, player: Player, show: Show) -> float:
    with db.reading(waymark.engine) as connection:
        actors = {name: actor_of_person(connection, name) for name in (MANAGER, OH_ADMIN)}
    times = []
    for _ in range(5):
        begun = time.process_time()
        show(waymark, actors, player)
        times.append((time.process_time() - begun) * 1000)
    return round(statistics.median(times), 2)


def _entries(waymark: Waymark, player: Player) -> int:
    with db.reading(waymark.engine) as connection:
        return int(connection.execute(sa.select(case.c.history_seq).where(case.c.id == player.case_id)).scalar_one())
