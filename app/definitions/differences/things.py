"""Files as trees of things with facts, and which thing of one file is which of another."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from app.definitions.differences.difference import Group

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """One text that stands in a file. `what`: which it is, in words; `said`: the text in words, "" if it needs none."""

    value: str
    what: str
    said: str = ""
    #: instead of the kind of the thing: "timer", "condition", "cell"
    kind: str = ""
    #: told only where nothing else of the same part is: it goes along with that
    quiet: bool = False
    group: Group = ""


@dataclass(frozen=True, slots=True)
class Order:
    """In which order the parts of something stand."""

    keys: tuple[str, ...]
    what: str
    group: Group = ""


@dataclass(eq=False)
class Thing:
    """`id`: as the file says, "" without; `tag`: what the file calls such a thing, `kind` what people do."""

    id: str
    tag: str
    kind: str
    name: str = ""
    facts: dict[Path, Fact] = field(default_factory=dict)
    #: order of parts, by the path of what holds them
    orders: dict[Path, Order] = field(default_factory=dict)
    #: what is drawn
    picture: dict[Path, Fact] = field(default_factory=dict)
    #: of a row of a table: the beginnings of its cells' paths, in the order of the columns
    cells: tuple[str, ...] = ()
    #: beginnings of paths that a difference at another thing tells
    elsewhere: set[str] = field(default_factory=set)
    #: what else is told when it came or went: (what, value)
    notes: list[tuple[str, str]] = field(default_factory=list)
    children: list[Thing] = field(default_factory=list)
    holder: Thing | None = None
    #: does it mean something where it stands among its like?
    ordered: bool = False
    #: among which: "" for all that its holder has
    like: str = ""

    def add(self, child: Thing) -> Thing:
        child.holder = self
        self.children.append(child)
        return child

    def all(self) -> Iterator[Thing]:
        """It and all within, in the order of the file."""
        yield self
        for child in self.children:
            yield from child.all()

    @property
    def label(self) -> str:
        return f"“{self.name}”" if self.name else self.id or self.kind

    @cached_property
    def content(self) -> Hashable:
        """All that it says but its ids and pictures: two that say the same are equal."""
        said = frozenset((path, fact.value) for path, fact in self.facts.items() if path[-1] not in ("@id", "id"))
        orders = frozenset((path, order.keys) for path, order in self.orders.items())
        return (self.tag, said, orders, tuple(child.content for child in self.children))


@dataclass
class Pairs:
    """Who is who. Things without a partner came or went."""

    after: dict[Thing, Thing] = field(default_factory=dict)
    before: dict[Thing, Thing] = field(default_factory=dict)

    def join(self, one: Thing, other: Thing) -> None:
        self.after[one], self.before[other] = other, one


def pair(before: Thing, after: Thing, *, by: Sequence[Callable[[Thing], Hashable]] = ()) -> Pairs:
    """The roots are partners; then those of one id; then, within partners, those of the same key (`by`, one after the
    other; None is no key); last those of which one has no id, in their order."""
    found = Pairs()
    found.join(before, after)
    _join(found, list(before.all())[1:], list(after.all())[1:], lambda thing: thing.id or None)
    waiting = [before]
    while waiting:
        holder = waiting.pop(0)
        partner = found.after.get(holder)
        if partner is not None:
            for key in (*by, _nameless):
                _join(found, holder.children, partner.children, key)
        waiting += holder.children
    return found


def _nameless(thing: Thing) -> Hashable:
    return None if thing.id else thing.tag


def _join(found: Pairs, ones: Sequence[Thing], others: Sequence[Thing], key: Callable[[Thing], Hashable]) -> None:
    """Partners are those of the same key: the first with the first, the second with the second."""
    free: dict[Hashable, list[Thing]] = {}
    for other in others:
        if other not in found.before and (said := key(other)) is not None:
            free.setdefault(said, []).append(other)
    for one in ones:
        candidates = free.get(key(one)) if one not in found.after else None
        if candidates:
            found.join(one, candidates.pop(0))


def numbered(keys: Sequence[str]) -> list[str]:
    """The keys, each made unlike those before it: `a`, `b`, `a#2`."""
    seen: Counter[str] = Counter()
    taken: set[str] = set()
    found = []
    for key in keys:
        seen[key] += 1
        name = key if seen[key] == 1 else f"{key}#{seen[key]}"
        while name in taken:
            name += "'"
        taken.add(name)
        found.append(name)
    return found


def strays(ranks: Sequence[int]) -> set[int]:
    """The places of those that must move for the rest to be in rising order, as few as can be."""
    tails: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for place, rank in enumerate(ranks):
        at = bisect_left(tails, rank)
        previous.append(ends[at - 1] if at else -1)
        tails[at : at + 1] = [rank]
        ends[at : at + 1] = [place]
    kept: set[int] = set()
    place = ends[-1] if ends else -1
    while place >= 0:
        kept.add(place)
        place = previous[place]
    return set(range(len(ranks))) - kept
