"""The engine against a naive token game on random processes, through bytes at every step.

`WAYMARK_ORACLE_MODELS` sets how many models are played (a longer run: 5,000)."""

from __future__ import annotations

import os
import random
from datetime import timedelta
from itertools import count

import pytest

from tests.unit.engine.diagrams import Diagram
from tests.unit.engine.models import MONDAY, Bundle, Play, bundle, message, message_definition
from tests.unit.engine.oracle import Holder, Scope, Sequence, World, draw_lots

MODELS = int(os.environ.get("WAYMARK_ORACLE_MODELS", "120"))
BATCHES = 8
STEPS = 70


@pytest.mark.parametrize("batch", range(BATCHES))
def test_random_processes(batch: int) -> None:
    for seed in range(batch, MODELS, BATCHES):
        play_one(seed)


def play_one(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 # a test's dice
    names = count()
    block = Sequence("top", [draw_lots(dice, 3, names) for _ in range(2)])
    facts = {"people": [1, 2, 3]}
    play = Play(_drawn(block), facts, tz="UTC")
    before = play.definition.fingerprint()
    world = World(MONDAY)
    ended: list[bool] = []
    judge = Scope(world, dict(facts), block, lambda: ended.append(True))
    for turn in range(STEPS):
        _same(seed, turn, play, judge, world)
        if ended:
            break
        if dice.random() < 0.25:
            world.now += timedelta(days=dice.choice([1, 5, 12, 30, 90]))
            world.fire_due()
            play.at(world.now.isoformat())
        else:
            name = dice.choice(sorted(judge.open()))
            value = dice.random() < 0.55 if name.startswith("k_") else turn
            at = dice.randrange(play.open().count(name))
            assert judge.complete(name, {name: value})
            play.do(name, at, **{name: value})
    if ended:
        assert play.step.status == "completed", seed
        assert play.facts() == judge.facts, seed
    else:
        _withdraw(seed, play)
    assert play.definition.fingerprint() == before


def _drawn(block: Sequence) -> Bundle:
    called: list[Diagram] = []
    inner = Diagram("inside").start("is").end("ie")
    first, last = block.draw(inner, called)
    inner.flow("is", first).flow(last, "ie")
    main = Diagram("main").start().sub("phase", inner).user("kind").end("e1", "e2").chain("start", "phase", "e1")
    main.boundary("withdrawn", "phase", message_definition("m")).chain("withdrawn", "kind", "e2")
    return bundle(main, *called, tops=message("m", "stop"))


def _same(seed: int, turn: int, play: Play, judge: Scope, world: World) -> None:
    where = f"seed {seed}, step {turn}"
    assert play.step.incidents == (), where
    assert sorted(play.open()) == sorted(judge.open()), where
    alarms = sorted((alarm.element, alarm.at) for alarm in world.alarms)
    assert sorted((timer.element_id, timer.due.at) for timer in play.step.timers) == alarms, where


def _withdraw(seed: int, play: Play) -> None:
    assert play.tell("stop") == ["kind"], seed
    assert play.waiting() == {"tasks": ["kind"], "timers": [], "messages": (), "incidents": ()}, seed


def test_the_judge_would_notice() -> None:
    """A control: an engine that forgot one branch's facts or one timer is found out."""
    block = Holder("h", Sequence("s", [draw_lots(random.Random(3), 3, count())]), "limited")  # noqa: S311 # dice
    world = World(MONDAY)
    judge = Scope(world, {"people": [1, 2, 3]}, block, lambda: None)
    play = Play(_drawn(Sequence("top", [block])), {"people": [1, 2, 3]}, tz="UTC")
    _same(0, 0, play, judge, world)
    world.alarms.pop()
    with pytest.raises(AssertionError):
        _same(0, 0, play, judge, world)
