"""Random processes, changed at random while a case runs: the move is refused, or the case goes on as the new diagram
says, with everything that it had.

`WAYMARK_MIGRATION_MODELS` sets how many models are played (a longer run: 5,000)."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any
from unittest import mock

import pytest

from app.engine import MigrationRefused, load, migrate, plan
from app.errors import WaymarkError
from tests.unit.engine import token_game
from tests.unit.engine.diagrams import Diagram
from tests.unit.engine.migrating import move
from tests.unit.engine.models import MONDAY, Bundle, Play, bundle, message, message_definition
from tests.unit.engine.token_game import Alarm, Block, Choice, Live, Loop, Scope, Task, World, draw_lots

MODELS = int(os.environ.get("WAYMARK_MIGRATION_MODELS", "80"))
BATCHES = 4
STEPS = 60
MOVES = 3


class Sequence(token_game.Sequence):
    """Remembers where its token is, so that parts can be added and taken away beside it."""

    now: Any = None

    def live(self, scope: Scope, done: Any) -> Live:
        made = _Following(self, scope, done)
        return made.begin()


class _Following(Live):
    def __init__(self, of: Sequence, scope: Scope, done: Any) -> None:
        self.of, self.scope, self.done, self.block = of, scope, done, of.parts[0]
        self.part = Live()

    def begin(self) -> Live:
        self.of.now = self
        self.part = self.block.live(self.scope, self._next)
        return self

    def _next(self) -> None:
        at = self.of.parts.index(self.block) + 1
        if at < len(self.of.parts):
            self.block = self.of.parts[at]
            self.part = self.block.live(self.scope, self._next)
        else:
            self.part, self.of.now = Live(), None
            self.done()

    def open(self) -> Iterator[str]:
        yield from self.part.open()

    def complete(self, name: str, facts: Any) -> bool:
        return self.part.complete(name, facts)

    def cancel(self) -> None:
        self.of.now = None
        self.part.cancel()


class Recorded(Task):
    """A task that remembers its token."""

    now: Any = None

    def live(self, scope: Scope, done: Any) -> Live:
        self.now = super().live(scope, done)
        return self.now  # type: ignore[no-any-return]


class Fork(token_game.Fork):
    now: Any = None

    def live(self, scope: Scope, done: Any) -> Live:
        self.now = super().live(scope, done)
        return self.now  # type: ignore[no-any-return]


class Holder(token_game.Holder):
    now: Any = None

    def live(self, scope: Scope, done: Any) -> Live:
        self.now = super().live(scope, done)
        return self.now  # type: ignore[no-any-return]


def remembering(block: Block) -> Block:
    """The same block, each sequence and task of it remembering."""
    if type(block) is token_game.Sequence:
        block = Sequence(block.name, [remembering(part) for part in block.parts])
    elif type(block) is Task:
        block = Recorded(block.name, block.kind)
    elif isinstance(block, Choice):
        block.ways = [remembering(way) for way in block.ways]
    elif type(block) is token_game.Fork:
        block = Fork(block.name, [remembering(branch) for branch in block.branches])
    elif type(block) is token_game.Holder:
        block = Holder(block.name, remembering(block.body), block.kind)
    elif isinstance(block, Loop):
        block.body = remembering(block.body)
    return block


def inside(block: Block) -> Iterator[Block]:
    yield block
    for name in ("parts", "ways", "branches"):
        for part in getattr(block, name, ()):
            yield from inside(part)
    if hasattr(block, "body"):
        yield from inside(block.body)


class Edit:
    """One change to a process while a case runs in it; `must_refuse`: no case like this can be moved."""

    def __init__(self, dice: random.Random, top: Sequence, world: World, names: Iterator[int]) -> None:
        self.dice, self.world, self.names = dice, world, names
        self.blocks = list(inside(top))
        self.what = dice.choice(["add", "add", "remove", "clock", "unclock", "branch", "prune", "limit", "again"])
        self.undo: Any = lambda: None
        self.must_refuse = False
        #: what the oracle must do to its own tokens once the case was moved
        self.follow: Any = lambda: None
        getattr(self, f"_{self.what}")()

    def _pick(self, kind: type) -> Any:
        found = [block for block in self.blocks if isinstance(block, kind)]
        return self.dice.choice(found) if found else None

    def _again(self) -> None:
        """The same once more."""

    def _add(self) -> None:
        sequence = self._pick(Sequence)
        new = remembering(draw_lots(self.dice, 1, self.names))
        at = self.dice.randint(0, len(sequence.parts))
        sequence.parts.insert(at, new)
        self.undo = lambda: sequence.parts.remove(new)

    def _remove(self) -> None:
        sequence = self._pick(Sequence)
        if len(sequence.parts) < 2:
            return
        at = self.dice.randrange(len(sequence.parts))
        gone = sequence.parts.pop(at)
        there = sequence.now is not None and sequence.now.block is gone and any(sequence.now.open())
        self.must_refuse = there or _has_started(gone)
        self.undo = lambda: sequence.parts.insert(at, gone)

    def _clock(self) -> None:
        self._change(self.dice.choice(["once", "again", "away"]))

    def _unclock(self) -> None:
        self._change("plain")

    def _change(self, kind: str) -> None:
        task = self._pick(Recorded)
        if task is None or task.kind == "several":
            return
        if task.now is not None and (f"h_{task.name}" in [*task.now.names, *task.now.scope.beside]):
            return  # what a clock has started would lead elsewhere: the oracle knows no such way
        old, task.kind = task.kind, kind
        self.undo = lambda: setattr(task, "kind", old)
        if task.now is not None and task.now.names:
            self.follow = lambda: self._wind(task, old, kind)

    def _wind(self, task: Recorded, old: str, kind: str) -> None:
        """The clock of an open task: one of the same sort runs on, a new one counts from the move."""
        alarm, days = task.now.alarm, task.DAYS.get(kind)
        if kind == old or {old, kind} == {"once", "away"}:
            return  # once it has rung it does not ring again, whatever it would do now
        if alarm is not None:
            alarm.stop()
        ring, name = task.now._ring, f"t_{task.name}"
        task.now.alarm = Alarm(self.world, name, days, ring, repeats=kind == "again") if days else None

    def _branch(self) -> None:
        fork = self._pick(Fork)
        if fork is None:
            return
        new = remembering(draw_lots(self.dice, 0, self.names))
        fork.branches.append(new)
        self.must_refuse = fork.now is not None and any(fork.now.open())
        self.undo = lambda: fork.branches.remove(new)

    def _prune(self) -> None:
        """A branch less; what has come to the join by it stays there."""
        fork = self._pick(Fork)
        if fork is None or len(fork.branches) < 2:
            return
        at = self.dice.randrange(len(fork.branches))
        gone = fork.branches.pop(at)
        live = fork.now is not None and any(fork.now.open())
        self.must_refuse = (live and any(fork.now.parts[at].open())) or _has_started(gone)
        self.undo = lambda: fork.branches.insert(at, gone)
        if live:
            self.follow = lambda: fork.now.parts.pop(at)

    def _limit(self) -> None:
        """A clock around a sub-process that may be under way, or none any more."""
        holder = self._pick(Holder)
        if holder is None or holder.kind == "call" or (holder.now is not None and holder.now.handler):
            return
        old, holder.kind = holder.kind, "sub" if holder.kind == "limited" else "limited"
        self.undo = lambda: setattr(holder, "kind", old)
        if holder.now is not None and holder.now.inner is not None:
            self.follow = lambda: self._wind_holder(holder)

    def _wind_holder(self, holder: Holder) -> None:
        if holder.now.alarm is not None:
            holder.now.alarm.stop()
        ring, name = holder.now._ring, f"t_{holder.name}"
        limited = holder.kind == "limited"
        holder.now.alarm = Alarm(self.world, name, holder.DAYS, ring, repeats=False) if limited else None


def _has_started(gone: Block) -> bool:
    """Is something open that a clock in this block has started, which goes on after its task?"""
    tasks = [block for block in inside(gone) if isinstance(block, Recorded) and block.now is not None]
    return any(f"h_{task.name}" in task.now.scope.beside for task in tasks)


@pytest.mark.rule("XX-4", "follows")
@pytest.mark.parametrize("batch", range(BATCHES))
def test_random_moves(batch: int) -> None:
    moved, refused = play_all(range(batch, MODELS, BATCHES))
    assert moved > refused > 0


def play_all(seeds: range) -> tuple[int, int]:
    played = [play_one(seed) for seed in seeds]
    return sum(moved for moved, _ in played), sum(refused for _, refused in played)


def play_one(seed: int) -> tuple[int, int]:
    dice = random.Random(seed)  # noqa: S311 # a test's dice
    names = count()
    top = Sequence("top", [remembering(draw_lots(dice, 3, names)) for _ in range(2)])
    facts = {"people": [1, 2, 3]}
    play = Play(drawn(top), facts, tz="UTC")
    world = World(MONDAY)
    ended: list[bool] = []
    judge = Scope(world, dict(facts), top, lambda: ended.append(True))
    moved = refused = 0
    for turn in range(STEPS):
        same(seed, turn, play, judge, world)
        if ended:
            break
        if dice.random() < MOVES / 15:
            did = edit(seed, turn, dice, top, world, names, play)
            moved, refused = moved + did, refused + (not did)
            same(seed, turn, play, judge, world)
        go_on(turn, dice, play, judge, world)
    if ended:
        assert play.step.status == "completed", seed
        assert play.facts() == judge.facts, seed
    return moved, refused


def edit(
    seed: int, turn: int, dice: random.Random, top: Sequence, world: World, names: Iterator[int], play: Play
) -> bool:
    """Change the process and move the case; False if it was refused."""
    change = Edit(dice, top, world, names)
    where = f"seed {seed}, step {turn}, {change.what}"
    new = drawn(top)
    assert play.state is not None
    told = plan(play.definition, load(new), play.state, play.now)
    if not told.possible:
        with pytest.raises(MigrationRefused):
            migrate(play.definition, load(new), play.state, play.now)
        assert change.must_refuse, (where, told.refusals)
        change.undo()
        return False
    assert not change.must_refuse, where
    facts, before = play.facts(), play.state
    move(play, new)
    change.follow()
    assert play.facts() == facts, where
    if change.what == "again":
        assert play.state == before, where
    return True


def go_on(turn: int, dice: random.Random, play: Play, judge: Scope, world: World) -> None:
    if dice.random() < 0.25:
        world.now += timedelta(days=dice.choice([1, 5, 12, 30, 90]))
        world.fire_due()
        play.at(world.now.isoformat())
        return
    name = dice.choice(sorted(judge.open()))
    value = dice.random() < 0.55 if name.startswith("k_") else turn
    at = dice.randrange(play.open().count(name))
    assert judge.complete(name, {name: value})
    play.do(name, at, **{name: value})


def drawn(block: Sequence) -> Bundle:
    called: list[Diagram] = []
    inner = Diagram("inside").start("is").end("ie")
    first, last = block.draw(inner, called)
    inner.flow("is", first).flow(last, "ie")
    main = Diagram("main").start().sub("phase", inner).user("kind").end("e1", "e2").chain("start", "phase", "e1")
    main.boundary("withdrawn", "phase", message_definition("m")).chain("withdrawn", "kind", "e2")
    return bundle(main, *called, tops=message("m", "stop"))


def same(seed: int, turn: int, play: Play, judge: Scope, world: World) -> None:
    where = f"seed {seed}, step {turn}"
    assert play.step.incidents == (), where
    assert sorted(play.open()) == sorted(judge.open()), where
    alarms = sorted((alarm.element, alarm.at) for alarm in world.alarms)
    assert sorted((timer.element_id, timer.due.at) for timer in play.step.timers) == alarms, where


@pytest.mark.parametrize(
    ("part", "instead"),
    [
        ("joins.carry", lambda notes, task, home: None),
        ("boundaries.arm", lambda notes, main, home: None),
        ("ways.stuck", lambda home, start: set()),
    ],
)
def test_the_judge_would_notice(part: str, instead: Any) -> None:
    """A control: a move that forgets arrivals, new clocks or branches that never come is found out."""
    with mock.patch(f"app.engine.migration.{part}", instead), pytest.raises((AssertionError, WaymarkError)):
        play_all(range(60))
