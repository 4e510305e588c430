"""A bundle as lint sees it: every scope (process or sub-process) with its elements and flows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from app.engine.bundle import Bundle
from app.engine.lint.reach import names, reach
from app.engine.outline import WORDS
from app.engine.parse.documents import Document
from app.engine.parse.elements import FLOW_NODES, HOLDERS
from app.engine.parse.namespaces import bpmn, local
from app.errors import Finding


class Report:
    """Collects findings."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    @property
    def has_errors(self) -> bool:
        return any(finding.severity == "error" for finding in self.findings)

    def error(self, file: str, element: str, rule: str, message: str, advice: str = "") -> None:
        self.findings.append(Finding(file, element, "error", rule, message, advice))

    def warning(self, file: str, element: str, rule: str, message: str, advice: str = "") -> None:
        self.findings.append(Finding(file, element, "warning", rule, message, advice))


@dataclass(eq=False)
class Scope:
    """What one process or sub-process holds directly."""

    document: Document
    node: etree._Element
    process: str
    parent: Scope | None
    report: Report
    #: how many elements there are, also where two share an id
    drawn: int = 0
    nodes: dict[str, etree._Element] = field(default_factory=dict)
    flows: list[etree._Element] = field(default_factory=list)
    out: dict[str, list[etree._Element]] = field(default_factory=dict)
    into: dict[str, list[etree._Element]] = field(default_factory=dict)
    around: dict[str, list[etree._Element]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for child in self.node:
            kind = local(child.tag)
            if kind in FLOW_NODES:
                self.drawn += 1
                self.nodes[child.get("id", "")] = child
                if kind == "boundaryEvent":
                    self.around.setdefault(child.get("attachedToRef", ""), []).append(child)
            elif kind == "sequenceFlow":
                self.flows.append(child)
                self.out.setdefault(child.get("sourceRef", ""), []).append(child)
                self.into.setdefault(child.get("targetRef", ""), []).append(child)

    @property
    def is_event_subprocess(self) -> bool:
        return self.node.get("triggeredByEvent") == "true"

    def of(self, *kinds: str) -> Iterator[etree._Element]:
        return (node for node in self.nodes.values() if local(node.tag) in kinds)

    def next_of(self, element: str) -> list[str]:
        return [flow.get("targetRef", "") for flow in self.out.get(element, ())]

    def boundary_of(self, element: str) -> list[etree._Element]:
        return self.around.get(element, [])

    @cached_property
    def edges(self) -> dict[str, list[str]]:
        """Element to what a token can come to next, over flows and boundary events."""
        return {
            element: [*self.next_of(element), *(node.get("id", "") for node in self.boundary_of(element))]
            for element in self.nodes
        }

    @cached_property
    def reach(self) -> dict[str, int]:
        """Element to all that a token can come to from it; element `i` of `nodes` is bit `i`."""
        return reach(self.edges)

    def error(self, node: etree._Element, rule: str, message: str, advice: str = "") -> None:
        self.report.error(self.document.file, node.get("id", ""), rule, message, advice)

    def warning(self, node: etree._Element, rule: str, message: str, advice: str = "") -> None:
        self.report.warning(self.document.file, node.get("id", ""), rule, message, advice)


@dataclass(eq=False)
class Diagram:
    """Everything in a bundle's BPMN files."""

    bundle: Bundle
    trees: list[Document]
    report: Report
    scopes: list[Scope] = field(default_factory=list)
    processes: dict[str, Scope] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for tree in self.trees:
            for process in tree.processes():
                self._add(tree, process, process.get("id", ""), None)

    def _add(self, tree: Document, node: etree._Element, process: str, parent: Scope | None) -> None:
        todo: list[tuple[etree._Element, Scope | None]] = [(node, parent)]
        while todo:
            holder, outer = todo.pop()
            scope = Scope(tree, holder, process, outer, self.report)
            self.scopes.append(scope)
            if outer is None:
                self.processes.setdefault(process, scope)
            todo.extend((child, scope) for child in reversed(list(scope.of(*HOLDERS))))

    @cached_property
    def callers(self) -> dict[str, list[tuple[Scope, etree._Element]]]:
        """Process to the call activities that call it, each with the scope that holds it."""
        found: dict[str, list[tuple[Scope, etree._Element]]] = {}
        for scope in self.scopes:
            for node in scope.of("callActivity"):
                found.setdefault(node.get("calledElement", ""), []).append((scope, node))
        return found

    @cached_property
    def calls(self) -> dict[str, set[str]]:
        """Process to all that it comes to call, at any depth."""
        edges: dict[str, list[str]] = {process: [] for process in self.processes}
        for called, callers in self.callers.items():
            for scope, _ in callers:
                edges[scope.process].append(called)
        order = list(edges)
        return {process: set(names(order, mask)) for process, mask in reach(edges).items()}

    def stems(self, suffix: str) -> set[str]:
        """Names of the bundle's files of a kind, without folder and suffix: the ids of its forms."""
        return {name.rpartition("/")[2].removesuffix(suffix) for name in self.bundle.of_kind(suffix)}


def label(node: etree._Element) -> str:
    """The name that people see; without one, what it is and its id."""
    kind = local(node.tag)
    return " ".join(node.get("name", "").split()) or f"{WORDS.get(kind, kind)} {node.get('id', '')}"


def definitions(node: etree._Element) -> list[str]:
    """The kinds of an event's definitions: "timer", "message", …"""
    kinds = (local(child.tag) for child in node)
    return [kind.removesuffix("EventDefinition") for kind in kinds if kind.endswith("EventDefinition")]


def has_loop(node: etree._Element) -> bool:
    """True for a multi-instance activity."""
    return node.find(bpmn("multiInstanceLoopCharacteristics")) is not None
