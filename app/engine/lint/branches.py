"""Branches side by side that write one fact: the one that ends last would win."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import NamedTuple

from lxml import etree

from app import forms
from app.engine.lint import reach
from app.engine.lint.diagram import Diagram, Scope, label
from app.engine.parse.documents import properties
from app.engine.parse.namespaces import bpmn, camunda, local
from app.forms import FormError

_FORKS = ("parallelGateway", "inclusiveGateway")


def look(diagram: Diagram, scope: Scope) -> None:
    writers = _writers(diagram, scope)
    if not writers:
        return
    order = list(scope.nodes)
    bits = {element: 1 << at for at, element in enumerate(order)}
    beyond = scope.reach
    for first, branches in _side_by_side(scope):
        masks = [
            reduce(or_, (bits.get(one, 0) | beyond.get(one, 0) for one in branch.starts), bits.get(branch.itself, 0))
            for branch in branches
        ]
        for fact, mask in writers.items():
            _disjoint(scope, first, fact, [own & mask for own in _own(masks)], order)


def _writers(diagram: Diagram, scope: Scope) -> dict[str, int]:
    """Fact to the elements that write it, as bits, where there are several."""
    found: dict[str, int] = {}
    for at, node in enumerate(scope.nodes.values()):
        for fact in _writes(diagram, node):
            found[fact] = found.get(fact, 0) | 1 << at
    return {fact: mask for fact, mask in found.items() if mask & (mask - 1)}


class _Branch(NamedTuple):
    #: what the token comes to first
    starts: list[str]
    #: the activity on which an event sits: it goes on beside the event's branch
    itself: str = ""


def _side_by_side(scope: Scope) -> Iterator[tuple[etree._Element, list[_Branch]]]:
    """Where tokens part, and the branches that they take."""
    for node in scope.of(*_FORKS):
        branches = scope.next_of(node.get("id", ""))
        if len(branches) > 1:
            yield node, [_Branch([branch]) for branch in branches]
    for node in scope.of("boundaryEvent"):
        activity = node.get("attachedToRef", "")
        if node.get("cancelActivity") == "false" and activity in scope.nodes:
            yield node, [_Branch(scope.next_of(activity), activity), _Branch(scope.next_of(node.get("id", "")))]


def _own(masks: list[int]) -> list[int]:
    """Of each branch, what no other branch comes to: after that they have met."""
    once = twice = 0
    for mask in masks:
        twice |= once & mask
        once |= mask
    return [mask & ~twice for mask in masks]


def _disjoint(scope: Scope, first: etree._Element, fact: str, writing: list[int], order: list[str]) -> None:
    at = [mask for mask in writing if mask]
    if len(at) < 2:
        return
    one, other = (scope.nodes[reach.names(order, mask)[0]] for mask in at[:2])
    scope.warning(
        other,
        "one-fact-two-branches",
        f"“{label(one)}” and “{label(other)}” run side by side after “{label(first)}” and both write the fact "
        f"“{fact}”: the one that ends last wins.",
        "Give each branch a fact of its own.",
    )


def _writes(diagram: Diagram, node: etree._Element) -> Iterator[str]:
    result = node.get(camunda("resultVariable"))
    if result:
        yield result
    if local(node.tag) == "callActivity":
        for mapping in node.iterfind(f"{bpmn('extensionElements')}/{camunda('out')}"):
            yield from filter(None, [mapping.get("target")])
    collection = properties(node).get("outputCollection")
    if collection:
        yield collection
    elif local(node.tag) == "userTask":
        yield from _routed(diagram, node.get(camunda("formRef"), ""))


def _routed(diagram: Diagram, form: str) -> frozenset[str]:
    """The facts that a form's answers set."""
    data = diagram.bundle.files.get(f"{form}.form")
    try:
        return forms.load(data).facts if data is not None else frozenset()
    except FormError:
        return frozenset()  # said of the form
