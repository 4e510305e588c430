"""Small steps through a DMN tree, in whatever version's namespace, and the place where a fault is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree

from app.errors import Finding
from app.expressions import Expression, ExpressionError, parse
from app.expressions.types import Types


def children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """Children of `element` by local name, in its own namespace."""
    return element.iterchildren(f"{{{etree.QName(element).namespace}}}{name}")


def child(element: etree._Element, name: str) -> etree._Element | None:
    return next(children(element, name), None)


def text_of(element: etree._Element | None) -> str:
    """The `text` of an expression element, "" if there is none."""
    inner = None if element is None else child(element, "text")
    return "" if inner is None else (inner.text or "").strip()


#: Elements whose names expressions may spell.
_NAMING = (
    *("variable", "itemComponent", "inputData", "decision", "output"),
    *("businessKnowledgeModel", "formalParameter"),
)


def known_names(root: etree._Element) -> frozenset[str]:
    """Every name that an expression in this file may spell with spaces: variables, and parts of their types."""
    elements = (node for kind in _NAMING for node in _all(root, kind))
    return frozenset(name for element in elements if (name := element.get("name")))


def _all(root: etree._Element, name: str) -> Iterator[etree._Element]:
    return root.iter(f"{{{etree.QName(root).namespace}}}{name}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file we are, so that findings name it."""

    file: str
    findings: list[Finding]
    element: str = ""
    #: types that expressions here may name
    types: Types = frozenset()

    def at(self, element: str) -> Place:
        return replace(self, element=element)

    def within(self, element: etree._Element) -> Place:
        """At the id of `element`, or here if it has none."""
        return self.at(element.get("id") or self.element)

    def error(self, rule: str, message: str, advice: str) -> None:
        self.findings.append(Finding(self.file, self.element, "error", rule, message, advice))

    def warn(self, rule: str, message: str, advice: str) -> None:
        self.findings.append(Finding(self.file, self.element, "warning", rule, message, advice))

    def expression(
        self, element: etree._Element | None, known: frozenset[str], what: str, *, unary: bool = False
    ) -> Expression | None:
        """The expression of `element`; None, with a finding if there is a fault, if there is none."""
        text = text_of(element)
        if not text or (unary and text == "-"):
            return None
        language = (element.get("expressionLanguage") or "feel") if element is not None else "feel"
        if "feel" not in language.lower():
            self.error("dmn-language", f"{what} is written in “{language}”.", "Write it in FEEL.")
            return None
        try:
            return parse(text, unary=unary, known=known, types=self.types)
        except ExpressionError as error:
            advice = "Correct it there. Text stands in quotation marks, everything else is FEEL."
            self.error("dmn-expression", f"{what}: {error.detail}", advice)
            return None
