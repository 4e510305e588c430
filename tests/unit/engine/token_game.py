"""Random block-structured processes, and a second, naive engine that plays them: the judge of the real one.

Every block knows how to draw itself and how its tokens move. The naive engine has no tree, no joins and no merging:
a scope is one dict of facts, a fork is a list of live parts, done when all are. Each task writes a fact of its own
name, so what the facts must be is never in doubt."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from tests.unit.engine.diagrams import Diagram, instances

Facts = dict[str, Any]


class World:
    """The clock and who waits for it."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.alarms: list[Alarm] = []

    def fire_due(self) -> None:
        while due := [alarm for alarm in self.alarms if alarm.at <= self.now]:
            min(due, key=lambda alarm: alarm.at).ring()


class Alarm:
    def __init__(self, world: World, element: str, days: int, ring: Callable[[], None], *, repeats: bool) -> None:
        self.world, self.element, self.action, self.repeats = world, element, ring, repeats
        self.every = timedelta(days=days)
        self.at = world.now + self.every
        world.alarms.append(self)

    def ring(self) -> None:
        if self.repeats:
            while self.at <= self.world.now:
                self.at += self.every
        else:
            self.stop()
        self.action()

    def stop(self) -> None:
        if self in self.world.alarms:
            self.world.alarms.remove(self)


class Scope:
    """A process or sub-process that runs: its facts, its main part and what timers have started beside it."""

    def __init__(self, world: World, facts: Facts, block: Block, done: Callable[[], None]) -> None:
        self.world, self.facts, self.done = world, facts, done
        self.beside: list[str] = []
        self.over = False
        self.main_done = False
        self.main = block.live(self, self._end)

    def _end(self) -> None:
        self.main_done = True
        self.look()

    def look(self) -> None:
        if self.main_done and not self.beside and not self.over:
            self.over = True
            self.done()

    def open(self) -> Iterator[str]:
        yield from self.main.open()
        yield from self.beside

    def complete(self, name: str, facts: Facts) -> bool:
        if name in self.beside:
            self.beside.remove(name)
            self.facts.update(facts)
            self.look()
            return True
        return self.main.complete(name, facts)


class Block:
    """A part of a process with one way in and one way out."""

    def __init__(self, name: str) -> None:
        self.name = name

    def draw(self, diagram: Diagram, called: list[Diagram]) -> tuple[str, str]:
        """Draw it; the elements where flows come in and go out."""
        raise NotImplementedError

    def live(self, scope: Scope, done: Callable[[], None]) -> Live:
        raise NotImplementedError


class Live:
    """A part with a token in it. Calls `done` once when the token leaves it."""

    def open(self) -> Iterator[str]:
        """Names of open tasks."""
        yield from ()

    def complete(self, name: str, facts: Facts) -> bool:
        """Complete one of that name, if it is in here."""
        return False

    def cancel(self) -> None:
        """Take all tokens and clocks away."""


class Task(Block):
    """A user task: plain, several instances, or with a timer that chases (once, again and again) or takes it away."""

    DAYS = {"once": 9, "again": 28, "away": 17}  # noqa: RUF012 # read only

    def __init__(self, name: str, kind: str = "plain") -> None:
        super().__init__(name)
        self.kind = kind

    def draw(self, diagram: Diagram, called: list[Diagram]) -> tuple[str, str]:
        name = self.name
        diagram.user(name, inside=instances("people", "person") if self.kind == "several" else "")
        if self.kind not in self.DAYS:
            return name, name
        time = f"R/P{self.DAYS[self.kind]}D" if self.kind == "again" else f"P{self.DAYS[self.kind]}D"
        diagram.timer(f"t_{name}", name, time, interrupting=self.kind == "away").user(f"h_{name}")
        diagram.chain(f"t_{name}", f"h_{name}")
        if self.kind == "away":
            diagram.add("exclusiveGateway", f"x_{name}").chain(name, f"x_{name}").chain(f"h_{name}", f"x_{name}")
            return name, f"x_{name}"
        diagram.end(f"e_{name}").chain(f"h_{name}", f"e_{name}")
        return name, name

    def live(self, scope: Scope, done: Callable[[], None]) -> Live:
        return _LiveTask(self, scope, done)


