"""What Camunda Modeler users write into attributes: literals, `${…}`, `=…`, and timers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal as OneOf

from app.expressions.errors import ExpressionError
from app.workdays import IsoDuration

_WRAPPED = re.compile(r"\s*[$#]\{(.*)\}\s*", re.DOTALL)
_DATE = r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?)?"
_IS_CYCLE = re.compile(rf"R\d{{0,6}}/(?:({_DATE})/)?(P\S+)", re.ASCII)
_IS_DATE = re.compile(_DATE, re.ASCII)


@dataclass(frozen=True, slots=True)
class Literal:
    """An attribute's text that is not an expression."""

    value: str


@dataclass(frozen=True, slots=True)
class Timer:
    """What a timer says: an ISO 8601 duration `P3D`, cycle `R/P7D`, date `2026-03-01T09:00`, or an expression
    that `parse` takes."""

    kind: OneOf["duration", "cycle", "date", "expression"]
    text: str


def inner(source: str) -> tuple[str, bool]:
    """The FEEL in an attribute's text, with every character in its place, and whether it stood in `${…}`."""
    found = _WRAPPED.fullmatch(source)
    if found is not None:
        return " " * found.start(1) + found.group(1), True
    text = source.lstrip()
    if text.startswith("=") and not text.startswith("=="):
        return " " * (source.index("=") + 1) + text[1:], False
    return source, False


def from_modeler(text: str) -> Literal | str:
    """`Literal` for a plain attribute; else `text`, an expression that `parse` takes as it is. Raises
    `ExpressionError` for an expression in the middle of other text."""
    if _WRAPPED.fullmatch(text) or text.lstrip().startswith("="):
        return text
    at = text.find("${")
    if at >= 0:
        raise ExpressionError("An expression must be the whole of the text: ${…} and nothing around it.", at, text)
    return Literal(text)


def timer(text: str) -> Timer:
    """What kind of timer `text` is. What is none of the ISO forms is taken to be FEEL. Raises `ExpressionError` for
    a date that does not exist and for a cycle that never lets time pass."""
    stripped = text.strip()
    if IsoDuration.parse(stripped) is not None:
        return Timer("duration", stripped)
    cycle = _IS_CYCLE.fullmatch(stripped)
    if cycle and (length := IsoDuration.parse(cycle[2])) is not None:
        if not length:
            raise ExpressionError("A timer that repeats needs some time between, for example R/P7D.", 0, text)
        return Timer("cycle", _dated(stripped, cycle[1]))
    if _IS_DATE.fullmatch(stripped):
        return Timer("date", _dated(stripped, stripped))
    return Timer("expression", text)


def _dated(text: str, moment: str | None) -> str:
    """`text`, if the moment in it exists."""
    try:
        if moment:
            datetime.fromisoformat(moment)
    except ValueError as error:
        raise ExpressionError(f"There is no date “{moment}”.", 0, text) from error
    return text
