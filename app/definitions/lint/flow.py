"""Where a case can go: nothing out of reach, a way out of every loop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.definitions.diagram import CHOOSING, WAITING, Flow, Node, Process
from app.definitions.lint.graph import loops, reached
from app.definitions.lint.subject import Subject

Edges = Mapping[str, list[str]]


def check(subject: Subject) -> None:
    for process in subject.processes.values():
        edges = edges_of(process)
        _dangling(subject, process)
        _reach(subject, process, edges)
        _loops(subject, process, edges)
        for node in process.nodes.values():
            _leaving(subject, process, node)


def edges_of(process: Process) -> dict[str, list[str]]:
    """Element to the elements that a case can come to next; into and out of sub-processes, too."""
    edges: dict[str, list[str]] = {identity: [] for identity in process.nodes}
    for flow in process.flows:
        if flow.source in edges and flow.target in edges:
            edges[flow.source].append(flow.target)
    for node in process.nodes.values():
        if node.attached_to in edges:
            edges[node.attached_to].append(node.id)
        if node.scope in edges and _begins(node, process):
            edges[node.scope].append(node.id)
    return edges


def _begins(node: Node, process: Process) -> bool:
    """Is it where its scope begins: a start event, or an event sub-process?"""
    return node.kind == "startEvent" or node.by_event


def _dangling(subject: Subject, process: Process) -> None:
    for flow in process.flows:
        if flow.source not in process.nodes or flow.target not in process.nodes:
            message = f"The flow “{flow.name or flow.id}” does not connect two elements."
            subject.error("flow-loose", process, flow.id, message, "Connect both ends, or delete it.")


def _reach(subject: Subject, process: Process, edges: Edges) -> None:
    roots = [node.id for node in process.nodes.values() if node.scope == process.id and _begins(node, process)]
    if not any(process.nodes[root].kind == "startEvent" for root in roots):
        message = f"“{process.name}” has no start event."
        subject.error("start-missing", process, "", message, "Draw where it begins.")
        return
    found = reached(roots, edges)
    for node in process.nodes.values():
        if node.id not in found and node.scope not in process.nodes.keys() - found:
            message = f"{node.label} can never be reached."
            subject.error("unreachable", process, node.id, message, "Connect it to what comes before, or delete it.")


def _leaving(subject: Subject, process: Process, node: Node) -> None:
    leaving = process.leaving(node.id)
    if node.kind not in CHOOSING:
        _plain(subject, process, node, leaving)
    if not leaving and node.kind != "endEvent" and not node.by_event:
        message = f"{node.label} leads nowhere."
        subject.warning("end-missing", process, node.id, message, "Draw an end event after it that says how it ended.")


def _plain(subject: Subject, process: Process, node: Node, leaving: list[Flow]) -> None:
    for flow in leaving:
        if flow.condition is not None:
            message = f"The condition on the flow after {node.inside} is never read."
            subject.error("condition-unread", process, flow.id, message, "Put an exclusive gateway before the flow.")
    if len(leaving) > 1 and not node.kind.endswith("Gateway"):
        message = f"Several flows leave {node.inside}, without saying whether one or all of them are taken."
        subject.error("split", process, node.id, message, "Put a gateway after it.")


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
