"""Values for an input column: one for each stretch between the constants that its cells compare with.

Between two neighbouring constants no cell of the column changes its mind, so these few values stand for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from app.decisions.lint.scales import SCALES, stretches
from app.decisions.table import Input
from app.decisions.types import KINDS, WHOLE
from app.expressions import temporal
from app.expressions.values import Months, Value, kind
from app.workdays import wording

#: Stands for any text that no cell mentions.
OTHER = "\N{HORIZONTAL ELLIPSIS} any other text"
#: Characters of a value that a sentence shows.
SHOWN = 60


@dataclass(frozen=True, slots=True)
class Sample:
    value: Value
    #: as a sentence says it: “age is 70”; "" for a column that no row looks at
    words: str


def samples(column: Input, compared: Sequence[Value]) -> list[Sample] | None:
    """Values for a column whose cells compare with `compared`; the null last. None if they have no order."""
    kinds = {kind(value) for value in compared} - {"null"}
    known = KINDS.get(column.type)
    if known in kinds or known == "boolean":
        kinds = {known}
    if not kinds:
        return _known_or_not(column) if compared else [Sample(None, "")]
    found: list[Value] = []
    for one in sorted(kinds):
        try:
            found += _of_kind(one, [value for value in compared if kind(value) == one], column.type in WHOLE)
        except (TypeError, ArithmeticError):
            return None
    return [Sample(value, f"“{column.label}” is {said(value)}") for value in [*found, None]]


def _known_or_not(column: Input) -> list[Sample]:
    return [Sample(OTHER, f"“{column.label}” is known"), Sample(None, f"“{column.label}” is not known")]


def _of_kind(name: str, compared: list[Value], whole: bool) -> list[Value]:
    if name == "boolean":
        return [True, False]
    if name == "string":
        return [*sorted(set(compared)), OTHER]
    return stretches(SCALES["integer" if whole and name == "number" else name], compared)


def said(value: Value) -> str:
    """A value in a sentence, cut short if it is long."""
    if value is None:
        return "not known"
    if value == OTHER:
        return "any other text"
    if type(value) is date:
        return wording.day(value)
    text = _plain(value)
    text = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
    return f"“{text}”" if isinstance(value, str) else text


def _plain(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal) and abs(value.adjusted()) < SHOWN:
        return f"{value:f}"
    return temporal.text(value) if isinstance(value, datetime | time | timedelta | Months) else str(value)
