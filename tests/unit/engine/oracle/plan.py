"""A process in the plainest form: parts and flows. It can be drawn as a diagram for the engine, and it is all that the
token game (game.py) knows of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Condition:
    """What a flow asks, once as FEEL and once as Python."""

    feel: str
    holds: Callable[[Values], bool]


def is_true(fact: str) -> Condition:
    return Condition(f"${{{fact}}}", lambda values: values.get(fact) is True)


def below(fact: str, limit: int) -> Condition:
    return Condition(f"${{{fact} < {limit}}}", lambda values: values[fact] < limit)


@dataclass(frozen=True)
class Event:
    """What is waited for or thrown: timer, cycle, message, signal, error, escalation, terminate or none."""

    kind: str
    #: message, signal or code
    name: str = ""
    #: of a timer or cycle: so long after it is set. Distinct for each timer of a plan, so that no two are due at once
    days: int = 0
    minutes: int = 0
    #: turns of a cycle, 0: without end
    turns: int = 0
    #: fact that holds the key of a message
    key: str = ""


@dataclass(frozen=True)
class Several:
    """One instance for each item of the fact `items`."""

    items: str
    item: str
    sequential: bool = False
    #: instances that are enough, 0: all
    enough: int = 0
    #: fact whose value true in an instance is enough
    veto: str = ""
    #: fact of each instance that is collected into the list `results`; "" if facts are merged
    answer: str = ""
    results: str = ""


@dataclass
class Part:
    """`kind`: user, script, service, fragile, receive, catch, throw, end, xor, and, or, race, sub or call."""

    id: str
    kind: str
    event: Event = Event("none")
    inside: Plan | None = None
    #: facts that go into a called process and come out, target to source; None: all
    ins: Mapping[str, str] | None = None
    outs: Mapping[str, str] | None = None
    several: Several | None = None
    guards: list[Guard] = field(default_factory=list)


@dataclass
class Guard:
    """A boundary event."""

    id: str
    event: Event
    interrupting: bool


@dataclass(frozen=True)
class Flow:
    source: str
    target: str
    condition: Condition | None = None


@dataclass
class Plan:
    """A process, or the inside of a sub-process. Its start is the part `<id>_s`, of kind start."""

    id: str
    parts: dict[str, Part] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    #: event sub-processes: the event that starts each is the `event` of the start of its inside
    handlers: list[Handler] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.add(Part(self.start, "start"))

    @property
    def start(self) -> str:
        return f"{self.id}_s"

    def add(self, part: Part) -> str:
        self.parts[part.id] = part
        return part.id

    def flow(self, source: str, target: str, condition: Condition | None = None) -> None:
        self.flows.append(Flow(source, target, condition))

    def chain(self, *ids: str) -> None:
        for source, target in pairwise(ids):
            self.flow(source, target)

    def out_of(self, part: str) -> list[Flow]:
        return [flow for flow in self.flows if flow.source == part]

    def into(self, part: str) -> list[Flow]:
        return [flow for flow in self.flows if flow.target == part]

    def reach(self, source: str, target: str) -> bool:
        """True if a token at `source` can come to `target`."""
        seen, look = set(), [source]
        while look:
            at = look.pop()
            if at == target:
                return True
            if at not in seen:
                seen.add(at)
                guards = self.parts[at].guards if at in self.parts else ()
                look += [flow.target for flow in self.out_of(at)] + [guard.id for guard in guards]
        return False


@dataclass
class Handler:
    """An event sub-process."""

    id: str
    event: Event
    interrupting: bool
    inside: Plan
