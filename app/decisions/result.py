"""What a decision gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.decisions.errors import OutputsMissing

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """`outputs` holds one mapping of output name to value for each row that counts, in order; `rows` the ids of
    these rows (none for defaults and for a literal expression), `notes` what the table's author wrote beside them.
    `value` is the result as DMN defines it: a value, a context for several outputs, or a list of either.
    Values are JSON values, dates and the like as text."""

    decision: str
    rows: tuple[str, ...]
    outputs: tuple[Row, ...]
    value: Any
    notes: tuple[str, ...] = ()

    def mapped(self, how: str | None) -> Any:
        """The result in the shape of `camunda:mapDecisionResult`: "singleResult" a mapping or None, "singleEntry" a
        value or None, "collectEntries" a list of values, "resultList" (and nothing said) a list of mappings.
        Raises `OutputsMissing` if there are more rows or outputs than that shape holds."""
        shape = _SHAPES.get(how or "resultList")
        if shape is None:
            raise OutputsMissing(f"A decision's result cannot be mapped as “{how}”.")
        return shape(self)


def _single_result(result: DecisionResult) -> Any:
    if len(result.outputs) > 1:
        raise OutputsMissing(f"The decision “{result.decision}” gave {len(result.outputs)} rows where one is expected.")
    return dict(result.outputs[0]) if result.outputs else None


def _single_entry(result: DecisionResult) -> Any:
    row = _single_result(result)
    return None if row is None else _only(result, row)


def _only(result: DecisionResult, row: Row) -> Any:
    if len(row) != 1:
        raise OutputsMissing(f"The decision “{result.decision}” gives {len(row)} values where one is expected.")
    return next(iter(row.values()))


_SHAPES: dict[str, Callable[[DecisionResult], Any]] = {
    "singleResult": _single_result,
    "singleEntry": _single_entry,
    "collectEntries": lambda result: [_only(result, row) for row in result.outputs],
    "resultList": lambda result: [dict(row) for row in result.outputs],
}
