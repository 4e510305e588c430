"""The built-in functions of FEEL (DMN 1.3, 10.3.4) and ours. Importing a module registers its functions."""

from app.expressions.functions import (
    booleans,
    contexts,
    conversion,
    dates,
    lists,
    numbers,
    ours,
    ranges,
    strings,
)
from app.expressions.functions.registry import FUNCTIONS, misfit, resolve

NAMES = frozenset(FUNCTIONS)

__all__ = [
    "FUNCTIONS",
    "NAMES",
    "booleans",
    "contexts",
    "conversion",
    "dates",
    "lists",
    "misfit",
    "numbers",
    "ours",
    "ranges",
    "resolve",
    "strings",
]
