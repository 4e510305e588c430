"""Two trees of things to a list of differences, in the order of the files."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from app.definitions.differences.difference import Change, Detail, Difference
from app.definitions.differences.moving import moves
from app.definitions.differences.things import Fact, Order, Pairs, Path, Thing, pair

#: does a fact of this thing only repeat what another thing says?
Repeats = Callable[[Path, Thing, Mapping[str, Thing]], bool]


#: facts that stand in the label of a thing already
NAMING = frozenset({"@id", "@tag", "@name", "id", "type"})


def _never(path: Path, thing: Thing, things: Mapping[str, Thing]) -> bool:
    return False


@dataclass
class Comparison:
    """Two readings of one file."""

    file: str
    before: Thing
    after: Thing
    by: Sequence[Callable[[Thing], Hashable]] = ()
    repeats: Repeats = _never
    pairs: Pairs = field(init=False)

    def __post_init__(self) -> None:
        self.pairs = pair(self.before, self.after, by=self.by)

    @cached_property
    def _old(self) -> dict[str, Thing]:
        return {thing.id: thing for thing in self.before.all() if thing.id}

    @cached_property
    def _new(self) -> dict[str, Thing]:
        return {thing.id: thing for thing in self.after.all() if thing.id}

    def differences(self) -> Iterator[Difference]:
        moved = moves(self.pairs)
        for one, other in self._in_order():
            if one is None or other is None:
                yield self._came_or_went(one, other)
                continue
            yield from self._facts(one, other)
            yield from self._orders(one, other)
            yield from self._picture(one, other)
            for move in moved.get(other, ()):
                yield self._tell(other, "moved", what=move.what, before=move.before, after=move.after, group=move.group)

    def _in_order(self) -> Iterator[tuple[Thing | None, Thing | None]]:
        """Everything in the order that the file had; what came stands behind what it follows now."""
        behind: dict[Thing | None, list[Thing]] = {}
        last: Thing | None = None
        for thing in self.after.all():
            if thing in self.pairs.before:
                last = self.pairs.before[thing]
            else:
                behind.setdefault(last, []).append(thing)
        for thing in self.before.all():
            yield thing, self.pairs.after.get(thing)
            yield from ((None, new) for new in behind.get(thing, ()))

    def _tell(self, thing: Thing, change: Change, fact: Fact | None = None, **more: object) -> Difference:
        element = thing.id or next((above.id for above in _above(thing) if above.id), "")
        kind = fact.kind if fact and fact.kind else thing.kind
        return Difference(self.file, kind, element, thing.name, change, thing=thing.kind, **more)  # type: ignore[arg-type]

    def _came_or_went(self, one: Thing | None, other: Thing | None) -> Difference:
        thing = other or one
        assert thing is not None  # noqa: S101 # one of the two is there
        things = self._old if one else self._new
        said = [
            Detail(fact.what, fact.value, fact.said)
            for path, fact in thing.facts.items()
            if not (fact.quiet or path[-1] in NAMING or self.repeats(path, thing, things))
        ]
        return self._tell(
            thing, "removed" if one else "added", details=(*said, *(Detail(*note) for note in thing.notes))
        )

    def _facts(self, one: Thing, other: Thing) -> Iterator[Difference]:
        told: list[tuple[Path, Difference, bool]] = []
        for path in {**one.facts, **other.facts}:
            was, now = one.facts.get(path), other.facts.get(path)
            if (was.value if was else None) == (now.value if now else None) or self._said_elsewhere(path, one, other):
                continue
            told.append((path, self._fact(other, was, now), bool((now or was).quiet)))  # type: ignore[union-attr]
        loud = {path[:-1] for path, _, quiet in told if not quiet}
        yield from (one for path, one, quiet in told if not quiet or path[:-1] not in loud)

    def _said_elsewhere(self, path: Path, one: Thing, other: Thing) -> bool:
        if path[0] in one.elsewhere:
            return True
        return self.repeats(path, one, self._old) and self.repeats(path, other, self._new)

    def _fact(self, thing: Thing, was: Fact | None, now: Fact | None) -> Difference:
        fact = now or was
        assert fact is not None  # noqa: S101 # one of the two is there
        change: Change = "changed" if was and now else "added" if now else "removed"
        return self._tell(
            thing,
            change,
            fact,
            what=fact.what,
            before=was.value if was else None,
            after=now.value if now else None,
            before_words=was.said if was else "",
            after_words=now.said if now else "",
            group=fact.group,
        )

    def _orders(self, one: Thing, other: Thing) -> Iterator[Difference]:
        for path, was in one.orders.items():
            now = other.orders.get(path)
            if now is None:
                continue
            common = set(was.keys) & set(now.keys)
            old, new = ([key for key in order.keys if key in common] for order in (was, now))
            if old != new:
                yield self._order(other, now, old, new)

    def _order(self, thing: Thing, order: Order, old: Sequence[str], new: Sequence[str]) -> Difference:
        before, after = (", ".join(keys) for keys in (old, new))
        return self._tell(thing, "moved", what=order.what, before=before, after=after, group=order.group)

    def _picture(self, one: Thing, other: Thing) -> Iterator[Difference]:
        """One difference a thing, however many of its points have moved."""
        paths = [
            path
            for path in {**one.picture, **other.picture}
            if _value(one.picture.get(path)) != _value(other.picture.get(path))
        ]
        if paths:
            facts = [other.picture.get(path) or one.picture[path] for path in paths]
            what = next((fact.what for fact in facts if fact.what != "Place in the picture"), facts[0].what)
            before, after = (_drawn(thing.picture, paths) for thing in (one, other))
            yield self._tell(other, "moved", what=what, before=before, after=after, group="picture")


def _above(thing: Thing) -> Iterator[Thing]:
    while thing.holder is not None:
        thing = thing.holder
        yield thing


def _value(fact: Fact | None) -> str | None:
    return fact.value if fact else None


def _drawn(picture: Mapping[Path, Fact], paths: Iterable[Path]) -> str | None:
    said = [f"{path[-1].removeprefix('@')} {picture[path].value}".strip() for path in paths if path in picture]
    return ", ".join(said) if said else None
