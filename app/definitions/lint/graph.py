"""Two questions about a directed graph, without recursion, so that a long diagram costs no stack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Edges = Mapping[str, list[str]]


def reached(roots: Iterable[str], edges: Edges) -> set[str]:
    """Everything that can be come to from the roots, themselves included."""
    found: set[str] = set()
    left = list(roots)
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left += edges.get(one, ())
    return found


def loops(edges: Edges) -> list[frozenset[str]]:
    """The loops: largest sets whose members all reach one another (Kosaraju: two depth-first walks)."""
    back: dict[str, list[str]] = {one: [] for one in edges}
    for one, targets in edges.items():
        for to in targets:
            back.setdefault(to, []).append(one)
    found: list[frozenset[str]] = []
    seen: set[str] = set()
    for root in reversed(_finished(edges)):
        if root in seen:
            continue
        members = _unseen(root, back, seen)
        seen |= members
        if len(members) > 1 or root in edges.get(root, ()):
            found.append(frozenset(members))
    return found


def _unseen(root: str, edges: Edges, seen: set[str]) -> set[str]:
    members: set[str] = set()
    left = [root]
    while left:
        one = left.pop()
        if one not in seen and one not in members:
            members.add(one)
            left += edges.get(one, ())
    return members


def _finished(edges: Edges) -> list[str]:
    """All nodes in the order in which a depth-first walk leaves them."""
    order: list[str] = []
    seen: set[str] = set()
    for root in edges:
        stack = [(root, False)]
        while stack:
            one, leaving = stack.pop()
            if leaving:
                order.append(one)
            elif one not in seen:
                seen.add(one)
                stack.append((one, True))
                stack += [(to, False) for to in edges.get(one, ()) if to not in seen]
    return order
