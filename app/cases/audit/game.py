"""A case replayed from what its history says, and from nothing else: where its tokens rest after each entry.

The history tells who came and went: `entered`, `started`, `waiting`, `timer_set` and `failed` put a token on an
element, `completed` and `cancelled` take it away. Two things it does not tell, and they are worked out from the
diagram: a branch that has come to a gateway and waits there for the others, and what was given up with the process
around it."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from app.cases.audit.shape import Shape
from app.engine import Key

State = Literal["open", "holds", "waits", "failed"]
_PUTS: Mapping[str, State] = {
    "entered": "open",
    "started": "holds",
    "waiting": "waits",
    "timer_set": "waits",
    "failed": "failed",
}
#: around which a case does not count as being there, unless it failed
_AROUND = frozenset({"boundaryEvent", "startEvent"})


@dataclass(slots=True)
class Clock:
    """A time that a token keeps. `due`: ISO time; `state`: "set", "paused" or "fired"."""

    due: str
    how: str = ""
    state: str = "set"


@dataclass(slots=True)
class Token:
    """`called`: the process or sub-process that it holds; `instance`: which one of a multi-instance activity, from 0;
    `idle`: an event sub-process whose event has not come."""

    key: Key
    state: State
    called: str = ""
    instance: int | None = None
    idle: bool = False
    clock: Clock | None = None


@dataclass(slots=True)
class Passed:
    """How often an element was done, and how often it was taken away; `last` tells which came last. `instances`: of a
    multi-instance activity, how many are done since it began."""

    done: int = 0
    cancelled: int = 0
    last: Literal["", "done", "cancelled"] = ""
    instances: int = 0


@dataclass
class Game:
    """`shape`: of the version that the case runs on; set it anew when the case is moved."""

    shape: Shape
    tokens: dict[str, Token] = field(default_factory=dict)
    #: gateway to the branches that have come to it and wait: source of the flow to how many
    arrived: dict[Key, Counter[str]] = field(default_factory=dict)
    passed: dict[Key, Passed] = field(default_factory=dict)

    def marks(self) -> tuple[Key, ...]:
        """Where tokens rest, as the engine says it (`Step.marks`)."""
        resting = {one.key for one in self.tokens.values() if self._rests(one)}
        return tuple(sorted(resting | {key for key, come in self.arrived.items() if come.total() > 0}))

    def _rests(self, token: Token) -> bool:
        if token.idle:
            return False
        return token.state == "failed" or self.shape.kind(token.key) not in _AROUND

    def copied(self) -> Game:
        """To come back to, where a move to another version is taken back."""
        return Game(self.shape, copy.deepcopy(self.tokens), copy.deepcopy(self.arrived), copy.deepcopy(self.passed))

    def happened(self, kind: str, data: Mapping[str, Any]) -> None:
        """One event of the engine; `kind` without "engine."."""
        key, number = (str(data.get("process", "")), str(data.get("element", ""))), str(data.get("task", ""))
        inner = data.get("data") or {}
        if kind in _PUTS:
            self._put(kind, key, number, inner)
        elif kind in {"completed", "cancelled"}:
            self._gone(kind == "completed", key, number, inner)
        elif kind.startswith("timer_"):
            self._ticked(kind, key, number, inner)
        elif kind == "message_caught":
            self._comes_again(key, number)
        elif kind == "ended":
            self.tokens.clear()
            self.arrived.clear()

    def _put(self, kind: str, key: Key, number: str, inner: Mapping[str, Any]) -> None:
        token = self.tokens.setdefault(number, Token(key, _PUTS[kind]))
        token.state = _PUTS[kind]
        token.called = str(inner.get("called", token.called))
        token.instance = inner.get("instance", token.instance)
        if kind == "started" and token.instance is None:
            self.passed.setdefault(key, Passed()).instances = 0
            token.idle = key in self.shape.events
        if inner.get("due"):
            token.clock = Clock(str(inner["due"]), str(inner.get("how", "")))

    def _gone(self, done: bool, key: Key, number: str, inner: Mapping[str, Any]) -> None:
        token = self.tokens.pop(number, None)
        passed = self.passed.setdefault(key, Passed())
        one_of_many = "instance" in inner or (token is not None and token.instance is not None)
        if one_of_many:
            passed.instances += done
        elif done:
            passed.done, passed.last = passed.done + 1, "done"
        elif token is None or not token.idle:
            passed.cancelled, passed.last = passed.cancelled + 1, "cancelled"
        if token is not None and token.state != "open":
            self._close(token)
        if done and not one_of_many:
            self._leaves(key, inner)

    def _close(self, token: Token) -> None:
        """With an activity that held a process goes what rested in there without a word."""
        scope = self.shape.inside(token.key, token.called)
        if scope[0] and not any(self.shape.inside(one.key, one.called) == scope for one in self._holding()):
            self._clear(scope)

    def _holding(self) -> list[Token]:
        return [one for one in self.tokens.values() if one.called or one.key in self.shape.events]

    def _clear(self, scope: Key) -> None:
        for key in [key for key in self.arrived if self.shape.scope(key) == scope]:
            del self.arrived[key]
        self._drop(lambda one: self.shape.scope(one.key) == scope)

    def _drop(self, gone: Any) -> None:
        """Failed elements of kinds that leave without a word."""
        for number in [number for number, one in self.tokens.items() if one.state == "failed" and gone(one)]:
            del self.tokens[number]

    def _leaves(self, key: Key, inner: Mapping[str, Any]) -> None:
        """A token has gone on from an element: it may have come to where it waits for others."""
        if key in self.shape.joins:
            self._fires(key)
        if self.shape.kind(key) == "startEvent":
            self._awakes(key)
        element = self.shape.elements.get(key)
        if element is not None and element.attached_to and element.interrupting:
            self._drop(lambda one: one.key == (key[0], element.attached_to))
        self._flows(key, inner.get("taken") if self.shape.chooses(key) else None)

    def _flows(self, key: Key, taken: Any) -> None:
        for target in self.shape.targets.get(key, ()) if taken is None else taken:
            if (key[0], target) in self.shape.joins:
                self.arrived.setdefault((key[0], target), Counter())[key[1]] += 1

    def _fires(self, key: Key) -> None:
        """One branch of each flow is used up."""
        come = self.arrived.get(key, Counter())
        for source in [source for source, number in come.items() if number > 0]:
            come[source] -= 1

    def _awakes(self, key: Key) -> None:
        """The start of an event sub-process: it runs from now on, and one that interrupts ends all else around it."""
        around = self.shape.scope(key)
        if around not in self.shape.events:
            return
        # by now it may be armed again: the older one is it
        for token in self.tokens.values():
            if token.key == around and token.idle:
                token.idle = False
                break
        if self.shape.elements[around].interrupting:
            self._clear(self.shape.scope(around))

    def _ticked(self, kind: str, key: Key, number: str, inner: Mapping[str, Any]) -> None:
        token = self.tokens.get(number)
        if token is None or token.clock is None:
            return
        if kind == "timer_fired":
            token.clock.state = "fired"
            if inner.get("next"):
                token.clock = Clock(str(inner["next"]), str(inner.get("how", "")))
                self._comes_again(key, number)
        elif kind == "timer_paused":
            token.clock.state = "paused"
        elif kind == "timer_resumed":
            token.clock = Clock(str(inner.get("due", token.clock.due)), str(inner.get("how", "")))

    def _comes_again(self, key: Key, number: str) -> None:
        """An event on the edge that stays there, each time that it comes: it is not completed, yet a token goes on."""
        element = self.shape.elements.get(key)
        if number in self.tokens and element is not None and element.attached_to and not element.interrupting:
            passed = self.passed.setdefault(key, Passed())
            passed.done, passed.last = passed.done + 1, "done"
            self._flows(key, None)
