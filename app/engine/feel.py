"""What a diagram's author wrote into an attribute: a literal or a FEEL expression, read once when the definition is
loaded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.engine.failures import ElementFailed
from app.engine.normal import iso_duration, plain
from app.errors import WaymarkError
from app.expressions import Environment, Expression, Literal, from_modeler, parse, timer
from app.expressions.values import Months
from app.workdays import Deadline


class Formula:
    """`text` as it was written. `expression` is None for a literal. Immutable, shared between threads."""

    __slots__ = ("expression", "text")

    def __init__(self, text: str, expression: Expression | None) -> None:
        self.text = text
        self.expression = expression

    def __repr__(self) -> str:
        return f"Formula({self.text!r})"

    @property
    def names(self) -> frozenset[str]:
        """The facts that it reads."""
        return frozenset(self.expression.names) if self.expression is not None else frozenset()

    def json(self, facts: Mapping[str, Any], env: Environment) -> Any:
        """The value as a JSON value. Raises `ElementFailed`."""
        if self.expression is None:
            return self.text
        try:
            return plain(self.expression.evaluate(facts, env))
        except WaymarkError as error:
            raise ElementFailed(f"The expression “{self.text}” cannot be worked out: {error.detail}") from error

    def counted(self, facts: Mapping[str, Any], env: Environment) -> Deadline | None:
        """The value as a due time: a date (at its close), a date and time, a duration from now, or ISO 8601 text for
        one of them. None if the value is null. Raises `ElementFailed`."""
        try:
            if self.expression is None:
                return _from_text(self.text, env)
            return self.expression.due(facts, env) or _from_value(self.expression.evaluate(facts, env), env)
        except WaymarkError as error:
            raise ElementFailed(f"The time “{self.text}” cannot be worked out: {error.detail}") from error


def literal(text: str) -> Formula:
    """`text` as it stands."""
    return Formula(text, None)


def attribute(text: str) -> Formula:
    """A literal, or `${…}` or `=…` FEEL. Raises `ExpressionError`."""
    found = from_modeler(text)
    return literal(text) if isinstance(found, Literal) else expression(found)


def expression(text: str) -> Formula:
    """FEEL, whether or not it stands in `${…}` or after `=`. Raises `ExpressionError`."""
    return Formula(text.strip(), parse(text))


def time(text: str) -> Formula:
    """What a timer or a due date says: `P3D`, `2026-03-02`, or FEEL. Raises `ExpressionError`."""
    return literal(text.strip()) if timer(text).kind != "expression" else expression(text)


def _from_value(value: Any, env: Environment) -> Deadline | None:
    if isinstance(value, Months):
        return env.calendar.add_duration(env.now, f"P{value.months}M")
    if isinstance(value, timedelta):
        return env.calendar.add_duration(env.now, iso_duration(value))
    if value is None:
        return None
    if isinstance(value, str):
        return _from_text(value, env)
    raise ElementFailed(f"{value!r} is not a date, a time or a duration.")


def _from_text(text: str, env: Environment) -> Deadline | None:
    kind = timer(text).kind
    if kind == "duration":
        return env.calendar.add_duration(env.now, text.strip())
    if kind != "date":
        raise ElementFailed(f"“{text}” is not a date, a time or a duration. Write for example P3D or 2026-03-02.")
    return _date(text.strip(), env)


def _date(text: str, env: Environment) -> Deadline | None:
    """A day is due at its close, a time without a zone is on the wall clock of the place."""
    source = f'date("{text}")' if len(text) == 10 else f'date and time("{text}")'
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        raise ElementFailed(f"“{text}” is not a real date.") from error
    return parse(source).due({}, env)
