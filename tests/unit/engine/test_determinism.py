"""The same commands give the same events and the same bytes, on any machine."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from datetime import timedelta
from functools import lru_cache

from app.engine import Bundle, Cancel
from tests.unit.engine.models import (
    Diagram,
    Play,
    bundle,
    instances,
    message,
    message_definition,
)


@lru_cache(maxsize=1)
def busy() -> Bundle:
    """A loop with a fork of a task with reminders, a call with a working-day clock and a vote, inside a phase that
    can be withdrawn."""
    stage = Diagram("stage").start("ss").user("c1").timer("ct", "c1", "${workdays(2)}").notify("cn").end("ce", "se")
    stage.chain("ss", "c1", "se").chain("ct", "cn", "ce")
    body = Diagram("body").start("bs").add("exclusiveGateway", "m").add("parallelGateway", "g").user("a")
    body.timer("rem", "a", "R/P7D").notify("rn").end("re").chain("rem", "rn", "re").call("call", "stage", "k", "r=c1")
    body.user("vote", inside=instances(), props={"outputCollection": "votes", "outputElement": "vote"})
    body.add("parallelGateway", "j").script("inc", "n", "n + 1")
    body.add("intermediateThrowEvent", "ask", message_definition("m2", camunda__expression="${{n: n}}"))
    body.add("exclusiveGateway", "x", default="f_end").end("be").chain("bs", "m", "g", "a", "j", "ask", "inc", "x")
    body.chain("g", "call", "j").chain("g", "vote", "j").flow("x", "be", element="f_end").flow("x", "m", "${n < 4}")
    main = Diagram("busy").start().sub("phase", body).user("kind").end("e1", "e2").chain("start", "phase", "e1")
    main.boundary("withdrawn", "phase", message_definition("m1")).chain("withdrawn", "kind", "e2")
    return bundle(main, stage, tops=message("m1", "withdraw") + message("m2", "ask"))


def play_at_random(seed: int) -> Play:
    """One case, driven by a seed."""
    draw = random.Random(seed)  # noqa: S311 # a test's dice
    play = Play(busy(), {"n": 0, "k": "K", "people": ["x", "y", "z"]}, case=f"case-{seed}")
    for turn in range(60):
        if play.step.status != "running":
            break
        dice = draw.random()
        if dice < 0.02 and play.step.messages:
            play.tell("withdraw", why=turn)
        elif dice < 0.025:
            play.give(Cancel("drawn"))
        elif dice < 0.3 or not play.step.tasks:
            play.at((play.now + timedelta(days=draw.choice([1, 3, 8]))).isoformat())
        else:
            task = draw.choice(play.step.tasks)
            at = [other.id for other in play.step.tasks if other.element_id == task.element_id].index(task.id)
            play.do(task.element_id, at, **{task.element_id: turn})
    return play


def chain(seeds: range) -> str:
    """One digest over every event, effect and state of many cases."""
    found = hashlib.sha256()
    for seed in seeds:
        for step in play_at_random(seed).steps:
            found.update(step.state + repr((step.events, step.effects, step.tasks, step.timers, step.facts)).encode())
    return found.hexdigest()


_PROGRAM = "from tests.unit.engine.test_determinism import chain; print(chain(range(12)))"


def test_other_processes_hash_seeds_and_time_zones_give_the_same_bytes() -> None:
    here = chain(range(12))
    for seed, zone in (("1", "Asia/Tokyo"), ("777", "America/New_York")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        command = [sys.executable, "-c", _PROGRAM]
        there = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603 # ours
        assert there.stdout.strip() == here


def test_ids_differ_between_cases_and_never_repeat_within_one() -> None:
    first, second = play_at_random(1), play_at_random(2)
    ids = [{task.id for step in play.steps for task in step.tasks} for play in (first, second)]
    assert not ids[0] & ids[1]
    assert all(len(name) == 32 for name in ids[0])


def test_folding_the_events_gives_what_is_open() -> None:
    for seed in range(20):
        tasks: set[str] = set()
        timers: set[str] = set()
        for step in play_at_random(seed).steps:
            for event in step.events:
                if event.kind == "entered":
                    tasks.add(event.task_id)
                elif event.kind == "timer_set":
                    timers.add(event.task_id)
                elif event.kind in ("completed", "cancelled", "failed"):
                    tasks.discard(event.task_id)
                    timers.discard(event.task_id)
            assert tasks == {task.id for task in step.tasks}
            assert timers == {timer.id for timer in step.timers}
