"""All checks of one table."""

from __future__ import annotations

from lxml import etree

from app.decisions.lint import kinds, raci, rows
from app.decisions.lint.places import Places
from app.decisions.table import Table
from app.decisions.xml import Place


def lint_table(table: Table, element: etree._Element, place: Place) -> None:
    """Tells at `place`, and at the rows and cells below it, what is doubtful about a table that can be read."""
    places = Places(place, element)
    told = frozenset(finding.element for finding in place.findings if finding.rule == "dmn-twins")
    kinds.check(table, places)
    rows.check(table, places, told)
    raci.check(table, places)
