"""What one evaluation reads and may spend."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.expressions import limits
from app.expressions.errors import ExpressionError
from app.expressions.outside import adopt
from app.expressions.values import READY, Value
from app.workdays import Calendar, Deadline


@dataclass(frozen=True, slots=True)
class Environment:
    """What `now()`, `today()` and `workdays(n)` read. `now` is timezone-aware."""

    now: datetime
    calendar: Calendar

    def local_now(self) -> datetime:
        return self.calendar.local(self.now)


class Run:
    """The state of one evaluation: variables, places for local names, fuel, and the deadlines counted so far."""

    __slots__ = (
        "adopted", "counted", "environment", "fuel", "inside", "levels", "patterns", "places", "tested", "variables",
    )  # fmt: skip

    def __init__(self, variables: Mapping[str, Any], environment: Environment, places: int, tested: Value) -> None:
        self.variables = variables
        self.environment = environment
        self.places: list[Value] = [None] * places
        self.tested = tested
        self.fuel = limits.FUEL
        self.levels = 0
        self.inside = 0
        self.patterns: set[tuple[str, str | None]] | None = None
        self.counted: list[Deadline] = []
        self.adopted: dict[str, Value] = {}

    def spend(self, steps: int) -> None:
        """Pay for `steps`; raises `ExpressionError` when the budget is gone."""
        self.fuel -= steps
        if self.fuel < 0:
            raise ExpressionError("This expression takes too many steps. Let it look at fewer things.")

    def enter(self) -> None:
        """One level down in a list or context, to be left by `leave`."""
        self.inside += 1
        if self.inside > limits.VALUE_DEPTH:
            raise ExpressionError("This value is nested too deeply.")

    def leave(self) -> None:
        self.inside -= 1

    def lend(self, other: Run, levels: int, work: Callable[[Run], Value]) -> Value:
        """What `work` makes of `other`, on this fuel and `levels` deeper. Raises `ExpressionError` when that is too
        deep."""
        other.levels = self.levels + levels
        if other.levels > limits.CALLS:
            raise ExpressionError("Functions call each other too deeply here.")
        other.fuel, other.counted, other.patterns = self.fuel, self.counted, self.patterns
        try:
            return work(other)
        finally:
            self.fuel = other.fuel

    def variable(self, name: str) -> Value:
        """The value of a variable, null if there is none."""
        value = self.variables.get(name)
        if type(value) in READY:
            return value
        if name not in self.adopted:
            self.adopted[name] = adopt(value)
        return self.adopted[name]

    def text(self, value: str) -> str:
        """`value`, paid for, if it is not too long."""
        if len(value) > limits.STRING:
            raise ExpressionError(f"This text is too long: at most {limits.STRING:,} characters.")
        self.spend(len(value) // limits.STRING_STEP)
        return value

    def items(self, value: list[Value]) -> list[Value]:
        """`value`, paid for, if it is not too long."""
        if len(value) > limits.NODES:
            raise ExpressionError(f"This list is too long: at most {limits.NODES:,} elements.")
        self.spend(len(value))
        return value
