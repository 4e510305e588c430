"""One loop: what its first turn costs, and what its last."""

from __future__ import annotations

import copy
import gc
import statistics
import time
import tracemalloc
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import zstandard

from app.engine import state
from tests.unit.engine.loops import Loop
from tests.unit.engine.models import Play

#: times the first turn that a later one may cost
LIMIT = 1.2
#: a turn of this many milliseconds is timed by itself, a shorter one several times in a row
SAMPLE_MS = 4.0


@dataclass(frozen=True)
class Cost:
    """Of one turn. `ms`: CPU, median. `bytes`: the state after it as stored; `json_bytes`: before it is packed.
    `memory`: most that was in use at once during the turn, `loaded`: what the case takes when loaded, both in bytes by
    tracemalloc. `tokens`: of the state."""

    turn: int
    ms: float
    bytes: int
    json_bytes: int
    memory: int
    loaded: int
    tokens: int


@dataclass(frozen=True)
class Kind:
    """`time`: median over the pairs of last turn to first."""

    name: str
    what: str
    turns: int
    commands: int
    time: float
    first: Cost
    last: Cost

    def ratios(self) -> dict[str, float]:
        first, last = self.first, self.last
        return {
            "time": self.time,
            "bytes": last.bytes / first.bytes,
            "memory": last.memory / first.memory,
            "loaded": last.loaded / first.loaded,
        }

    def as_json(self) -> dict[str, object]:
        ratios = {name: round(ratio, 3) for name, ratio in self.ratios().items()}
        run = {"what": self.what, "turns": self.turns, "commands": self.commands}
        return {**ratios, **run, "first": asdict(self.first), "last": asdict(self.last)}


def too_much(kinds: Sequence[Kind]) -> list[str]:
    """What costs more than the limit, as "kind: measure"."""
    return [f"{kind.name}: {what}" for kind in kinds for what, ratio in kind.ratios().items() if ratio > LIMIT]


@dataclass(frozen=True)
class Point:
    """A case before the turn of this number; it can be played any number of times."""

    loop: Loop
    before: Play
    number: int

    def play(self) -> Play:
        play = apart(self.before)
        self.loop.turn(play, self.number)
        return play


def apart(play: Play) -> Play:
    """The same case, to be played on by itself."""
    other = copy.copy(play)
    other.steps = [play.step]
    return other


def measure_kind(loop: Loop, turns: int, pairs: int) -> Kind:
    """Play to the last turn, then measure the first and the last."""
    gc.freeze()  # what was there before is none of the loop's
    try:
        return _measured(loop, turns, pairs)
    finally:
        gc.unfreeze()


def _measured(loop: Loop, turns: int, pairs: int) -> Kind:
    play = loop.play()
    first, commands = Point(loop, apart(play), 1), 0
    for number in range(1, turns):
        loop.turn(play, number)
        commands += len(play.steps) - 1
        play.steps[:-1] = []
    last = Point(loop, play, turns)
    young, old = _paired(first, last, pairs)
    ratio = statistics.median(b / a for a, b in zip(young, old, strict=True))
    costs = (_cost(point, statistics.median(times)) for point, times in ((first, young), (last, old)))
    return Kind(loop.name, loop.what, turns, commands, ratio, *costs)


def _paired(first: Point, last: Point, pairs: int) -> tuple[list[float], list[float]]:
    """Milliseconds of the two turns, taken in turn; which goes first changes."""
    times: dict[int, list[float]] = {1: [], 2: []}
    repeat = max(1, round(SAMPLE_MS / max(_timed(first, 3), 0.01)))
    gc.collect()
    gc.disable()
    try:
        for number in range(pairs):
            order = ((1, first), (2, last)) if number % 2 else ((2, last), (1, first))
            for key, point in order:
                times[key].append(_timed(point, repeat))
    finally:
        gc.enable()
    return times[1], times[2]


def _timed(point: Point, repeat: int) -> float:
    begun = time.process_time()
    for _ in range(repeat):
        point.play()
    return (time.process_time() - begun) * 1000 / repeat


def _cost(point: Point, ms: float) -> Cost:
    after = point.play()
    assert after.state is not None
    raw = zstandard.decompress(after.state)
    memory = _peak(point)
    loaded, tokens = _loaded(after)
    return Cost(point.number, round(ms, 4), len(after.state), len(raw), memory, loaded, tokens)


def _peak(point: Point) -> int:
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    point.play()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak - before


def _loaded(play: Play) -> tuple[int, int]:
    """Bytes of the case when loaded, and its tokens."""
    assert play.state is not None
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    workflow, _status = state.load(play.definition, play.state, play.now)
    gc.collect()
    taken = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return taken, sum(1 for _ in workflow.tokens())
