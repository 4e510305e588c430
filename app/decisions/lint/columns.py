"""Input columns as choices for the walk: which rows each kind of value lets through."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.decisions.lint.cells import constants, fits
from app.decisions.lint.samples import Sample, samples
from app.decisions.lint.walk import Choice
from app.decisions.table import Input, Table
from app.expressions import Expression

#: Cells tried with values before a column counts as too large to judge here.
MAX_TRIED = 100_000

_PATH = re.compile(r"\w+(?:\.\w+)*")


def choices(table: Table) -> list[list[Choice]] | None:
    """One list for each thing that the table looks at. None if it cannot be judged: too large, or columns that look
    at the same fact in different ways, so that not every mixture of their values can happen."""
    looked_at: dict[str, list[int]] = {}
    for number, column in enumerate(table.inputs):
        looked_at.setdefault(column.expression.source, []).append(number)
    if _entangled([table.inputs[numbers[0]].expression for numbers in looked_at.values()]):
        return None
    found = [_choices(table, numbers) for numbers in looked_at.values()]
    return None if None in found else [one for one in found if one]


def _entangled(expressions: Sequence[Expression]) -> bool:
    seen: set[str] = set()
    for expression in expressions:
        path = _PATH.fullmatch(expression.source) or expression.source in expression.names
        names = {expression.source} if path else expression.names
        roots = {name.partition(".")[0] for name in seen}
        if names & seen or (not path and names & roots):
            return True
        seen |= names
    return False


def _choices(table: Table, numbers: Sequence[int]) -> list[Choice] | None:
    """Samples that let the same rows through count as one. `numbers`: the columns that look at the same thing."""
    tests = [(row, rule.tests[number]) for row, rule in enumerate(table.rules) for number in numbers]
    cells = {test.source: test for _, test in tests if test}
    tried = _samples(table.inputs[numbers[0]], cells)
    if tried is None or len(tried) * len(cells) > MAX_TRIED:
        return None
    found: dict[tuple[int, int, bool], Choice] = {}
    for sample in tried:
        certain, possible = _rows(table, tests, cells, sample)
        known = sample.value is not None or not sample.words
        found.setdefault((certain, possible, known), Choice(sample, certain, possible, known))
    return list(found.values())


def _samples(column: Input, cells: dict[str, Expression]) -> list[Sample] | None:
    allowed = constants(column.allowed.source) if column.allowed else None
    compared = [value for source in cells for value in constants(source) or ()]
    found = samples(column, [*compared, *(allowed or ())])
    if found is None or allowed is None:
        return found
    return [one for one in found if one.value is None or fits(column.allowed, one.value)]


def _rows(
    table: Table, tests: Sequence[tuple[int, Expression | None]], cells: dict[str, Expression], sample: Sample
) -> tuple[int, int]:
    """Bit masks of the rows that fit the sample for certain, and of those that may."""
    certain = possible = (1 << len(table.rules)) - 1
    yes = {source for source, cell in cells.items() if fits(cell, sample.value)}
    open_ = {source for source in cells if constants(source) is None}
    for row, test in tests:
        if test is not None and test.source in open_:
            certain &= ~(1 << row)
        elif test is not None and test.source not in yes:
            certain &= ~(1 << row)
            possible &= ~(1 << row)
    return certain, possible
