"""The built-in functions of FEEL (DMN 1.3, 10.3.4) and ours."""

from app.expressions.functions import booleans, ours
from app.expressions.functions.registry import FUNCTIONS, misfit, resolve

NAMES = frozenset(FUNCTIONS)

__all__ = ["FUNCTIONS", "NAMES", "booleans", "misfit", "ours", "resolve"]
