"""DMN files to decisions, and what is wrong with them, in the words of who drew the table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from lxml import etree

from app import xmlsafe
from app.decisions.deciding import Decision, Decisions
from app.decisions.errors import DecisionsRefused
from app.decisions.knowledge import Knowledge
from app.decisions.lint import lint_table
from app.decisions.table import Table
from app.decisions.tables import read_table
from app.decisions.types import Types
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

#: Decisions that require one another in a row. More are a slip of the pen, or an attack.
MAX_CHAIN = 50


@lru_cache(maxsize=128)
def load(data: bytes) -> Decisions:
    """The decisions of a DMN file by id, parsed once and cached. Raises `DecisionsRefused` with every fault found."""
    findings: list[Finding] = []
    file = _file(data, Place("", findings))
    decisions = file.decisions() if file is not None else Decisions({})
    faults = [finding for finding in findings if finding.severity == "error"]
    if faults:
        raise DecisionsRefused(faults)
    return decisions


def check(data: bytes, name: str) -> list[Finding]:
    """Everything that is wrong or doubtful in the DMN file `name`. Takes any bytes, never raises."""
    findings: list[Finding] = []
    file = _file(data, Place(name, findings))
    if file is not None:
        file.decisions()
        file.lint()
    return sorted(findings)


def _file(data: bytes, place: Place) -> _File | None:
    """The file, if it is one of DMN; else what is wrong with it is told at `place`."""
    try:
        root = xmlsafe.parse(data)
    except xmlsafe.UnsafeXml as error:
        place.error("xml", error.detail, "Save the table anew with a DMN modeler.")
        return None
    qualified = etree.QName(root)
    if qualified.localname != "definitions" or qualified.namespace not in NAMESPACES:
        place.error("dmn", "This file is not a DMN decision table (DMN 1.1 to 1.5).", "Save it with a DMN modeler.")
        return None
    return _File(root, place)


class _File:
    """The decisions of one file, each read after those that it requires."""

    def __init__(self, root: etree._Element, place: Place) -> None:
        self.known = known_names(root)
        self.types = Types(root)
        self.place = replace(place, types=self.types.known)
        self.knowledge = Knowledge(root, self.place, self.known, self.types)
        self.elements: dict[str, etree._Element] = {}
        #: decisions read so far; None for those with a fault
        self.done: dict[str, Decision | None] = {}
        for element in children(root, "decision"):
            self._add(element)
        if not self.elements:
            place.error("dmn-empty", "There is no decision in this file.", "Draw one, or take the file out.")

    def _add(self, element: etree._Element) -> None:
        key = element.get("id") or element.get("name")
        if not key:
            self.place.error(
                "dmn-id", "A decision has neither id nor name.", "Give it an id, which a diagram can name."
            )
        elif key in self.elements:
            self.place.at(key).error("dmn-id", f"Two decisions have the id “{key}”.", "Give one of them another id.")
        else:
            self.elements[key] = element

    def decisions(self) -> Decisions:
        for key in self.elements:
            self._decision(key, ())
        return Decisions({key: made for key in self.elements if (made := self.done.get(key))})

    def lint(self) -> None:
        """What is doubtful about the decisions that could be read."""
        for key, made in self.done.items():
            if made:
                self._lint_arrows(made)
            table = child(self.elements[key], "decisionTable")
            if made and table is not None and isinstance(made.logic, Table):
                lint_table(made.logic, table, self.place.at(key))

    def _lint_arrows(self, made: Decision) -> None:
        """The answer of another decision is only known where an arrow leads from it."""
        drawn = {one.variable for one in made.requires} | {made.variable}
        for other in self.done.values():
            if other and other.variable in made.reads - drawn:
                message = (
                    f"The decision “{made.name}” reads “{other.variable}”, and no arrow comes from “{other.name}”."
                )
                advice = "Draw the arrow if its answer is meant; else give one of them another name."
                self.place.at(made.id).warn("dmn-arrow", message, advice)

        for name in sorted(made.reads & self.knowledge.names - drawn - made.functions.keys()):
            message = f"The decision “{made.name}” calls “{name}”, and no arrow comes from that model."
            self.place.at(made.id).error("dmn-arrow", message, "Draw the arrow.")

    def _decision(self, key: str, path: tuple[str, ...]) -> Decision | None:
        """`path`: the decisions that wait for this one."""
        if key in self.done:
            return self.done[key]
        if key in path:
            message = f"The decision “{key}” requires itself: {' → '.join((*path, key))}."
            self.place.at(key).error("dmn-circle", message, "Take one of these arrows out.")
            return None
        if len(path) >= MAX_CHAIN:
            message = f"More than {MAX_CHAIN} decisions wait for each other in a row."
            self.place.at(key).error("dmn-chain", message, "Put some of them into one table.")
            return None
        element = self.elements[key]
        required = [self._decision(other, (*path, key)) for other in self._required(element)]
        functions = self.knowledge.of(element, self.place.at(key))
        logic = _logic(element, self.place.at(key), self.known, self.types)
        sound = functions is not None and None not in required
        if logic and sound:
            made = _made(element, logic, [one for one in required if one], self.types)
            self.done[key] = replace(made, functions=functions or {})
        return self.done.setdefault(key, None)

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
                advice = "Draw it in this file, or take the arrow out."
                self.place.at(element.get("id", "")).error("dmn-requires", message, advice)


def _made(element: etree._Element, logic: Table | Expression, requires: Sequence[Decision], types: Types) -> Decision:
    key, name = element.get("id") or "", element.get("name") or ""
    variable = child(element, "variable")
    named = variable.get("name") if variable is not None else None
    said = (child(element, "literalExpression"), variable)
    results = (types.result(one.get("typeRef", "")) for one in said if one is not None)
    return Decision(
        key or name, name or key, named or name or key, logic, tuple(requires), tuple(one for one in results if one)
    )


def _logic(element: etree._Element, place: Place, known: frozenset[str], types: Types) -> Table | Expression | None:
    table, literal = child(element, "decisionTable"), child(element, "literalExpression")
    if table is not None:
        return read_table(table, place, known, types)
    if literal is not None:
        return place.expression(literal, known, f"The decision “{element.get('name', '')}”")
    others = [etree.QName(node).localname for node in element if etree.QName(node).localname in _NOT_READ]
    if others:
        place.error(
            "dmn-logic", f"A decision as “{others[0]}” is not supported.", "Use a decision table or one expression."
        )
    else:
        message = f"The decision “{element.get('name', '')}” decides nothing: it has no table."
        place.error("dmn-logic", message, "Give it a decision table or one expression.")
    return None


_NOT_READ = frozenset(
    ("context", "invocation", "relation", "list", "functionDefinition", "conditional", "filter", "for", "some", "every")
)
