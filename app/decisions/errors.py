"""Why a decision could not be read or made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.errors import Finding, WaymarkError


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
        numbers = " and ".join(map(str, rows))
        super().__init__(f"Rows {numbers} of the table “{decision}” both fit, and only one may: {told(inputs)}.")


class RulesDisagree(DecisionError):
    """Several rows of the decision table fit, and they say different things."""

    def __init__(self, decision: str, rows: Sequence[int]) -> None:
        self.rows = tuple(rows)
        numbers = " and ".join(map(str, rows))
        super().__init__(f"Rows {numbers} of the table “{decision}” fit and say different things.")


class ValueNotAllowed(DecisionError):
    """A value is not among those that the decision table allows."""


class OutputsMissing(DecisionError):
    """The result of the decision has not the shape that the diagram asks for."""


def told(inputs: Mapping[str, Any]) -> str:
    return ", ".join(f"{label} is {_value(value)}" for label, value in inputs.items()) or "it has no inputs"


def _value(value: Any) -> str:
    return "not known" if value is None else f"“{value}”"
