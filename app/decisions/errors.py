"""Why a decision could not be read or made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.errors import Finding, WaymarkError

#: Characters of a value that an error shows.
SHOWN = 80


class DecisionsRefused(WaymarkError):
    """These decision tables cannot be used as they are."""

    status = 422

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = list(findings)
        super().__init__(" ".join(finding.message for finding in findings) or None)


class DecisionError(WaymarkError):
    """This decision could not be made."""

    status = 422


class NoRuleMatched(DecisionError):
    """No row of the decision table fits."""

    def __init__(self, decision: str, inputs: Mapping[str, Any]) -> None:
        """`inputs`: each input column's label to the value that it had."""
        self.inputs = dict(inputs)
        super().__init__(f"No row of the table “{decision}” fits: {told(inputs)}.")


class SeveralRulesMatched(DecisionError):
    """More than one row of the decision table fits, and only one may."""

    def __init__(self, decision: str, rows: Sequence[int], inputs: Mapping[str, Any]) -> None:
        """`rows` are numbered from 1, as the Modeler shows them."""
        self.rows = tuple(rows)
        both = "both" if len(rows) == 2 else "all"
        super().__init__(f"Rows {listed(rows)} of the table “{decision}” {both} fit, and only one may: {told(inputs)}.")


class RulesDisagree(DecisionError):
    """Several rows of the decision table fit, and they say different things."""

    def __init__(self, decision: str, rows: Sequence[int], inputs: Mapping[str, Any]) -> None:
        self.rows = tuple(rows)
        super().__init__(f"Rows {listed(rows)} of the table “{decision}” fit and say different things: {told(inputs)}.")


class ValueNotAllowed(DecisionError):
    """A value is not among those that the decision table allows."""


class WrongType(DecisionError):
    """The result of the decision is not of the type that the decision is said to have."""


class NothingToCollect(DecisionError):
    """The rows of the decision table that fit cannot be added up or compared."""


class OutputsMissing(DecisionError):
    """The result of the decision has not the shape that the diagram asks for."""


def told(inputs: Mapping[str, Any]) -> str:
    return ", ".join(f"{label} is {_value(value)}" for label, value in inputs.items()) or "it has no inputs"


def listed(parts: Sequence[object]) -> str:
    """“1, 2 and 3”."""
    *most, last = map(str, parts)
    return f"{', '.join(most)} and {last}" if most else last


def _value(value: Any) -> str:
    if value is None:
        return "not known"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"“{text if len(text) <= SHOWN else f'{text[:SHOWN]}…'}”"
