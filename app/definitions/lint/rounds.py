"""Loops: each has a way out, somebody or something to wait for, and something in it that can open the way out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from app.definitions.diagram import CHOOSING, SCOPES, WAITING, Node, Process
from app.definitions.lint.facts import worked_out
from app.definitions.lint.flow import edges_of
from app.definitions.lint.graph import loops
from app.definitions.lint.subject import Subject
from app.expressions import ExpressionError, parse

#: functions whose answer changes by itself
_TIME = ("now(", "today(")
_ENDING = frozenset({"terminate", "error", "escalation"})


def check(subject: Subject) -> None:
    for process in subject.processes.values():
        edges = edges_of(process)
        for loop in loops(edges):
            _round(subject, process, loop, edges)


def _round(subject: Subject, process: Process, loop: frozenset[str], edges: Mapping[str, list[str]]) -> None:
    exits = list(_exits(process, loop, edges))
    moving = {one: [to for to in edges[one] if to in loop] for one in loop if not _waits(process.nodes[one])}
    restless = loops({one: [to for to in targets if to in moving] for one, targets in moving.items()})
    if not exits and (restless or not _ended_from_outside(subject, process, process.nodes[min(loop)].scope)):
        message = f"There is no way out of the loop through {_names(process, loop)}."
        advice = "Draw the flow that leaves it: a gateway that asks whether to go round again."
        subject.error("loop-endless", process, min(loop), message, advice)
        return
    _stuck(subject, process, loop, exits)
    for turning in restless:
        message = f"The loop through {_names(process, turning)} turns without ever waiting for anybody."
        advice = "Put a task, a timer or a message into it, or make sure that a script ends it."
        subject.warning("loop-restless", process, min(turning), message, advice)


def _waits(node: Node) -> bool:
    return node.kind in WAITING or node.kind in SCOPES or (node.kind == "boundaryEvent" and bool(node.events))


def _exits(process: Process, loop: frozenset[str], edges: Mapping[str, list[str]]) -> Iterator[tuple[Node, Node]]:
    """Flows that take the token itself away. A parallel gateway and an event that does not interrupt send another."""
    for one in sorted(loop):
        node = process.nodes[one]
        for to in edges[one]:
            target = process.nodes[to]
            sent = node.kind == "parallelGateway" or (target.kind == "boundaryEvent" and not target.interrupting)
            if to not in loop and not sent and target.scope != one:
                yield node, target


def _ended_from_outside(subject: Subject, process: Process, scope: str, below: frozenset[str] = frozenset()) -> bool:
    """Can something end the scope, or one around it, while a token goes round in it? `below`: processes that have been
    looked at, each called by the next."""
    nodes = process.nodes.values()
    seen: set[str] = set()  # in a broken file a scope may lie in itself
    while scope not in seen:
        seen.add(scope)
        if any(node.scope == scope and _ends(node) for node in nodes):
            return True
        if any(node.attached_to == scope and node.interrupting for node in nodes):
            return True
        scope = process.nodes[scope].scope if scope in process.nodes else scope
    return process.id not in below and _called_and_ended(subject, process.id, below | {process.id})


def _ends(node: Node) -> bool:
    """Does it end all of the scope that holds it?"""
    return bool(_ENDING & set(node.events)) if node.kind == "endEvent" else node.by_event and node.interrupting


def _called_and_ended(subject: Subject, called: str, below: frozenset[str]) -> bool:
    """Does some call of it stand where it can be interrupted, or in a scope that can be ended?"""
    calls = {(caller.id, node.id): (caller, node) for caller, node in subject.nodes() if node.called == called}
    if any((process.id, node.attached_to) in calls and node.interrupting for process, node in subject.nodes()):
        return True
    return any(_ended_from_outside(subject, caller, node.scope, below) for caller, node in calls.values())


def _stuck(subject: Subject, process: Process, loop: frozenset[str], exits: list[tuple[Node, Node]]) -> None:
    """Every way out asks for facts, and nothing in the loop changes one of them."""
    asked: set[str] = set()
    for node, _ in exits:
        names = _asked_at(process, node) if node.kind in CHOOSING else None
        if names is None:
            return
        asked |= names
    changed = _changed(subject, process, loop)
    if not exits or not asked or changed is None or asked & changed:
        return
    said = ", ".join(f"“{name}”" for name in sorted(asked))
    message = f"The way out of the loop through {_names(process, loop)} asks for {said}, which nothing in it changes."
    advice = "Let a form, a script or a decision inside the loop set it, or ask for what does change there."
    subject.warning("loop-stuck", process, exits[0][0].id, message, advice)


def _asked_at(process: Process, gateway: Node) -> set[str] | None:
    """Names in the conditions of a gateway; None where the answer may change by itself or cannot be read."""
    found: set[str] = set()
    for flow in process.leaving(gateway.id):
        text = flow.condition or ""
        if any(word in text.replace(" ", "") for word in _TIME):
            return None
        try:
            found |= parse(text).names if text else frozenset()
        except ExpressionError:
            return None
    return found


def _changed(subject: Subject, process: Process, loop: frozenset[str]) -> set[str] | None:
    """Facts that elements of the loop set; None where that cannot be known."""
    found: set[str] = set()
    for one in _with_inside(process, loop):
        node = process.nodes[one]
        form = subject.forms.get(node.form)
        if node.form and form is None:
            return None
        if any(mapped.everything for mapped in node.goes_out) or "message" in node.events or node.kind == "receiveTask":
            return None
        found |= worked_out(node) | (form.facts if form else frozenset())
    return found


def _with_inside(process: Process, loop: Iterable[str]) -> Iterator[str]:
    inside = set(loop)
    for node in process.nodes.values():  # a sub-process comes before what it holds
        if node.id in inside or node.scope in inside:
            inside.add(node.id)
            yield node.id


def _names(process: Process, loop: Iterable[str]) -> str:
    named = [f"“{process.nodes[one].name}”" for one in sorted(loop) if process.nodes[one].name]
    return ", ".join(named[:3]) or ", ".join(sorted(loop)[:3])
