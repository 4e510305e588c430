"""Every expression of a diagram. The engine's check says which cannot be read; here it is about what they read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.definitions.diagram import Node, Process
from app.definitions.lint.subject import Subject
from app.expressions import Expression, Literal, from_modeler, parse
from app.expressions import timer as timer_of


@dataclass(frozen=True, slots=True)
class Said:
    """An expression as it stands: where, what it is for, and its text."""

    process: Process
    element: str
    what: str
    text: str
    #: "condition" and "script" are FEEL with or without a mark, "timer" may be ISO 8601, "value" may be a literal
    kind: str
    #: names that it may read besides the facts
    given: frozenset[str] = frozenset()


def said(subject: Subject) -> Iterator[Said]:
    """Every expression drawn in the bundle's diagrams."""
    for process in subject.processes.values():
        for flow in process.flows:
            if flow.condition:
                yield Said(process, flow.id, f"The condition “{flow.name or flow.id}”", flow.condition, "condition")
    for process, node in subject.nodes():
        yield from _of_node(process, node)


def _of_node(process: Process, node: Node) -> Iterator[Said]:
    inside = node.inside
    texts = [
        *((f"The time of {inside}", timer.text, "timer") for timer in node.timers),
        (f"The due date of {inside}", node.camunda.get("dueDate", ""), "timer"),
        (f"The follow-up date of {inside}", node.camunda.get("followUpDate", ""), "timer"),
        (f"The candidate group of {inside}", node.role_expression, "value"),
        (node.label, node.script, "script"),
        *((f"The parameter “{one.target}” of {inside}", one.expression, "value") for one in node.outputs),
        *((f"What {inside} hands over", one.expression, "value") for one in node.goes_in),
        (f"The list of {inside}", node.collection, "condition"),
        (f"The completion condition of {inside}", node.until, "condition"),
    ]
    yield from (Said(process, node.id, what, text, kind) for what, text, kind in texts if text)
    given = OWN if node.sends else frozenset()
    for one in node.inputs:
        if one.expression:
            yield Said(process, node.id, f"The parameter “{one.target}” of {inside}", one.expression, "value", given)
    if node.message:
        yield from _of_message(process, node)


#: in the key and the payload of a message: the id of the case itself
OWN = frozenset({"case"})


def _of_message(process: Process, node: Node) -> Iterator[Said]:
    inside, said = node.inside, node.properties
    if said.get("key"):
        yield Said(process, node.id, f"The key of {inside}", said["key"], "value", OWN)
    if node.sends and node.payload:
        yield Said(process, node.id, f"What {inside} brings", node.payload, "condition", OWN)
    if node.sends and said.get("keep"):
        yield Said(process, node.id, f"The patience of {inside}", said["keep"], "timer")


def read(one: Said) -> Expression | None:
    """The parsed expression; None for a literal, or an ISO 8601 time. Raises ExpressionError."""
    if one.kind == "timer" and timer_of(one.text).kind != "expression":
        return None
    if one.kind == "value":
        found = from_modeler(one.text)
        return None if isinstance(found, Literal) else parse(found)
    return parse(one.text)
