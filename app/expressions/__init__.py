"""FEEL (DMN 1.5, level 3): the one language of conditions, timers, decision tables and form rules.

Evaluated, never executed: an allow-list of functions, and budgets for time and space."""

from app.expressions.errors import ExpressionError
from app.expressions.expression import Expression, parse
from app.expressions.modeler import Literal, Timer, from_modeler, timer
from app.expressions.names import did_you_mean
from app.expressions.outside import to_json
from app.expressions.run import Environment

__all__ = [
    "Environment",
    "Expression",
    "ExpressionError",
    "Literal",
    "Timer",
    "did_you_mean",
    "from_modeler",
    "parse",
    "timer",
    "to_json",
]
