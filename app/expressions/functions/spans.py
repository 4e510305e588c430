"""`range`: a range from its text, with ends that stand for themselves (DMN 1.5, 10.3.4.1)."""

from __future__ import annotations

from collections.abc import Callable

from app.expressions import temporal
from app.expressions.compare import ordered
from app.expressions.errors import ExpressionError
from app.expressions.functions.conversion import to_value
from app.expressions.functions.registry import builtin
from app.expressions.lexer import Token, tokens, unquoted
from app.expressions.run import Run
from app.expressions.values import Range, Value

#: characters; no range of two values is longer
_LONGEST = 500

_SHAPES = {"string": "text", "number": "digits"}
#: What may stand at an end, token by token, and how it is read.
_ENDS: dict[str, Callable[[str], Value]] = {
    "digits": to_value,
    "- digits": lambda digits: to_value(f"-{digits}"),
    "text": str,
    "@ text": temporal.parse,
    "date ( text )": temporal.parse_date,
    "time ( text )": temporal.parse_time,
    "date and time ( text )": temporal.parse_datetime,
    "duration ( text )": temporal.parse_duration,
}


@builtin("range", "from: string")
def to_range(run: Run, source: str) -> Range | None:
    """Null if the text is no range, or if its ends are missing, of two types, or the wrong way round."""
    if len(source) > _LONGEST:
        return None
    run.spend(len(source))
    try:
        found = tokens(source)[:-1]
    except ExpressionError:
        return None
    middle = next((at for at, token in enumerate(found) if token.text == ".." and token.kind == "op"), 0)
    if middle < 1 or found[0].text not in ("[", "(", "]") or found[-1].text not in ("]", ")", "["):
        return None
    low, high = _end(found[1:middle]), _end(found[middle + 1 : -1])
    if low is None or high is None or ordered(run, "<=", low, high) is not True:
        return None
    return Range(low, high, found[0].text == "[", found[-1].text == "]")


def _end(row: list[Token]) -> Value:
    """The value that the tokens of one end stand for; None if they are of no known shape."""
    shape = " ".join(_SHAPES.get(token.kind, token.text) for token in row)
    reader = _ENDS.get(shape)
    scalar = next((token for token in row if token.kind in _SHAPES), None)
    if reader is None or scalar is None:
        return None
    return reader(unquoted(scalar) if scalar.kind == "string" else scalar.text)
