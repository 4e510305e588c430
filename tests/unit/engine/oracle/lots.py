"""What a random plan is drawn with: names, chances and events."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count

from tests.unit.engine.oracle.plan import Event, Part, Plan, Several

#: Facts that every case begins with.
FACTS = {"people": ["ann", "bob", "cas"], "pair": ["x", "y"], "nobody": [], "ref": "A7"}

Ends = tuple[str, str]
"""where flows come into a block and where they leave it"""


@dataclass(frozen=True)
class Place:
    """Where in a plan a block stands."""

    plan: Plan
    depth: int
    #: error and escalation codes that something around it catches
    errors: tuple[str, ...] = ()
    escalations: tuple[str, ...] = ()
    #: facts that may be the key of a message
    keys: tuple[str, ...] = ("ref",)
    loop: bool = False
    inclusive: bool = False

    def deeper(self) -> Place:
        return replace(self, depth=self.depth - 1)


@dataclass
class Lots:
    """`made` counts the constructs that are drawn."""

    dice: random.Random
    made: dict[str, int] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)
    called: list[Plan] = field(default_factory=list)
    #: signals that something in the case may hear
    signals: list[str] = field(default_factory=list)

    def name(self, kind: str) -> str:
        return f"{kind}{next(self.numbers)}"

    def note(self, *constructs: str) -> None:
        for construct in constructs:
            self.made[construct] = self.made.get(construct, 0) + 1

    def chance(self, share: float) -> bool:
        return self.dice.random() < share

    # Events that are waited for

    def timer(self, *, cycle: bool = False) -> Event:
        minutes = next(self.numbers)
        if cycle:
            return Event("cycle", days=self.dice.choice([2, 7, 28]), minutes=minutes, turns=self.dice.choice([0, 2]))
        return Event("timer", days=self.dice.choice([1, 3, 9, 17, 40]), minutes=minutes)

    def message(self, place: Place) -> Event:
        key = self.dice.choice(place.keys) if self.chance(0.5) else ""
        return Event("message", self.name("m"), key=key)

    def _outer_event(self, place: Place) -> Event:
        """Of a boundary event or an event sub-process."""
        return self.dice.choice([self.timer, self.timer, lambda: self.message(place), self.signal])()

    def signal(self) -> Event:
        if not self.signals or self.chance(0.7):
            self.signals.append(self.name("s"))
        return Event("signal", self.dice.choice(self.signals))

    def several(self, part: Part) -> Several:
        items = self.dice.choice(["people", "people", "pair", "nobody"])
        several = Several(items, f"i_{part.id}", sequential=self.chance(0.35))
        if self.chance(0.5):
            answer = part.id if part.kind == "user" else f"a_{part.id}"
            several = replace(several, results=f"all_{part.id}", answer=answer)
        how = self.dice.random()
        if how < 0.15:
            several = replace(several, enough=1)
        elif how < 0.3:
            several = replace(several, veto=f"veto_{part.id}")
        stop = " until enough" if several.enough else " until a veto" if several.veto else ""
        self.note(f"{'sequential' if several.sequential else 'parallel'} instances of {part.kind}{stop}")
        return several
