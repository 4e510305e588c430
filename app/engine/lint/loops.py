"""Inclusive joins: which tokens can still come is only known where nothing goes round and nothing is nested."""

from __future__ import annotations

from lxml import etree

from app.engine.lint.diagram import Diagram, Scope, label
from app.engine.parse.namespaces import local


def look(diagram: Diagram, scope: Scope) -> None:
    for node in scope.of("inclusiveGateway"):
        element = node.get("id", "")
        if len(scope.into.get(element, ())) > 1 and element in scope.reached_from(scope.next_of(element)):
            scope.error(
                node,
                "inclusive-in-loop",
                f"The inclusive join “{label(node)}” stands in a loop, where it cannot know which branches still come.",
                "Use exclusive or parallel gateways in loops, or put the inclusive part into a called process.",
            )
        if len(scope.out.get(element, ())) > 1:
            _not_nested(scope, node)


def _not_nested(scope: Scope, node: etree._Element) -> None:
    inside = scope.reached_from(scope.next_of(node.get("id", "")), stop=lambda other: _joins(scope, other))
    for other in inside:
        if _splits(scope, other) and not _joins(scope, other):
            scope.error(
                scope.nodes[other],
                "inclusive-nested",
                f"The inclusive gateway “{label(scope.nodes[other])}” lies between “{label(node)}” and its join.",
                "Put the inner one into a sub-process or a called process.",
            )


def _joins(scope: Scope, element: str) -> bool:
    return local(scope.nodes[element].tag) == "inclusiveGateway" and len(scope.into.get(element, ())) > 1


def _splits(scope: Scope, element: str) -> bool:
    return local(scope.nodes[element].tag) == "inclusiveGateway" and len(scope.out.get(element, ())) > 1
