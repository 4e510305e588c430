"""One decision of a model with what it needs, as a file of its own, so that each is judged alone."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lxml import etree

from app import xmlsafe
from app.decisions import Decision, load
from app.decisions.xml import child, children, text_of

#: What DMN can draw and a decision table or literal expression cannot hold.
NOT_HELD = {
    "businessKnowledgeModel": "needs a business knowledge model that is more than one expression",
    "decisionService": "needs a decision service",
    "import": "needs another file",
    "context": "is a boxed context",
    "invocation": "is a boxed invocation",
    "relation": "is a relation",
    "list": "is a boxed list",
    "functionDefinition": "is a boxed function",
    "conditional": "is a boxed conditional",
    "filter": "is a boxed filter",
    "for": "is a boxed loop",
    "some": "is a boxed quantifier",
    "every": "is a boxed quantifier",
}


@dataclass(frozen=True, slots=True)
class Model:
    root: etree._Element

    @property
    def decisions(self) -> dict[str, etree._Element]:
        return {element.get("id") or element.get("name") or "": element for element in children(self.root, "decision")}

    def key(self, name: str) -> str | None:
        """The id of the decision with this name."""
        return next((key for key, element in self.decisions.items() if element.get("name") == name), None)

    def needed(self, key: str) -> set[str]:
        """The decision and all that it requires, by id."""
        found, waiting = set[str](), [key]
        while waiting:
            key = waiting.pop()
            if key in self.decisions and key not in found:
                found.add(key)
                waiting += [href.rpartition("#")[2] for href in _hrefs(self.decisions[key], "requiredDecision")]
        return found

    def why_not_held(self, key: str) -> str:
        """Why a table or literal expression cannot hold this decision or one that it requires; "" if they can."""
        for needed in sorted(self.needed(key)):
            element = self.decisions[needed]
            why = self._own_reason(element)
            if why:
                return why if needed == key else f"requires “{element.get('name')}”, which {why}"
        return ""

    def _own_reason(self, element: etree._Element) -> str:
        if not self._calls_expressions(element):
            return NOT_HELD["businessKnowledgeModel"]
        files = {href.rpartition("#")[0] for href in _hrefs(element, "requiredDecision", "requiredInput")}
        if files - {"", self.root.get("namespace", "")}:
            return NOT_HELD["import"]
        if child(element, "decisionTable") is not None or child(element, "literalExpression") is not None:
            return ""
        return next((NOT_HELD[tag] for tag in NOT_HELD if child(element, tag) is not None), "has no logic")

    def _calls_expressions(self, element: etree._Element) -> bool:
        """Whether all business knowledge models that it requires, and those that they do, are one FEEL expression."""
        models = {one.get("id"): one for one in children(self.root, "businessKnowledgeModel")}
        waiting, seen = [element], set[str]()
        while waiting:
            keys = {href.rpartition("#")[2] for href in _hrefs(waiting.pop(), "requiredKnowledge")} - seen
            if not all(key in models and _is_expression(models[key]) for key in keys):
                return False
            seen |= keys
            waiting += [models[key] for key in keys]
        return True

    def said(self, key: str) -> str:
        """A literal expression as it was written, "a table" for a decision table."""
        expression = child(self.decisions[key], "literalExpression")
        return "a table" if expression is None else " ".join(text_of(expression).split())

    def alone(self, key: str) -> bytes:
        """A file with this decision, those that it requires and everything that is no decision."""
        root = copy.deepcopy(self.root)
        needed = self.needed(key)
        for element in list(children(root, "decision")):
            if (element.get("id") or element.get("name")) not in needed:
                root.remove(element)
        return etree.tostring(root)


def _is_expression(model: etree._Element) -> bool:
    logic = child(model, "encapsulatedLogic")
    return logic is not None and child(logic, "literalExpression") is not None and logic.get("kind", "FEEL") == "FEEL"


def _hrefs(element: etree._Element, *names: str) -> list[str]:
    """What the requirements of a decision point at."""
    return [
        reference.get("href", "")
        for requirement in (*children(element, "informationRequirement"), *children(element, "knowledgeRequirement"))
        for name in names
        for reference in children(requirement, name)
    ]


@cache
def model(path: Path) -> Model:
    return Model(xmlsafe.parse(path.read_bytes()))


@cache
def decision(path: Path, key: str) -> Decision:
    """Raises `DecisionsRefused`."""
    return load(model(path).alone(key))[key]
