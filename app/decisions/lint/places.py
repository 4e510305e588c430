"""Where the parts of a table stand in its file, and what they are called in a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from app.decisions.table import Rule
from app.decisions.xml import Place, children


@dataclass(frozen=True, slots=True)
class Places:
    """The places of one table. `whole` is the decision's."""

    whole: Place
    table: etree._Element

    def row(self, rule: Rule) -> Place:
        return self.whole.within(self._rows()[rule.number - 1])

    def test(self, rule: Rule, column: int) -> Place:
        return self._cell(rule, "inputEntry", column)

    def entry(self, rule: Rule, column: int) -> Place:
        return self._cell(rule, "outputEntry", column)

    def input(self, column: int) -> Place:
        return self.whole.within(list(children(self.table, "input"))[column])

    def output(self, column: int) -> Place:
        return self.whole.within(list(children(self.table, "output"))[column])

    def _rows(self) -> list[etree._Element]:
        return list(children(self.table, "rule"))

    def _cell(self, rule: Rule, tag: str, column: int) -> Place:
        return self.row(rule).within(list(children(self._rows()[rule.number - 1], tag))[column])
