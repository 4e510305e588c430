"""What stands elsewhere than before: in another holder, or in another order among its like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.definitions.differences.difference import Group
from app.definitions.differences.things import Pairs, Thing, strays


@dataclass(frozen=True, slots=True)
class Move:
    """`before` and `after`: where, in words."""

    what: str
    before: str
    after: str
    group: Group = ""


def moves(pairs: Pairs) -> dict[Thing, list[Move]]:
    """By the thing as it is now. As few as can be are told: of two that changed places, one has moved."""
    found: dict[Thing, list[Move]] = {}
    for one, other in pairs.after.items():
        if one.holder and other.holder and pairs.after.get(one.holder) is not other.holder:
            before, after = (f"{holder.kind} {holder.label}" for holder in (one.holder, other.holder))
            found.setdefault(other, []).append(Move("Inside of", before, after))
        for thing, move in _shuffled(one, other, pairs):
            found.setdefault(thing, []).append(move)
    return found


def _shuffled(one: Thing, other: Thing, pairs: Pairs) -> Iterator[tuple[Thing, Move]]:
    """Of the children that stayed. Where the order says something, each kind is looked at by itself."""
    stayed = set(other.children)
    old = [now for child in one.children if (now := pairs.after.get(child)) in stayed and now is not None]
    ranks = {thing: rank for rank, thing in enumerate(old)}
    new = [child for child in other.children if child in ranks]
    likes: dict[str, list[Thing]] = {}
    for thing in new:
        if thing.ordered or pairs.before[thing].ordered:
            likes.setdefault(thing.like, []).append(thing)
    for like in likes.values():
        yield from _strayed(like, ranks, "")
    told = {thing for like in likes.values() for thing in like}
    yield from _strayed([thing for thing in new if thing not in told], ranks, "order")


def _strayed(things: Sequence[Thing], ranks: Mapping[Thing, int], group: Group) -> Iterator[tuple[Thing, Move]]:
    was = sorted(things, key=lambda thing: ranks[thing])
    places = {thing: place for place, thing in enumerate(was)}
    for place in sorted(strays([ranks[thing] for thing in things])):
        thing = things[place]
        yield thing, Move("Order", _behind(was, places[thing]), _behind(things, place), group)


def _behind(things: Sequence[Thing], place: int) -> str:
    return f"after {things[place - 1].label}" if place else "first"
