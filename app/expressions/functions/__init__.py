"""The built-in functions of FEEL (DMN 1.3, 10.3.4) and ours. Importing a module registers its functions."""

from app.expressions.functions import (
    booleans,
    contexts,
    conversion,
    dates,
    lists,
    numbers,
    ours,
    patterns,
    ranges,
    spans,
    strings,
)
from app.expressions.functions.registry import FUNCTIONS, misfit, resolved

NAMES = frozenset(FUNCTIONS)
#: names of those that always give the same for the same, and are written with what they then give
CONSTANT = frozenset(("date", "time", "date and time", "duration", "number", "range"))
#: names of those that take a function
TAKE_FUNCTIONS = frozenset(
    name
    for name, signatures in FUNCTIONS.items()
    if any("function" in parameter.types for signature in signatures for parameter in signature.parameters)
)

__all__ = [
    "CONSTANT",
    "FUNCTIONS",
    "NAMES",
    "TAKE_FUNCTIONS",
    "booleans",
    "contexts",
    "conversion",
    "dates",
    "lists",
    "misfit",
    "numbers",
    "ours",
    "patterns",
    "ranges",
    "resolved",
    "spans",
    "strings",
]
