"""Cells of another type than their column, and outputs that their column does not allow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.decisions.lint.cells import constant, constants, fits
from app.decisions.lint.places import Places
from app.decisions.lint.samples import said
from app.decisions.table import Output, Table, converted
from app.decisions.types import KINDS
from app.decisions.xml import Place
from app.expressions import Expression
from app.expressions.values import Value, kind

#: What a column of the type holds, and what one cell of it is.
_WORDS = {
    "string": ("text", "text"),
    "number": ("numbers", "a number"),
    "boolean": ("true or false", "true or false"),
    "date": ("dates", "a date"),
    "time": ("times of day", "a time of day"),
    "date and time": ("moments", "a moment"),
    "days and time duration": ("days or hours", "a number of days or hours"),
    "years and months duration": ("months or years", "a number of months or years"),
}
_ELSE = ("something else", "something else")
_WRITE = {"date": 'Write date("2026-03-01").', "string": 'Write it in quotation marks: "…".'}


@dataclass(frozen=True, slots=True)
class _Cell:
    place: Place
    row: str
    value: Value


def check(table: Table, places: Places) -> None:
    for number, column in enumerate(table.inputs):
        cells = list(_input_cells(table, places, number))
        _check_kinds(column.label, column.type, cells, places.input(number), "compare with")
    for number, output in enumerate(table.outputs):
        cells = list(_output_cells(table, places, number))
        _check_kinds(output.name, output.type, cells, places.output(number), "are")
        for cell in cells:
            _check_allowed(output, cell)


def _input_cells(table: Table, places: Places, column: int) -> Iterator[_Cell]:
    for rule in table.rules:
        test = rule.tests[column]
        for value in (constants(test.source) if test else None) or ():
            yield _Cell(places.test(rule, column), f"Row {rule.number}", value)


def _output_cells(table: Table, places: Places, column: int) -> Iterator[_Cell]:
    output = table.outputs[column]
    for rule in table.rules:
        yield from _entry(rule.outputs[column], output, places.entry(rule, column), f"Row {rule.number}")
    yield from _entry(output.default, output, places.output(column), "The default")


def _entry(cell: Expression | None, output: Output, place: Place, row: str) -> Iterator[_Cell]:
    for value in constant(cell) or ():
        yield _Cell(place, row, converted(value, output.type))


def _check_kinds(label: str, name: str, cells: list[_Cell], column: Place, do: str) -> None:
    """One finding for a column whose type is wrong, else one for each cell that is."""
    expected = KINDS.get(name, "")
    other = [cell for cell in cells if expected and kind(cell.value) not in (expected, "null")]
    if not other:
        return
    found = {kind(cell.value) for cell in other}
    if len(found) == 1 and all(cell.value is None or cell in other for cell in cells):
        theirs, _ = _WORDS.get(found.pop(), _ELSE)
        message = f"The column “{label}” is said to hold {_WORDS[expected][0]}, and its cells {do} {theirs}."
        column.warn("dmn-type", message, "Correct the type of the column, or its cells.")
        return
    for cell in other:
        _, one = _WORDS.get(kind(cell.value), _ELSE)
        holds, _ = _WORDS[expected]
        message = f"{cell.row}, column “{label}”: {said(cell.value)} is {one}, and the column holds {holds}."
        cell.place.warn("dmn-type", message, _WRITE.get(expected, "Correct the cell, or the type of the column."))


def _check_allowed(output: Output, cell: _Cell) -> None:
    if output.allowed is None or cell.value is None or constants(output.allowed.source) is None:
        return
    if not fits(output.allowed, cell.value):
        message = f"{cell.row} says {said(cell.value)}, and the column “{output.name}” allows {output.allowed.source}."
        cell.place.error("dmn-output-value", message, "Correct the cell, or add the value to those of the column.")
