"""FEEL in forms: conditions, limits, computed answers. An answer that is not there yet reads as null."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn, cast

from app.expressions import Environment, Expression, ExpressionError, parse, to_json

read = parse


class _Timeless:
    """Stands in where the caller gave no time: whatever asks for it has no answer."""

    def __getattr__(self, name: str) -> NoReturn:
        raise ExpressionError("The time is not known here.")


_TIMELESS = cast("Environment", _Timeless())


def value(expression: Expression, scope: Mapping[str, Any], env: Environment | None) -> Any:
    """The value as JSON-able Python, or None where it cannot be worked out from what has been entered so far."""
    try:
        return expression.evaluate(scope, env or _TIMELESS)
    except ExpressionError:
        return None


def as_json(expression: Expression, scope: Mapping[str, Any], env: Environment | None) -> Any:
    """As `value`, with dates, times and durations as their texts."""
    try:
        return to_json(expression.value(scope, env or _TIMELESS))
    except ExpressionError:
        return None


def truth(expression: Expression, scope: Mapping[str, Any], env: Environment | None) -> bool:
    """True only for the value true, as in form-js."""
    return value(expression, scope, env) is True
