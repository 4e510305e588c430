"""Gaps, overlaps and rows that never count."""

from __future__ import annotations

from app.decisions.errors import listed
from app.decisions.lint.cells import ENVIRONMENT, constant
from app.decisions.lint.columns import choices
from app.decisions.lint.places import Places
from app.decisions.lint.walk import Leaf, Walk, rows_of
from app.decisions.policies import SINGLE, same
from app.decisions.table import Rule, Table

_NARROW = "Narrow one of them, or choose the hit policy FIRST if the upper row is to count."


def check(table: Table, places: Places, told: frozenset[str]) -> None:
    """`told`: the ids of rows about which something like it has been said already."""
    columns = choices(table)
    if columns is None:
        return
    walk = Walk(columns, len(table.rules))
    leaves = list(walk.leaves())
    _gap(table, leaves, places)
    _overlaps(table, leaves, places, told)
    if walk.complete:
        _unreached(table, leaves, places, told)


def _gap(table: Table, leaves: list[Leaf], places: Places) -> None:
    """Inputs for which the table has no answer. That a fact is not known yet is no gap of the table."""
    if table.hit_policy not in SINGLE or any(output.default for output in table.outputs):
        return
    leaf = next((leaf for leaf in leaves if not leaf.possible and leaf.all_known), None)
    if leaf is not None:
        message = f"No row fits {when(leaf)}: the case would stop here."
        places.whole.warn("dmn-gap", message, "Add a row, a default output, or the allowed values of the column.")


def _overlaps(table: Table, leaves: list[Leaf], places: Places, told: frozenset[str]) -> None:
    """Each row that clashes with one above it, once."""
    if table.hit_policy not in ("UNIQUE", "ANY"):
        return
    seen: set[int] = set()
    for leaf in leaves:
        upper, *lower = [*rows_of(leaf.certain)] or [0]
        for row in lower:
            if row not in seen and table.rules[row].id not in told and _clash(table, upper, row):
                seen.add(row)
                _say_overlap(table, upper, row, leaf, places)


def _clash(table: Table, upper: int, lower: int) -> bool:
    if table.hit_policy == "UNIQUE":
        return True
    return any(
        (left := constant(one)) is not None
        and (right := constant(other)) is not None
        and not same(left[0], right[0], ENVIRONMENT)
        for one, other in zip(table.rules[upper].outputs, table.rules[lower].outputs, strict=True)
    )


def _say_overlap(table: Table, upper: int, lower: int, leaf: Leaf, places: Places) -> None:
    place, rows = places.row(table.rules[lower]), f"Rows {upper + 1} and {lower + 1}"
    if table.hit_policy == "UNIQUE":
        place.warn("dmn-overlap", f"{rows} both fit {when(leaf)}, and only one may.", _NARROW)
    else:
        message = f"{rows} both fit {when(leaf)}, and say different things."
        place.warn("dmn-overlap", message, "Let them say the same, or narrow one of them.")


def _unreached(table: Table, leaves: list[Leaf], places: Places, told: frozenset[str]) -> None:
    possible = counting = 0
    for leaf in leaves:
        possible |= leaf.possible
        counting |= _counting(table, leaf)
    for row, rule in enumerate(table.rules):
        if counting >> row & 1 or rule.id in told:
            continue
        if possible >> row & 1:
            message = f"Row {rule.number} never counts: whenever it fits, a row above it does."
            places.row(rule).warn("dmn-shadowed", message, "Move it up, or take it out.")
        else:
            _say_never(rule, places)


def _say_never(rule: Rule, places: Places) -> None:
    message = f"Row {rule.number} never fits: no value that its columns can have does."
    places.row(rule).warn("dmn-never", message, "Correct its cells, or the allowed values of its columns.")


def _counting(table: Table, leaf: Leaf) -> int:
    """The rows that may count: under FIRST those down to the first that fits for certain."""
    if table.hit_policy != "FIRST" or not leaf.certain:
        return leaf.possible
    first = leaf.certain & -leaf.certain
    return leaf.possible & (first | (first - 1))


def when(leaf: Leaf) -> str:
    words = [sample.words for sample in leaf.example if sample.words]
    return f"when {listed(words)}" if words else "whatever the inputs are"
