"""Whether a result is of the type that its decision is said to have (DMN 1.3, 10.3.2.9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.decisions.errors import WrongType
from app.decisions.table import converted
from app.expressions.values import Value, kind


@dataclass(frozen=True, slots=True)
class Shape:
    """A type: `name` as the file gives it. `kind` is FEEL's type, "" for any; `parts` those of a context."""

    name: str
    kind: str = ""
    parts: Mapping[str, Shape] = field(default_factory=dict)
    #: what a list consists of
    item: Shape | None = None


def conformed(value: Value, shape: Shape, decision: str) -> Value:
    """The value, alone or in a list as the type wants it, text that is a date as a date. Raises `WrongType`."""
    value = converted(value, shape.kind)
    if _fits(value, shape):
        return value
    if shape.item and _fits(value, shape.item):
        return [value]
    if not shape.item and isinstance(value, list) and len(value) == 1 and _fits(value[0], shape):
        return value[0]
    raise WrongType(f"The decision “{decision}” is said to give “{shape.name}”, and gave another type ({kind(value)}).")


def _fits(value: Value, shape: Shape) -> bool:
    if value is None:
        return True
    if shape.item:
        return isinstance(value, list) and all(_fits(one, shape.item) for one in value)
    if shape.parts:
        return isinstance(value, dict) and all(
            name in value and _fits(value[name], part) for name, part in shape.parts.items()
        )
    return not shape.kind or kind(value) == shape.kind
