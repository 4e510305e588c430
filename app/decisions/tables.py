"""A decision table's XML to `Table`."""

from __future__ import annotations

from lxml import etree

from app.decisions.policies import AGGREGATIONS, POLICIES
from app.decisions.table import Input, Output, Rule, Table
from app.decisions.types import Types
from app.decisions.xml import Place, child, children, text_of
from app.expressions import Expression, ExpressionError, parse
from app.expressions.lexer import words

#: Rows of one table. More are data, not policy.
MAX_RULES = 2_000


def read_table(element: etree._Element, place: Place, known: frozenset[str], types: Types) -> Table | None:
    """The table, or None if it has a fault; each fault is told at `place`."""
    before = len(place.findings)
    inputs = [_input(node, place, known, types, number) for number, node in enumerate(children(element, "input"), 1)]
    outputs = [_output(node, place, known, types, number) for number, node in enumerate(children(element, "output"), 1)]
    rows = list(children(element, "rule"))
    policy, aggregation = _policy(element, place)
    if not outputs:
        place.error("dmn-output", "This table has no output column.", "Add the column that holds the answer.")
    if len(rows) > MAX_RULES:
        message = f"This table has {len(rows):,} rows, at most {MAX_RULES:,}."
        place.error("dmn-rows", message, "Put what changes often into facts, and rules about it into the table.")
        rows = []
    columns = [column for column in inputs if column]
    rules = [_rule(row, number, columns, outputs, place, known) for number, row in enumerate(rows, 1)]
    _check_policy(policy, aggregation, outputs, place)
    _check_twins(policy, rows, place)
    if any(finding.severity == "error" for finding in place.findings[before:]):
        return None
    return Table(tuple(columns), tuple(outputs), tuple(rules), policy, aggregation)


def _input(element: etree._Element, place: Place, known: frozenset[str], types: Types, number: int) -> Input | None:
    source = child(element, "inputExpression")
    label = element.get("label") or text_of(source) or f"input {number}"
    at = place.within(element)
    expression = at.expression(source, known, f"The input column “{label}”")
    kind, values = types.of(source), child(element, "inputValues")
    values = values if text_of(values) else kind.allowed
    allowed = at.expression(values, known, f"The allowed values of “{label}”", unary=True)
    if not text_of(source):
        at.error("dmn-input", f"The input column “{label}” says nothing to look at.", "Enter a fact as its expression.")
    if expression is None or source is None:
        return None
    return Input(label, kind.name, expression, allowed)


def _output(element: etree._Element, place: Place, known: frozenset[str], types: Types, number: int) -> Output:
    name = element.get("name") or element.get("label") or f"output {number}"
    at = place.within(element)
    values, default = child(element, "outputValues"), child(element, "defaultOutputEntry")
    kind = types.of(element)
    values = values if text_of(values) else kind.allowed
    return Output(
        name,
        kind.name,
        at.expression(values, known, f"The allowed values of “{name}”", unary=True),
        _listed(text_of(values), known),
        at.expression(default, known, f"The default of “{name}”"),
    )


def _listed(text: str, known: frozenset[str]) -> Expression | None:
    try:
        return parse(f"[{text}]", known=known) if text else None
    except ExpressionError:
        return None


def _rule(
    element: etree._Element,
    number: int,
    inputs: list[Input],
    outputs: list[Output],
    place: Place,
    known: frozenset[str],
) -> Rule:
    at = place.within(element)
    tests, entries = list(children(element, "inputEntry")), list(children(element, "outputEntry"))
    if len(tests) != len(inputs) or len(entries) != len(outputs):
        message = (
            f"Row {number} has {len(tests)} and {len(entries)} cells for {len(inputs)} and {len(outputs)} columns."
        )
        at.error("dmn-cells", message, "Save the table anew with a DMN modeler.")
    return Rule(
        element.get("id") or f"row-{number}",
        number,
        tuple(
            at.within(cell).expression(cell, known, f"Row {number}, column “{column.label}”", unary=True)
            for cell, column in zip(tests, inputs, strict=False)
        ),
        tuple(
            at.within(cell).expression(cell, known, f"Row {number}, column “{column.name}”")
            for cell, column in zip(entries, outputs, strict=False)
        ),
        _note(element),
    )


def _check_twins(policy: str, rows: list[etree._Element], place: Place) -> None:
    """Rows that ask the same: under UNIQUE they always clash, under FIRST the second never counts."""
    if policy not in ("UNIQUE", "FIRST"):
        return
    seen: dict[tuple[tuple[str, ...], ...], int] = {}
    for number, row in enumerate(rows, 1):
        asked = tuple(_spelling(text_of(cell)) for cell in children(row, "inputEntry"))
        first = seen.setdefault(asked, number)
        if first != number:
            at = place.within(row)
            at.warn("dmn-twins", f"Rows {first} and {number} ask the same.", "Keep one of them.")


def _spelling(cell: str) -> tuple[str, ...]:
    """A cell without the space between its words; an empty one is "-"."""
    try:
        return words(cell or "-")
    except ExpressionError:
        return (cell,)


def _note(element: etree._Element) -> str:
    notes = [text_of(entry) for entry in children(element, "annotationEntry")]
    description = child(element, "description")
    if description is not None:
        notes.append((description.text or "").strip())
    return "; ".join(note for note in notes if note)


def _policy(element: etree._Element, place: Place) -> tuple[str, str]:
    policy, aggregation = element.get("hitPolicy", "UNIQUE"), element.get("aggregation", "")
    if policy not in POLICIES:
        place.error("dmn-hit-policy", f"There is no hit policy “{policy}”.", f"Choose one of: {', '.join(POLICIES)}.")
        return "UNIQUE", ""
    if aggregation and (policy != "COLLECT" or aggregation not in AGGREGATIONS):
        message = f"“{aggregation}” cannot be collected with the hit policy {policy}."
        place.error("dmn-aggregation", message, f"Choose COLLECT with {', '.join(AGGREGATIONS)} or nothing.")
        return policy, ""
    return policy, aggregation


def _check_policy(policy: str, aggregation: str, outputs: list[Output], place: Place) -> None:
    if policy in ("PRIORITY", "OUTPUT ORDER") and not any(output.order for output in outputs):
        message = f"The hit policy {policy} needs the order of the outputs, and no output column lists its values."
        place.error("dmn-priority", message, "List the allowed values of an output, the most important first.")
    if aggregation and len(outputs) > 1:
        message = f"Collecting the {aggregation.lower()} needs one output column, here are {len(outputs)}."
        place.error("dmn-aggregation", message, "Take the other columns out, or collect without it.")
    names = [output.name for output in outputs]
    for name in sorted({name for name in names if names.count(name) > 1}):
        place.error("dmn-output", f"Two output columns are named “{name}”.", "Give one of them another name.")
