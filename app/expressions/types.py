"""FEEL's types, as `instance of` and the parameters of functions name them (DMN 1.3, 10.3.2.9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time

from app.expressions.values import KINDS, Function, Range, Value

Spend = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Type:
    """`name` is FEEL's: "number", "list", "Any". `of` is the type of a list's or range's elements, `entries` those of
    a context, `parameters` and `result` those of a function; None or empty where any will do."""

    name: str
    of: Type | None = None
    entries: tuple[tuple[str, Type], ...] = ()
    parameters: tuple[Type, ...] | None = None
    result: Type | None = None

    def __str__(self) -> str:
        if self.of is not None:
            return f"{self.name}<{self.of}>"
        if self.entries:
            return f"context<{', '.join(f'{name}: {kind}' for name, kind in self.entries)}>"
        if self.parameters is not None:
            return f"function<{', '.join(map(str, self.parameters))}>->{self.result or ANY}"
        return self.name


ANY = Type("Any")
NULL = Type("Null")

#: Types that are one name, possibly of several words.
SIMPLE = frozenset({*KINDS.values(), "Any", "Null"} - {"null"})

#: Name to type, for the types that a file defines.
Types = frozenset[tuple[str, Type]]


def _free(_: int) -> None:
    return None


def is_instance(value: Value, wanted: Type, spend: Spend = _free) -> bool:
    """What `value instance of wanted` says. Null is an instance of Null only."""
    if value is None:
        return wanted.name == "Null"
    return conforms(value, wanted, spend)


def conforms(value: Value, wanted: Type, spend: Spend = _free) -> bool:
    """As `is_instance`, but null may stand for a value of any type."""
    if value is None or wanted.name == "Any":
        return True
    if KINDS[type(value)] != wanted.name:
        return False
    check = _PARTS.get(wanted.name)
    return check is None or check(value, wanted, spend)


def _list(value: list[Value], wanted: Type, spend: Spend) -> bool:
    if wanted.of is None:
        return True
    spend(len(value))
    return all(conforms(item, wanted.of, spend) for item in value)


def _context(value: dict[str, Value], wanted: Type, spend: Spend) -> bool:
    spend(len(wanted.entries))
    return all(name in value and conforms(value[name], kind, spend) for name, kind in wanted.entries)


def _range(value: Range, wanted: Type, spend: Spend) -> bool:
    return wanted.of is None or all(conforms(end, wanted.of, spend) for end in (value.low, value.high))


def _function(value: Function, wanted: Type, _: Spend) -> bool:
    """It takes what the type hands over, and gives what the type promises."""
    if wanted.parameters is None:
        return True
    types = value.types or (ANY,) * len(value.parameters)
    if len(types) != len(wanted.parameters):
        return False
    takes = all(fits(given, taken) for given, taken in zip(wanted.parameters, types, strict=True))
    return takes and (value.result is None or wanted.result is None or fits(value.result, wanted.result))


_PARTS: dict[str, Callable[[Value, Type, Spend], bool]] = {
    "list": _list,
    "context": _context,
    "range": _range,
    "function": _function,
}


def fits(given: Type, wanted: Type) -> bool:
    """Whether every value of `given` is one of `wanted`."""
    if wanted.name == "Any" or given.name == "Null":
        return True
    if given.name != wanted.name or (wanted.of is not None and not fits(given.of or ANY, wanted.of)):
        return False
    known = dict(given.entries)
    return all(name in known and fits(known[name], kind) for name, kind in wanted.entries)


def coerced(value: Value, wanted: Type, spend: Spend = _free) -> Value:
    """`value` as `wanted`, after FEEL's conversions (DMN 1.3, 10.3.2.9.4): a list of one element for the element, an
    element for the list of it, a date for its midnight UTC. Null for what does not conform."""
    if conforms(value, wanted, spend):
        return value
    if wanted.name == "list" and wanted.of is not None and conforms(value, wanted.of, spend):
        return [value]
    if wanted.name == "date and time" and KINDS[type(value)] == "date":
        return datetime.combine(value, time(tzinfo=UTC))
    if type(value) is list and len(value) == 1:
        return coerced(value[0], wanted, spend) if wanted.name != "list" else None
    return None
