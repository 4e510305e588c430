"""What the parts of a decision table are called by who owns it."""

from __future__ import annotations

from app.definitions.differences.diagram_words import plain
from app.definitions.differences.things import Fact, Order, Path

KINDS = {
    "definitions": "file",
    "decision": "decision",
    "decisionTable": "decision table",
    "input": "input column",
    "output": "output column",
    "annotation": "note column",
    "rule": "decision row",
    "inputData": "input data",
    "businessKnowledgeModel": "business knowledge model",
    "knowledgeSource": "knowledge source",
    "itemDefinition": "type",
    "textAnnotation": "note",
    "association": "line to a note",
    "informationRequirement": "arrow",
    "knowledgeRequirement": "arrow",
    "authorityRequirement": "arrow",
}
_ATTRIBUTES = {
    "@id": "Id",
    "@name": "Name",
    "@label": "Label",
    "@tag": "Kind",
    "@hitPolicy": "Hit policy",
    "@aggregation": "What is counted of all that fit",
    "@typeRef": "Type",
    "@namespace": "Namespace",
    "@xmlns": "Version of DMN",
    "@exporter": "Saved with",
    "@exporterVersion": "Saved with version",
    "@expressionLanguage": "Language",
    "@href": "Comes from",
}
_PARTS = {
    "inputExpression": "What it looks at",
    "inputValues": "Allowed values",
    "outputValues": "Allowed values",
    "defaultOutputEntry": "Value when no row fits",
    "description": "Description",
    "literalExpression": "Expression",
    "variable": "Variable",
}


def fact(path: Path, value: str) -> Fact:
    last = path[-1]
    if last in ("@exporter", "@exporterVersion"):
        return Fact(value, _ATTRIBUTES[last], group="order")
    if any("biodi:" in step for step in path):
        return Fact(value, "Width of the column" if last == "@biodi:width" else "Place in the picture", group="picture")
    if last == "@tag":
        return Fact(value, "Kind", KINDS.get(value, value))
    return Fact(value, _what(path), quiet=last == "there")


def cell(column: str, path: Path, value: str) -> Fact:
    """Of a cell, with its own part of the path; `column`: what people call the column."""
    last = path[-1]
    if last in ("text", "there"):
        return Fact(value, column, kind="cell", quiet=last == "there")
    what = _ATTRIBUTES.get(last, f"“{last.removeprefix('@')}”")
    return Fact(value, f"{column}, {what.lower()}", kind="cell", quiet=last == "@id")


def order(path: Path, keys: tuple[str, ...]) -> Order:
    return Order(keys, "Order of its parts", "order")


def _what(path: Path) -> str:
    steps = [step for step in path if step != "text"]
    last = path[-1]
    part = next((_PARTS[plain(step)] for step in steps if plain(step) in _PARTS), "")
    if len(path) == 1:
        return _ATTRIBUTES.get(last, _plainly(last))
    if part and (last == "text" or last == "there"):
        return part
    said = _ATTRIBUTES.get(last, _plainly(last))
    return f"{part}, {said[0].lower()}{said[1:]}" if part else " › ".join([*(f"“{step}”" for step in steps[:-1]), said])


def _plainly(last: str) -> str:
    return f"Attribute “{last.removeprefix('@')}”" if last.startswith("@") else {"text": "Text"}.get(last, last)
