"""Facts in their one form: JSON values with sorted names, so that the same facts give the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import orjson

from app.engine.failures import ElementFailed
from app.expressions.values import Months

_SCALARS = frozenset((type(None), bool, str, int))
#: Sorted names; dataclasses (FEEL ranges and months among them) are not taken apart.
_FORM = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS


def plain(value: Any) -> Any:
    """A copy of `value` in JSON types: dates and times as ISO 8601 text, durations as `P3D`. Raises `ElementFailed`
    for what JSON cannot say."""
    if type(value) in _SCALARS and not (type(value) is int and value.bit_length() > 63):
        return value
    try:
        return orjson.loads(orjson.dumps(value, default=_text, option=_FORM))
    except (TypeError, orjson.JSONDecodeError) as error:
        raise ElementFailed(f"This value cannot be kept as a fact: {error}.") from error


def _text(value: Any) -> Any:
    if isinstance(value, timedelta):
        return iso_duration(value)
    if isinstance(value, Months):
        return f"P{value.months}M"
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a {type(value).__name__} is not a fact")


def iso_duration(value: timedelta) -> str:
    """P3DT4H30M for 3 days, 4 hours and 30 minutes; P0D for none. Negative durations raise `ElementFailed`."""
    if value < timedelta(0):
        raise ElementFailed("A duration must not be negative.")
    hours, rest = divmod(value.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    clock = [(hours, "H"), (minutes, "M"), (seconds + value.microseconds / 1e6, "S")]
    after = "".join(f"{count:g}{unit}" for count, unit in clock if count)
    return f"P{value.days}D" + (f"T{after}" if after else "")
