"""FEEL in forms: conditions, limits, computed answers. An answer that is not there yet reads as null."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.expressions import Environment, Expression, ExpressionError, parse


def read(source: str) -> Expression:
    """Read `=…` (the sign may be missing). Raises ExpressionError."""
    return parse(source.strip().removeprefix("="))


def value(expression: Expression, scope: Mapping[str, Any], env: Environment | None) -> Any:
    """The value, or None where it cannot be worked out from what has been entered so far."""
    try:
        return expression.evaluate(scope, env)
    except ExpressionError:
        return None


def truth(expression: Expression, scope: Mapping[str, Any], env: Environment | None) -> bool:
    """True only for the value true, as in form-js."""
    return value(expression, scope, env) is True
