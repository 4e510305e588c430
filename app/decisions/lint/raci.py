"""Who is Responsible, Accountable, Consulted or Informed: an output column named `raci`. Whatever the inputs, exactly
one of the rows that fit is Accountable (WW-1.3f)."""

from __future__ import annotations

from app.decisions.lint.cells import constant
from app.decisions.lint.columns import choices
from app.decisions.lint.places import Places
from app.decisions.lint.rows import when
from app.decisions.lint.walk import Leaf, Walk
from app.decisions.policies import SINGLE
from app.decisions.table import Table

COLUMN = "raci"
LETTERS = ("R", "A", "C", "I")
_ONE = "Give exactly one of the rows that fit the letter A."


def check(table: Table, places: Places) -> None:
    column = next((number for number, output in enumerate(table.outputs) if output.name == COLUMN), None)
    if column is None:
        return
    if table.hit_policy in SINGLE:
        message = "The column “raci” says who has which part, but this table answers with one row alone."
        places.output(column).error("dmn-raci", message, "Choose the hit policy RULE ORDER or COLLECT.")
        return
    letters = _letters(table, places, column)
    if letters is not None:
        _check_accountable(table, places, letters)


def _letters(table: Table, places: Places, column: int) -> list[str] | None:
    """The letter of each row; None, with findings, if one cannot be known."""
    found: list[str] = []
    for rule in table.rules:
        said = constant(rule.outputs[column])
        if said is not None and said[0] in LETTERS:
            found.append(str(said[0]))
        else:
            message = f"Row {rule.number} does not say R, A, C or I in the column “raci”."
            places.entry(rule, column).error("dmn-raci", message, "Write one of these letters, in quotation marks.")
    return found if len(found) == len(table.rules) else None


def _check_accountable(table: Table, places: Places, letters: list[str]) -> None:
    """Inputs that no row fits are nobody's meeting; of all others one must be accountable, and only one."""
    columns = choices(table)
    accountable = sum(1 << row for row, letter in enumerate(letters) if letter == "A")
    if columns is None:
        _unsure(places)
        return
    walk = Walk(columns, len(table.rules))
    # what is not known yet is no fault of the table
    leaves = [leaf for leaf in walk.leaves() if leaf.all_known and leaf.possible]
    none = [leaf for leaf in leaves if leaf.certain and not leaf.possible & accountable]
    several = [leaf for leaf in leaves if (leaf.certain & accountable).bit_count() > 1]
    for who, wrong in (("Nobody is", none), ("More than one is", several)):
        if wrong:
            places.whole.error("dmn-raci", f"{who} accountable (A) {when(wrong[0])}.", _ONE)
    if not walk.complete or any(_depends(leaf, accountable) for leaf in leaves if leaf not in [*none, *several]):
        _unsure(places)


def _depends(leaf: Leaf, accountable: int) -> bool:
    """Does it turn on a cell that is not worked out here?"""
    return leaf.certain != leaf.possible and (leaf.possible & accountable) != (leaf.certain & accountable)


def _unsure(places: Places) -> None:
    message = "Whether exactly one row is accountable (A) cannot be told: what the table looks at is too mixed."
    places.whole.warn("dmn-raci-unsure", message, "Compare each fact in one column, with fixed values.")
