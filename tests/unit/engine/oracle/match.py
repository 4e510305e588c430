"""One case played twice: by the engine and by the token game."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.engine import Cancel, Complete, Definition, Message, Retry, check, handlers, load, state
from app.errors import NotWaiting
from tests.unit.engine.models import MONDAY, Play
from tests.unit.engine.oracle.drawing import drawn
from tests.unit.engine.oracle.game import Game
from tests.unit.engine.oracle.lots import FACTS
from tests.unit.engine.oracle.luck import Maker
from tests.unit.engine.oracle.tokens import Token, values

STEPS = 30
#: In the long run every model is linted; in the short one every fourth, for lint costs as much as the play.
THOROUGH = "WAYMARK_ORACLE_MODELS" in os.environ


class Deviation(AssertionError):
    """The engine did something else than the token game."""


@dataclass
class Match:
    """`seed` draws the plan and all moves. `moves` tells them, for who replays one."""

    seed: int
    steps: int = 0
    moves: list[str] = field(default_factory=list)
    made: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311 # a test's dice
        maker = Maker(self.dice)
        self.plan = maker.plan()
        self.made = maker.made
        self.bundle = drawn(self.plan)

    def play(self) -> None:
        """Raises `Deviation` at the first difference."""
        with fragile():
            if THOROUGH or self.seed % 4 == 0:
                refused = [finding for finding in check(self.bundle) if finding.severity == "error"]
                self._same("lint", refused, [])
            self._play(load(self.bundle))

    def _play(self, definition: Definition) -> None:
        before = self._fingerprint(definition)
        self.game = Game(self.plan, dict(FACTS), MONDAY)
        self.play_ = Play(definition, dict(FACTS), tz="UTC")
        self.open: dict[str, set[str]] = {"tasks": set(), "timers": set()}
        self._compare()
        while not self.game.top.over and self.steps < STEPS:
            self.steps += 1
            self._move()
            self._compare()
        if self.game.top.over:
            self._same("facts at the end", dict(self.play_.step.facts), values(self.game.top.ended))
        else:
            self._end_it()
        self._same("the definition", self._fingerprint(definition), before)

    def _fingerprint(self, definition: Definition) -> str:
        """Of one case in ten: it costs more than the play."""
        return definition.fingerprint() if self.seed % 10 == 0 else ""

    # Moves

    def _move(self) -> None:
        tasks = self.game.tokens("user")
        lasting = [token for token in tasks if not self._ends_all(token)]
        tasks = lasting if lasting and self.dice.random() < 0.8 else tasks
        failed = self.game.failed()
        waiting = [trigger for trigger in self.game.triggers if trigger.event.kind == "message"]
        if self.dice.random() < 0.95:  # a withdrawn case has little more to show
            waiting = [trigger for trigger in waiting if trigger.event.name != "stop"]
        moves = [(self._clock, 2 if self._timers() else 0.2), (self._nobody, 0.3)]
        moves += [(lambda: self._complete(tasks), 8)] if tasks else []
        moves += [(lambda: self._retry(failed), 3)] if failed else []
        moves += [(lambda: self._message(waiting), 3)] if waiting else []
        self.dice.choices([move for move, _ in moves], [share for _, share in moves])[0]()

    def _ends_all(self, token: Token) -> bool:
        plan = token.scope.plan
        after = [plan.parts[flow.target] for flow in plan.out_of(token.part.id)]
        return any(part.event.kind in ("terminate", "error") for part in after)

    def _timers(self) -> list[datetime]:
        return sorted(trigger.at for trigger in self.game.triggers if trigger.at is not None)

    def _complete(self, tasks: list[Token]) -> None:
        token = self.dice.choice(tasks)
        name = token.part.id
        facts: dict[str, Any] = {name: self.dice.random() < 0.5 if name.startswith("k") else self.steps}
        if token.part.several is not None and token.part.several.veto:
            facts[token.part.several.veto] = self.dice.choice([True, False, False, "perhaps"])
        alike = [other for other in tasks if other.part is token.part and values(other.known) == values(token.known)]
        at, known = alike.index(token), values(token.known)
        found = [task for task in self.play_.step.tasks if (task.element_id, task.facts) == (name, known)]
        self._say(f"complete {name}[{at}] with {facts}")
        self.game.complete(token, facts)
        self.play_.give(Complete(found[at].id, facts))

    def _retry(self, failed: list[Token]) -> None:
        token = self.dice.choice(failed)
        name = token.part.id
        fact = name if token.unsure is None else token.part.several.veto if token.part.several else ""
        facts = {fact: self.dice.random() < 0.5 or token.unsure is None} if self.dice.random() < 0.8 else {}
        at = [other for other in failed if other.part.id == name].index(token)
        self._say(f"try {name}[{at}] again with {facts}")
        self.game.retry(token, facts)
        found = [incident for incident in self.play_.step.incidents if incident.element_id == name]
        self.play_.give(Retry(found[at].task_id, facts))

    def _message(self, waiting: list[Any]) -> None:
        trigger = self.dice.choice(waiting)
        self._tell(trigger.event.name, trigger.key if self.dice.random() < 0.9 else "nobody's")

    def _nobody(self) -> None:
        self._tell("unheard of", None)

    def _tell(self, name: str, key: Any) -> None:
        facts = {f"f_{name}": self.steps}
        self._say(f"message {name}, key {key}")
        heard = self.game.message(name, key, facts)
        try:
            self.play_.give(Message(name, facts, key))
            refused = False
        except NotWaiting:
            refused = True
        self._same("message refused", refused, not heard)
        if not heard:
            self.game.sent = [effect.element_id for effect in self.play_.step.effects]

    def _clock(self) -> None:
        """On by days, by years, or to the very moment at which the next timer is due."""
        due = self._timers()
        now = self.game.now + timedelta(days=self.dice.choice([1, 1, 5, 5, 12, 30, 90, 800]))
        if due and due[0] > self.game.now and self.dice.random() < 0.2:
            now = due[0]
        self._say(f"the clock goes on by {now - self.game.now}")
        self.game.clock(now)
        self.play_.at(now.isoformat())

    def _end_it(self) -> None:
        """Withdrawal or cancellation leaves nothing open."""
        if "stop" in self.play_.step.messages:
            self._tell("stop", None)
            self._compare()
            kind = "kind" if self.plan.parts.get("kind") else "h_withdrawn"
            self._same("after withdrawal", [t.element_id for t in self.play_.step.tasks], [kind])
        self._say("cancel")
        self.play_.give(Cancel("drawn"))
        nothing = {"tasks": [], "timers": [], "messages": (), "incidents": ()}
        self._same("after cancelling", self.play_.waiting(), nothing)

    # What must be the same

    def _compare(self) -> None:
        step, game = self.play_.step, self.game
        self._same("tasks", _by_element((t.element_id, t.facts) for t in step.tasks), _by_element(_tasks(game)))
        timers = [(timer.element_id, timer.due.at) for timer in step.timers]
        self._same("timers", Counter(timers), Counter(_timers(game)))
        waiting = {trigger.event.name for trigger in game.triggers if trigger.event.kind == "message"}
        self._same("messages", list(step.messages), sorted(waiting))
        failed = Counter(token.part.id for token in game.failed())
        self._same("incidents", Counter(incident.element_id for incident in step.incidents), failed)
        self._same("sent", Counter(effect.element_id for effect in step.effects), Counter(game.sent))
        self._same("status", step.status, "completed" if game.top.over else "running")
        self._bytes()
        self._events()

    def _bytes(self) -> None:
        loaded, status = state.load(self.play_.definition, self.play_.step.state, self.game.now)
        self._same("the state, saved again", state.dump(loaded, status), self.play_.step.state)

    def _events(self) -> None:
        """What is open follows from the events alone."""
        for event in self.play_.step.events:
            if event.kind == "entered":
                self.open["tasks"].add(event.task_id)
            elif event.kind == "timer_set" and not event.element_id.startswith("v"):
                self.open["timers"].add(event.task_id)
            elif event.kind in ("completed", "cancelled", "failed"):
                for found in self.open.values():
                    found.discard(event.task_id)
        step = self.play_.step
        self._same("tasks folded from events", self.open["tasks"], {task.id for task in step.tasks})
        timers = {timer.id for timer in step.timers if not timer.element_id.startswith("a")}  # a gateway's are one
        self._same("timers folded from events", self.open["timers"], timers)

    def _same(self, what: str, found: Any, expected: Any) -> None:
        if found != expected:
            raise Deviation(f"seed {self.seed}, step {self.steps}: {what}\n engine {found}\n game   {expected}")

    def _say(self, move: str) -> None:
        self.moves.append(f"{self.steps}: {move}")


def _tasks(game: Game) -> list[tuple[str, dict[str, Any]]]:
    return [(token.part.id, values(token.known)) for token in game.tokens("user")]


def _by_element(tasks: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, list[Any]]:
    """What each task knows, by element."""
    found: dict[str, list[Any]] = {}
    for element, facts in tasks:
        found.setdefault(element, []).append(dict(sorted(facts.items())))
    return {element: sorted(known, key=repr) for element, known in found.items()}


def _timers(game: Game) -> list[tuple[str, datetime]]:
    return [(trigger.name, trigger.at) for trigger in game.triggers if trigger.at is not None]


@contextmanager
def fragile() -> Iterator[None]:
    """A topic whose handler fails unless the facts hold one with the name of its parameter `template`."""

    @handlers.handles("fragile")
    def handler(facts: Mapping[str, Any], params: Mapping[str, Any], now: datetime) -> handlers.Result:
        return handlers.Result(facts={params["template"]: facts[params["template"]]})

    try:
        yield
    finally:
        del handlers.REGISTRY["fragile"]
