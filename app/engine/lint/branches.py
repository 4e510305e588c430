"""Branches side by side that write one fact: the one that ends last would win."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from app.engine.lint.diagram import Diagram, Scope, label
from app.engine.parse.documents import properties
from app.engine.parse.namespaces import bpmn, camunda, local


def look(diagram: Diagram, scope: Scope) -> None:
    for node in scope.of("parallelGateway"):
        branches = scope.next_of(node.get("id", ""))
        if len(branches) > 1:
            _disjoint(scope, node, [scope.reached_from([branch]) for branch in branches])


def _disjoint(scope: Scope, fork: etree._Element, reached: list[set[str]]) -> None:
    """What a fork's branches write before they meet; known are results and mappings, not what forms give."""
    writers: dict[str, str] = {}
    for at, own in enumerate(reached):
        others = set().union(*reached[:at], *reached[at + 1 :])
        mine = {name: element for element in sorted(own - others) for name in _writes(scope.nodes[element])}
        for name, element in mine.items():
            if name in writers:
                scope.warning(
                    scope.nodes[element],
                    "one-fact-two-branches",
                    f"“{label(scope.nodes[writers[name]])}” and “{label(scope.nodes[element])}” run side by side after "
                    f"“{label(fork)}” and both write the fact “{name}”: the one that ends last wins.",
                    "Give each branch a fact of its own.",
                )
            writers.setdefault(name, element)


def _writes(node: etree._Element) -> Iterator[str]:
    result = node.get(camunda("resultVariable"))
    if result:
        yield result
    if local(node.tag) == "callActivity":
        for mapping in node.iterfind(f"{bpmn('extensionElements')}/{camunda('out')}"):
            yield from filter(None, [mapping.get("target")])
    collection = properties(node).get("outputCollection")
    if collection:
        yield collection