class _LiveTask(Live):
    def __init__(self, task: Task, scope: Scope, done: Callable[[], None]) -> None:
        self.task, self.scope, self.done = task, scope, done
        self.names = [task.name] * (3 if task.kind == "several" else 1)
        days = task.DAYS.get(task.kind)
        repeats = task.kind == "again"
        self.alarm = Alarm(scope.world, f"t_{task.name}", days, self._ring, repeats=repeats) if days else None

    def _ring(self) -> None:
        if self.task.kind == "away":
            self.names = [f"h_{self.task.name}"]
        else:
            self.scope.beside.append(f"h_{self.task.name}")

    def open(self) -> Iterator[str]:
        yield from self.names

    def complete(self, name: str, facts: Facts) -> bool:
        if name not in self.names:
            return False
        self.names.remove(name)
        self.scope.facts.update(facts)
        if not self.names:
            self.cancel()
            self.done()
        return True

    def cancel(self) -> None:
        self.names = []
        if self.alarm is not None:
            self.alarm.stop()


class Sequence(Block):
    def __init__(self, name: str, parts: list[Block]) -> None:
        super().__init__(name)
        self.parts = parts

    def draw(self, diagram: Diagram, called: list[Diagram]) -> tuple[str, str]:
        ends = [part.draw(diagram, called) for part in self.parts]
        for (_, before), (after, _) in pairwise(ends):
            diagram.flow(before, after)
        return ends[0][0], ends[-1][1]

    def live(self, scope: Scope, done: Callable[[], None]) -> Live:
        return _Following(scope, done, lambda at: self.parts[at] if at < len(self.parts) else None)


class Choice(Block):
    """A task that decides, then one of two ways."""

    def __init__(self, name: str, ways: list[Block]) -> None:
        super().__init__(name)
        self.ways = ways

    def draw(self, diagram: Diagram, called: list[Diagram]) -> tuple[str, str]:
        name, default = self.name, f"{self.name}_no"
        diagram.user(f"k_{name}").add("exclusiveGateway", f"{name}_s", default=default)
        diagram.add("exclusiveGateway", f"{name}_j").chain(f"k_{name}", f"{name}_s")
        for way, condition in zip(self.ways, (f"${{k_{name}}}", ""), strict=True):
            first, last = way.draw(diagram, called)
            diagram.flow(f"{name}_s", first, condition, element="" if condition else default).flow(last, f"{name}_j")
        return f"k_{name}", f"{name}_j"

    def live(self, scope: Scope, done: Callable[[], None]) -> Live:
        decider = Task(f"k_{self.name}")

        def part(at: int) -> Block | None:
            chosen = self.ways[0] if scope.facts.get(decider.name) is True else self.ways[1]
            return (decider, chosen)[at] if at < 2 else None

        return _Following(scope, done, part)


class Loop(Block):
    """The body, then a task that decides whether to go round again."""

    def __init__(self, name: str, body: Block) -> None:
        super().__init__(name)
        self.body = body

    def draw(self, diagram: Diagram, called: list[Diagram]) -> tuple[str, str]:
        name = self.name
        diagram.add("exclusiveGateway", f"{name}_i").add("exclusiveGateway", f"{name}_o", default=f"{name}_d")
        diagram.user(f"k_{name}").add("exclusiveGateway", f"{name}_e")
        first, last = self.body.draw(diagram, called)
        diagram.chain(f"{name}_i", first).chain(last, f"k_{name}", f"{name}_o")
        diagram.flow(f"{name}_o", f"{name}_e", element=f"{name}_d").flow(f"{name}_o", f"{name}_i", f"${{k_{name}}}")
        return f"{name}_i", f"{name}_e"

    def live(self, scope: Scope, done: Callable[[], None]) -> Live:
        decider = Task(f"k_{self.name}")

        def part(at: int) -> Block | None:
            if at and at % 2 == 0 and scope.facts.get(decider.name) is not True:
                return None
            return decider if at % 2 else self.body

        return _Following(scope, done, part)


class _Following(Live):
    """One part after the other; `part(n)` is the n-th, None after the last."""

    def __init__(self, scope: Scope, done: Callable[[], None], part: Callable[[int], Block | None]) -> None:
        self.scope, self.done, self.part = scope, done, part
        self.at = -1
        self.now: Live = Live()
        self._next()

    def _next(self) -> None:
        self.at += 1
        block = self.part(self.at)
        if block is None:
            self.now = Live()
            self.done()
        else:
            self.now = block.live(self.scope, self._next)

    def open(self) -> Iterator[str]:
        yield from self.now.open()

    def complete(self, name: str, facts: Facts) -> bool:
        return self.now.complete(name, facts)

    def cancel(self) -> None:
        self.now.cancel()


