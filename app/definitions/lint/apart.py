"""Tasks that say who may not do them (properties `notDoneBy` and `notHeldBy`): what they name must be there, else a
conflict of interest would pass in silence."""

from __future__ import annotations

from app.definitions.diagram import Node, Process
from app.definitions.lint.subject import Subject

PROPERTIES = ("notDoneBy", "notHeldBy")


def check(subject: Subject) -> None:
    tasks = {node.id for _process, node in subject.nodes() if node.kind == "userTask"}
    for process, node in subject.nodes():
        said = {name: node.properties[name].split() for name in PROPERTIES if name in node.properties}
        if said:
            _place(subject, process, node, said)
            _tasks(subject, process, node, said.get("notDoneBy", []), tasks)
            _roles(subject, process, node, said.get("notHeldBy", []))


def _place(subject: Subject, process: Process, node: Node, said: dict[str, list[str]]) -> None:
    if node.kind != "userTask" and not node.said_by:
        message = f"{node.label} says who may not do it, but only user tasks are done by people."
        subject.error("apart-place", process, node.id, message, "Move the property to the user task that is meant.")
    for name, named in said.items():
        if not named:
            message = f"{node.label} has nothing in “{name}”."
            subject.error("apart-empty", process, node.id, message, "Name what is meant, or delete the property.")


def _tasks(subject: Subject, process: Process, node: Node, named: list[str], tasks: set[str]) -> None:
    for name in named:
        if name not in tasks:
            message = f"{node.label} is not for whoever did “{name}”, which is no user task here."
            advice = "Name user tasks by their id, of this process or of one that belongs to it."
            subject.error("apart-task", process, node.id, message, advice)


def _roles(subject: Subject, process: Process, node: Node, named: list[str]) -> None:
    known = subject.known.roles
    for role in named:
        if known is not None and role not in known:
            message = f"{node.label} is not for “{role}”, which is no role."
            subject.error("apart-role", process, node.id, message, f"Use some of: {', '.join(sorted(known))}.")
        elif (role in process.roles(node) and set(process.roles(node)) <= set(named)) or {role} == set(node.said_by):
            message = f"{node.label} is for “{role}” and not for “{role}”: nobody could do it."
            subject.error("apart-nobody", process, node.id, message, "Change the group of the task, or the property.")
