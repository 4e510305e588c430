"""What all our specs share: evaluating FEEL and naming elements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.engine.failures import ElementFailed
from app.engine.feel import Formula


def run_of(task: Any) -> Any:
    """The step in progress (`app.engine.run.Run`)."""
    return task.workflow.top_workflow.run


def value_of(task: Any, formula: Formula, extra: Mapping[str, Any] | None = None) -> Any:
    """The JSON value of `formula` over the token's facts. Raises `ElementFailed`."""
    facts = task.data if extra is None else {**task.data, **extra}
    return formula.json(facts, run_of(task).env)


def yes_or_no(formula: Formula, value: Any) -> bool:
    """The answer of a condition. Null counts as no; any other value that is not yes or no raises `ElementFailed`."""
    if value is None or isinstance(value, bool):
        return bool(value)
    raise ElementFailed(f"The condition “{formula.text}” must be true or false; it gave {value!r}.")