class Fork(Block):
    def __init__(self, name: str, branches: list[Block]) -> None:
        super().__init__(name)
        self.branches = branches

    def draw(self, diagram: Diagram, called: list[Diagram]) -> tuple[str, str]:
        diagram.add("parallelGateway", f"{self.name}_f").add("parallelGateway", f"{self.name}_j")
        for branch in self.branches:
            first, last = branch.draw(diagram, called)
            diagram.flow(f"{self.name}_f", first).flow(last, f"{self.name}_j")
        return f"{self.name}_f", f"{self.name}_j"

    def live(self, scope: Scope, done: Callable[[], None]) -> Live:
        return _LiveFork(self, scope, done)


class _LiveFork(Live):
    def __init__(self, fork: Fork, scope: Scope, done: Callable[[], None]) -> None:
        self.left, self.done = len(fork.branches), done
        self.parts = [branch.live(scope, self._arrived) for branch in fork.branches]

    def _arrived(self) -> None:
        self.left -= 1
        if not self.left:
            self.done()

    def open(self) -> Iterator[str]:
        for part in self.parts:
            yield from part.open()

    def complete(self, name: str, facts: Facts) -> bool:
        return any(part.complete(name, facts) for part in self.parts)

    def cancel(self) -> None:
        for part in self.parts:
            part.cancel()


class Holder(Block):
    """A sub-process (facts shared, perhaps with a timer that ends it) or a call (a copy in, all of it out)."""

    DAYS = 40

    def __init__(self, name: str, body: Block, kind: str) -> None:
        super().__init__(name)
        self.body, self.kind = body, kind

    def draw(self, diagram: Diagram, called: list[Diagram]) -> tuple[str, str]:
        name = self.name
        inner = Diagram(f"p_{name}").start(f"{name}_s").end(f"{name}_e")
        first, last = self.body.draw(inner, called)
        inner.flow(f"{name}_s", first).flow(last, f"{name}_e")
        if self.kind == "call":
            called.append(inner)
            diagram.call(name, inner.id, "*", "*")
            return name, name
        diagram.sub(name, inner)
        if self.kind == "sub":
            return name, name
        diagram.timer(f"t_{name}", name, f"P{self.DAYS}D", interrupting=True).user(f"h_{name}")
        diagram.add("exclusiveGateway", f"x_{name}").chain(f"t_{name}", f"h_{name}", f"x_{name}")
        diagram.chain(name, f"x_{name}")
        return name, f"x_{name}"

    def live(self, scope: Scope, done: Callable[[], None]) -> Live:
        return _LiveHolder(self, scope, done)


class _LiveHolder(Live):
    def __init__(self, holder: Holder, scope: Scope, done: Callable[[], None]) -> None:
        self.holder, self.outer, self.done = holder, scope, done
        self.handler: list[str] = []
        limited = holder.kind == "limited"
        self.alarm = Alarm(scope.world, f"t_{holder.name}", holder.DAYS, self._ring, repeats=False) if limited else None
        facts = dict(scope.facts) if holder.kind == "call" else scope.facts
        self.before = dict(facts)
        self.inner: Scope | None = None
        self.inner = Scope(scope.world, facts, holder.body, self._end)

    def _end(self) -> None:
        if self.holder.kind == "call" and self.inner is not None:
            changed = {name: value for name, value in self.inner.facts.items() if self.before.get(name) != value}
            self.outer.facts.update(changed)
        if self.alarm is not None:
            self.alarm.stop()
        self.inner = None
        self.done()

    def _ring(self) -> None:
        self.cancel()
        self.handler = [f"h_{self.holder.name}"]

    def open(self) -> Iterator[str]:
        yield from self.inner.open() if self.inner else self.handler

    def complete(self, name: str, facts: Facts) -> bool:
        if self.inner is not None:
            return self.inner.complete(name, facts)
        if name not in self.handler:
            return False
        self.handler = []
        self.outer.facts.update(facts)
        self.done()
        return True

    def cancel(self) -> None:
        if self.inner is not None:
            self.inner.main.cancel()
            self.inner.beside = []
            self.inner = None
        if self.alarm is not None:
            self.alarm.stop()


def draw_lots(dice: random.Random, depth: int, names: Iterator[int]) -> Block:
    """A random block."""
    luck = dice.random()
    name = f"n{next(names)}"
    if depth <= 0 or luck < 0.22:
        return Task(name, dice.choice(["plain", "plain", "once", "again", "away", "several"]))
    several = [draw_lots(dice, depth - 1, names) for _ in range(dice.randint(2, 3))]
    if luck < 0.45:
        return Sequence(name, several)
    if luck < 0.65:
        return Fork(name, several)
    if luck < 0.75:
        return Choice(name, several[:2])
    if luck < 0.88:
        return Loop(name, several[0])
    return Holder(name, several[0], dice.choice(["sub", "limited", "call"]))
