"""Functions that are values: how one is called, and a built-in one as a value."""

from __future__ import annotations

from collections.abc import Sequence

from app.expressions.functions.registry import FUNCTIONS, resolved
from app.expressions.run import Run
from app.expressions.types import coerced
from app.expressions.values import Function, Value


def applied(run: Run, function: Value, arguments: list[Value], names: Sequence[str] = ()) -> Value:
    """What `function` makes of `arguments`; null if it is none, or if they are not what it takes."""
    run.spend(1)
    if type(function) is not Function:
        return None
    if names:
        given = dict(zip(names, arguments, strict=True))
        if len(given) != len(names) or given.keys() != set(function.parameters):
            return None
        arguments = [given[name] for name in function.parameters]
    fitted = _fitted(run, function, arguments)
    if fitted is None:
        return None
    value = function.call(run, fitted)
    return value if function.result is None else coerced(value, function.result, run.spend)


def _fitted(run: Run, function: Function, arguments: list[Value]) -> list[Value] | None:
    """`arguments` as the parameters want them; None if one does not fit."""
    if not function.fixed:
        return arguments
    if len(arguments) != len(function.parameters):
        return None
    if not function.types:
        return arguments
    fitted = [coerced(value, kind, run.spend) for value, kind in zip(arguments, function.types, strict=True)]
    lost = any(before is not None and after is None for before, after in zip(arguments, fitted, strict=True))
    return None if lost else fitted


def as_value(name: str) -> Function:
    """The built-in function of that name."""
    parameters = tuple(parameter.name for parameter in FUNCTIONS[name][-1].parameters)

    def call(run: Run, arguments: list[Value]) -> Value:
        return resolved(name, len(arguments), ())(run, arguments)

    return Function(parameters, call, fixed=False)
