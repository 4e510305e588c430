"""What the token game moves: tokens that know facts, in scopes, with triggers set around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from tests.unit.engine.oracle.plan import Event, Part, Plan

Known = dict[str, tuple[int, Any]]
"""fact to (when it was last changed, value)"""


def newest(*views: Known) -> Known:
    """Of each fact the newest change."""
    merged: Known = {}
    for view in views:
        for fact, (when, value) in view.items():
            if fact not in merged or when > merged[fact][0]:
                merged[fact] = (when, value)
    return merged


def values(known: Known) -> dict[str, Any]:
    return {fact: value for fact, (_, value) in known.items()}


def mapped(mapping: Any, source: dict[str, Any]) -> dict[str, Any]:
    """Facts that go in or out of a called process: all, or target from source, null if it is not known."""
    return dict(source) if mapping is None else {to: source.get(fact) for to, fact in mapping.items()}


_numbers = count()


@dataclass(eq=False)
class Trigger:
    """Something that is waited for, and what then happens."""

    #: the event in the plan
    name: str
    event: Event
    act: Callable[[dict[str, Any]], None]
    key: Any = None
    at: datetime | None = None
    #: turns of a cycle that are left, -1: without end
    left: int = 0
    #: goes on waiting after it has come
    stays: bool = False

    def next_turn(self, now: datetime) -> bool:
        """Set a cycle to its first turn after `now`; False if none is left."""
        every = timedelta(days=self.event.days, minutes=self.event.minutes)
        while self.left != 0 and self.at is not None and self.at <= now:
            self.at += every
            self.left -= 1
        return self.left != 0


@dataclass(eq=False)
class Token:
    part: Part
    scope: Scope
    known: Known
    #: the flow over which it came to a join
    came: str = ""
    #: the activity whose instance it is, and the index of the item
    whole: Token | None = None
    index: int = 0
    #: an element that failed
    failed: bool = False
    triggers: list[Trigger] = field(default_factory=list)
    inside: Scope | None = None
    #: of an activity with several instances
    instances: list[Token] = field(default_factory=list)
    items: list[Any] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)
    done: int = 0
    #: what the instance that has last come to its end knew, if that does not tell whether it is enough
    unsure: dict[str, Any] | None = None
    #: the order in which tokens came to be
    number: int = field(default_factory=lambda: next(_numbers))


@dataclass(eq=False)
class Scope:
    """A process or a sub-process that runs."""

    plan: Plan
    holder: Token | None
    tokens: list[Token] = field(default_factory=list)
    #: what tokens that came to an end knew
    ended: Known = field(default_factory=dict)
    #: what its event sub-processes wait for
    armed: list[Trigger] = field(default_factory=list)
    over: bool = False

    def all_tokens(self) -> Iterator[Token]:
        for token in self.tokens:
            yield token
            for inner in [token, *token.instances]:
                if inner is not token:
                    yield inner
                if inner.inside is not None:
                    yield from inner.inside.all_tokens()
