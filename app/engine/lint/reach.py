"""Where a token can come to, for every element at once: strongly connected parts first, then one pass over them, each
set of elements as the bits of one number. Linear in the flows, without recursion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

Edges = Mapping[str, Sequence[str]]


def reach(edges: Edges) -> dict[str, int]:
    """Element to the elements that can be come to from it over one flow or more; element `i` in order is bit `i`."""
    bits = {one: 1 << at for at, one in enumerate(edges)}
    found: dict[str, int] = {}
    for part in parts(edges):  # those that are led to come first
        beyond = 0
        for one in part:
            for to in edges[one]:
                if to in bits:
                    beyond |= bits[to] | found.get(to, 0)
        for one in part:
            found[one] = beyond
    return found


def names(order: Iterable[str], mask: int) -> list[str]:
    """The elements whose bits are set."""
    return [one for at, one in enumerate(order) if mask >> at & 1]


def parts(edges: Edges) -> list[list[str]]:
    """The strongly connected parts, each after those that it leads to (Tarjan, with a stack of its own)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    open_: list[str] = []
    within: set[str] = set()
    found: list[list[str]] = []
    for root in edges:
        if root in number:
            continue
        work = [(root, 0)]
        while work:
            one, at = work.pop()
            if at == 0:
                number[one] = low[one] = len(number)
                open_.append(one)
                within.add(one)
            descended = _next(one, at, edges, number, low, within, work)
            if descended:
                continue
            if low[one] == number[one]:
                found.append(_closed(one, open_, within))
            if work:
                above = work[-1][0]
                low[above] = min(low[above], low[one])
    return found


def _next(
    one: str,
    at: int,
    edges: Edges,
    number: dict[str, int],
    low: dict[str, int],
    within: set[str],
    work: list[tuple[str, int]],
) -> bool:
    """Go down to the next neighbour that is new. True if there is one."""
    targets = edges[one]
    for position in range(at, len(targets)):
        to = targets[position]
        if to not in edges:
            continue
        if to not in number:
            work += [(one, position + 1), (to, 0)]
            return True
        if to in within:
            low[one] = min(low[one], number[to])
    return False


def _closed(one: str, open_: list[str], within: set[str]) -> list[str]:
    part: list[str] = []
    while True:
        member = open_.pop()
        within.discard(member)
        part.append(member)
        if member == one:
            return part
