"""Where a case can go: no island that nothing leads to."""

from __future__ import annotations

from collections.abc import Mapping

from app.definitions.diagram import Node, Process
from app.definitions.lint.graph import reached
from app.definitions.lint.subject import Subject

Edges = Mapping[str, list[str]]


def check(subject: Subject) -> None:
    for process in subject.processes.values():
        _reach(subject, process, edges_of(process))


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
