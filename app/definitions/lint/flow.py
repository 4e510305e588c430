"""Where a case can go: no island that nothing leads to, a way out of every loop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.definitions.diagram import WAITING, Node, Process
from app.definitions.lint.graph import loops, reached
from app.definitions.lint.subject import Subject

Edges = Mapping[str, list[str]]


def check(subject: Subject) -> None:
    for process in subject.processes.values():
        edges = edges_of(process)
        _reach(subject, process, edges)
        _loops(subject, process, edges)


def edges_of(process: Process) -> dict[str, list[str]]:
    """Element to the elements that a case can come to next; into and out of sub-processes, too."""
    edges: dict[str, list[str]] = {identity: [] for identity in process.nodes}
    for flow in process.flows:
        if flow.source in edges and flow.target in edges:
            edges[flow.source].append(flow.target)
    for node in process.nodes.values():
        if node.attached_to in edges:
            edges[node.attached_to].append(node.id)
        if node.scope in edges and _begins(node):
            edges[node.scope].append(node.id)
    return edges


def _begins(node: Node) -> bool:
    """Is it where its scope begins: a start event, or an event sub-process?"""
    return node.kind == "startEvent" or node.by_event


def _reach(subject: Subject, process: Process, edges: Edges) -> None:
    """Islands: elements that lead only to one another. What no flow leads to at all, the engine's check says."""
    led_to = {flow.target for flow in process.flows}
    roots = [node.id for node in process.nodes.values() if _begins(node) or node.id not in led_to | _attached(process)]
    found = reached(roots, edges)
    for node in process.nodes.values():
        if node.id not in found:
            message = f"{node.label} can never be reached."
            subject.error("unreachable", process, node.id, message, "Connect it to what comes before, or delete it.")


def _attached(process: Process) -> set[str]:
    """Boundary events: they are come to through the element that they sit on."""
    return {node.id for node in process.nodes.values() if node.attached_to in process.nodes}


def _loops(subject: Subject, process: Process, edges: Edges) -> None:
    for loop in loops(edges):
        if not any(target not in loop for one in loop for target in edges[one]):
            message = f"There is no way out of the loop through {_names(process, loop)}."
            subject.error("loop-endless", process, min(loop), message, "Draw the flow that leaves it.")
        moving = {
            one: [to for to in edges[one] if to in loop] for one in loop if process.nodes[one].kind not in WAITING
        }
        for turning in loops({one: [to for to in targets if to in moving] for one, targets in moving.items()}):
            message = f"The loop through {_names(process, turning)} turns without ever waiting for anybody."
            advice = "Put a task, a timer or a message into it, or make sure that a script ends it."
            subject.warning("loop-restless", process, min(turning), message, advice)


def _names(process: Process, loop: Iterable[str]) -> str:
    named = [f"“{process.nodes[one].name}”" for one in sorted(loop) if process.nodes[one].name]
    return ", ".join(named[:3]) or ", ".join(sorted(loop)[:3])
