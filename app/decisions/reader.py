"""DMN files to decisions, and what is wrong with them, in the words of who drew the table."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from lxml import etree

from app import xmlsafe
from app.decisions.deciding import Decision, Decisions
from app.decisions.errors import DecisionsRefused
from app.decisions.table import Table
from app.decisions.tables import read_table
from app.decisions.xml import Place, child, children, known_names
from app.errors import Finding
from app.expressions import Expression

#: DMN 1.1 to 1.5; what is read here is the same in all of them.
NAMESPACES = frozenset(
    (
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    )
)


@lru_cache(maxsize=128)
def load(data: bytes) -> Decisions:
    """The decisions of a DMN file by id, parsed once and cached. Raises `DecisionsRefused` with every fault found."""
    findings: list[Finding] = []
    decisions = _read(data, "", findings)
    faults = [finding for finding in findings if finding.severity == "error"]
    if faults:
        raise DecisionsRefused(faults)
    return decisions


def check(data: bytes, name: str) -> list[Finding]:
    """Everything that is wrong or doubtful in the DMN file `name`. Takes any bytes, never raises."""
    findings: list[Finding] = []
    _read(data, name, findings)
    return sorted(findings)


def _read(data: bytes, name: str, findings: list[Finding]) -> Decisions:
    place = Place(name, findings)
    try:
        root = xmlsafe.parse(data)
    except xmlsafe.UnsafeXml as error:
        place.error("xml", error.detail)
        return Decisions({})
    qualified = etree.QName(root)
    if qualified.localname != "definitions" or qualified.namespace not in NAMESPACES:
        place.error("dmn", "This file is not a DMN decision table (DMN 1.1 to 1.5).", "Save it with a DMN modeler.")
        return Decisions({})
    return _File(root, place).decisions()


class _File:
    """The decisions of one file, each read after those that it requires."""

    def __init__(self, root: etree._Element, place: Place) -> None:
        self.place = place
        self.known = known_names(root)
        self.elements: dict[str, etree._Element] = {}
        self.done: dict[str, Decision] = {}
        for element in children(root, "decision"):
            self._add(element)
        if not self.elements:
            place.error("dmn-empty", "There is no decision in this file.")

    def _add(self, element: etree._Element) -> None:
        key = element.get("id") or element.get("name")
        if not key:
            self.place.error("dmn-id", "A decision has neither id nor name.")
        elif key in self.elements:
            self.place.at(key).error("dmn-id", f"Two decisions have the id “{key}”.")
        else:
            self.elements[key] = element

    def decisions(self) -> Decisions:
        for key in self.elements:
            self._decision(key, ())
        return Decisions({key: self.done[key] for key in self.elements if key in self.done})

    def _decision(self, key: str, path: tuple[str, ...]) -> Decision | None:
        """`path`: the decisions that wait for this one."""
        if key in self.done:
            return self.done[key]
        if key in path:
            self.place.at(key).error("dmn-circle", f"The decision “{key}” requires itself: {' → '.join((*path, key))}.")
            return None
        element = self.elements[key]
        required = [self._decision(other, (*path, key)) for other in self._required(element)]
        logic = _logic(element, self.place.at(key), self.known)
        if logic is not None and None not in required:
            self.done[key] = _made(element, logic, tuple(decision for decision in required if decision))
        return self.done.get(key)

    def _required(self, element: etree._Element) -> Iterator[str]:
        for requirement in children(element, "informationRequirement"):
            reference = child(requirement, "requiredDecision")
            if reference is None:
                continue
            key = reference.get("href", "").rpartition("#")[2]
            if key in self.elements:
                yield key
            else:
                message = f"The decision “{element.get('id')}” requires “{key}”, which is not in this file."
                self.place.at(element.get("id", "")).error("dmn-requires", message)


def _made(element: etree._Element, logic: Table | Expression, requires: tuple[Decision, ...]) -> Decision:
    key, name = element.get("id") or "", element.get("name") or ""
    variable = child(element, "variable")
    named = variable.get("name") if variable is not None else None
    return Decision(key or name, name or key, named or name or key, logic, requires)


def _logic(element: etree._Element, place: Place, known: frozenset[str]) -> Table | Expression | None:
    table, literal = child(element, "decisionTable"), child(element, "literalExpression")
    if table is not None:
        return read_table(table, place, known)
    if literal is not None:
        return place.expression(literal, known, f"The decision “{element.get('name', '')}”")
    others = [etree.QName(node).localname for node in element if etree.QName(node).localname in _NOT_READ]
    if others:
        place.error(
            "dmn-logic", f"A decision as “{others[0]}” is not supported.", "Use a decision table or one expression."
        )
    else:
        place.error("dmn-logic", f"The decision “{element.get('name', '')}” decides nothing: it has no table.")
    return None


_NOT_READ = frozenset(
    ("context", "invocation", "relation", "list", "functionDefinition", "conditional", "filter", "for", "some", "every")
)
