"""A role that a table gives, row by row, must be one of those that the task says it may be for: else a case would rest
there as an incident, and nobody would be asked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.decisions.lint.cells import constant
from app.decisions.table import Table
from app.definitions.diagram import Node, Process
from app.definitions.lint.subject import Subject

#: “${part.role}” or “=part.role”: the fact, and the column of the table that gave it
_COLUMN = re.compile(r"(?:\$\{|=)\s*(\w+)\.(\w+)\s*\}?")


def check(subject: Subject) -> None:
    for process, node in subject.nodes():
        found = _COLUMN.fullmatch(node.role_expression)
        if found is None:
            continue
        for table in _tables(subject, process, found[1]):
            for role in sorted(_given(table, found[2]) - set(node.roles)):
                _say(subject, process, node, role)


def _tables(subject: Subject, process: Process, item: str) -> Iterator[Table]:
    """The tables of the process whose one row becomes the fact `item`, or whose rows do, one after the other."""
    repeated = (node.collection.strip() for node in process.nodes.values() if node.item == item)
    lists = {item, *(text.removeprefix("${").removesuffix("}").strip() for text in repeated)}
    for node in process.nodes.values():
        decision = subject.decisions.get(node.camunda.get("decisionRef", ""))
        if node.camunda.get("resultVariable") in lists and decision and isinstance(decision.logic, Table):
            yield decision.logic


def _given(table: Table, column: str) -> set[str]:
    """The texts that a column says."""
    at = [number for number, output in enumerate(table.outputs) if output.name == column]
    cells = (constant(rule.outputs[number]) for rule in table.rules for number in at)
    return {str(cell[0]) for cell in cells if cell is not None and isinstance(cell[0], str)}


def _say(subject: Subject, process: Process, node: Node, role: str) -> None:
    message = f"{node.label} may come to be for “{role}”, as the table says, but its property “roles” does not list it."
    subject.error("role-unlisted", process, node.id, message, "Add it to “roles”, or correct the table.")
