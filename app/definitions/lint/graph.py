"""Two questions about a directed graph, without recursion, so that a long diagram costs no stack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.engine.lint.reach import parts

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
    """The loops: largest sets whose members all reach one another."""
    return [frozenset(part) for part in parts(edges) if len(part) > 1 or part[0] in edges[part[0]]]
