"""People and clocks at work on the same few cases: nobody is thrown out by the database."""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from app.cases import commands
from app.cases.tables import case, task
from app.errors import WaymarkError
from tests.chaos.invariants import broken
from tests.chaos.world import EMPLOYEE, MANAGER, NOW, OFFICE, PRACTITIONER, SECOND_OFFICE, World, days, good_path

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]

THREADS = 9
SECONDS = 30 if bool(os.environ.get("WAYMARK_CHAOS")) else 10
WHO = (MANAGER, EMPLOYEE, OFFICE, SECOND_OFFICE, PRACTITIONER)


class Crowd:
    """Threads that do at random what there is to do, and count what came of it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.answers = {line.task: world.answers(line.task, NOW + days(3)) for line in good_path()}
        self.seen: Counter[str] = Counter()
        self.faults: list[BaseException] = []
        self.until = time.monotonic() + SECONDS

    def run(self) -> None:
        threads = [threading.Thread(target=self._work, args=(random.Random(number),)) for number in range(THREADS)]  # noqa: S311 -- what they do is chance
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _work(self, dice: random.Random) -> None:
        acts = [self.start, *[self.complete] * 6, self.claim, self.unclaim, self.draft, self.fire, self.end]
        while time.monotonic() < self.until:
            act: Callable[[random.Random], Any] = dice.choice(acts)
            try:
                act(dice)
                self.seen[act.__name__] += 1
            except WaymarkError as error:
                self.seen[type(error).__name__] += 1
            except Exception as error:
                self.faults.append(error)

    def _open(self, dice: random.Random) -> Any:
        query = sa.select(task.c.id, task.c.element_id).where(task.c.state == "open").order_by(task.c.opened_at.desc())
        return dice.choice(self.world.rows(query.limit(12)) or [("none", "none")])

    def start(self, dice: random.Random) -> None:
        running = sa.select(sa.func.count()).select_from(case).where(case.c.status == "running")
        if self.world.scalar(running) < 6:
            key = dice.choice([None, str(dice.random())])
            commands.start(
                self.world.waymark, self.world.actors[MANAGER], "referral", self.answers["start"], NOW + days(3), key
            )

    def complete(self, dice: random.Random) -> None:
        task_id, element = self._open(dice)
        line = next((line for line in good_path() if line.task == element), None)
        who = line.who if line and dice.random() < 0.8 else dice.choice(WHO)
        answers = self.answers.get(element, {})
        commands.complete(self.world.waymark, self.world.actors[who], task_id, answers, None, NOW + days(3))

    def claim(self, dice: random.Random) -> None:
        commands.claim(self.world.waymark, self.world.actors[dice.choice(WHO)], self._open(dice)[0], NOW + days(3))

    def unclaim(self, dice: random.Random) -> None:
        commands.unclaim(self.world.waymark, self.world.actors[dice.choice(WHO)], self._open(dice)[0], NOW + days(3))

    def draft(self, dice: random.Random) -> None:
        who = self.world.actors[dice.choice(WHO)]
        commands.save_draft(self.world.waymark, who, self._open(dice)[0], {"a": "b"}, NOW + days(3))

    def fire(self, dice: random.Random) -> None:
        commands.fire_due(self.world.waymark, NOW + days(dice.choice([3, 10, 40])))

    def end(self, dice: random.Random) -> None:
        running = self.world.rows(sa.select(case.c.id).where(case.c.status == "running"))
        if running and dice.random() < 0.3:
            case_id = dice.choice(running)[0]
            if dice.random() < 0.5:
                commands.cancel(self.world.waymark, self.world.actors[MANAGER], case_id, "Gone", NOW + days(3))
            else:
                commands.withdraw_consent(self.world.waymark, self.world.actors[EMPLOYEE], case_id, NOW + days(3))


def test_no_deadlock_and_nothing_broken(postgres_world: World) -> None:
    crowd = Crowd(postgres_world)
    crowd.run()
    assert crowd.faults == []
    # the threads did meet: much was done, and much was refused because somebody else was faster
    assert crowd.seen["complete"] > 20
    assert sum(crowd.seen[name] for name in ("AlreadyDone", "TaskClosed", "CaseEnded", "ClaimedByAnother")) > 0
    assert broken(postgres_world.waymark) == []
