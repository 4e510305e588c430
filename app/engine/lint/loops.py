"""Inclusive joins: which tokens can still come is only known where nothing goes round, nothing is begun again and
nothing is nested."""

from __future__ import annotations

from lxml import etree

from app.engine.lint import reach
from app.engine.lint.diagram import Diagram, Scope, definitions, label
from app.engine.parse.namespaces import bpmn, local


def look(diagram: Diagram, scope: Scope) -> None:
    order = {element: at for at, element in enumerate(scope.nodes)}
    inside = _up_to_joins(scope)
    for node in scope.of("inclusiveGateway"):
        element = node.get("id", "")
        if len(scope.into.get(element, ())) > 1 and scope.reach[element] >> order[element] & 1:
            scope.error(
                node,
                "inclusive-in-loop",
                f"The inclusive join “{label(node)}” stands in a loop, where it cannot know which branches still come.",
                "Use exclusive or parallel gateways in loops, or put the inclusive part into a called process.",
            )
        if len(scope.out.get(element, ())) > 1:
            _not_nested(scope, node, reach.names(order, inside[element]))
    for event in scope.of("boundaryEvent"):
        if _comes_again(event):
            _not_begun_again(scope, event, reach.names(order, scope.reach[event.get("id", "")]))


def _comes_again(event: etree._Element) -> bool:
    """A boundary event that may come more than once while its activity runs."""
    if event.get("cancelActivity", "true") != "false":
        return False
    return definitions(event) != ["timer"] or event.find(f".//{bpmn('timeCycle')}") is not None


def _not_begun_again(scope: Scope, event: etree._Element, after: list[str]) -> None:
    for element in after:
        if _joins(scope, element):
            scope.error(
                scope.nodes[element],
                "inclusive-repeated",
                f"“{label(event)}” can come again while the inclusive join “{label(scope.nodes[element])}” after it "
                "still waits, so the join cannot know which branches still come.",
                "Use exclusive or parallel gateways there, or put the inclusive part into a called process.",
            )


def _up_to_joins(scope: Scope) -> dict[str, int]:
    """Element to what can be come to from it without passing an inclusive join."""
    return reach.reach({one: [] if _joins(scope, one) else to for one, to in scope.edges.items()})


def _not_nested(scope: Scope, node: etree._Element, inside: list[str]) -> None:
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
