"""A day in three inputs, as the date input of the NHS components posts it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.errors import InvalidAnswers

PARTS = ("day", "month", "year")


def posted(form: Mapping[str, str], name: str, label: str) -> date | None:
    """The day; None when all three are empty. Raises `InvalidAnswers`."""
    typed = [form.get(f"{name}[{part}]", "").strip() for part in PARTS]
    if not any(typed):
        return None
    try:
        if not all(one.isascii() and one.isdecimal() and len(one) <= 4 for one in typed):
            raise ValueError  # noqa: TRY301 # one answer for whatever is no day
        found = date(int(typed[2]), int(typed[1]), int(typed[0]))
        if not 1900 <= found.year <= 2200:
            raise ValueError  # noqa: TRY301 # as above: moments are worked out from it
    except ValueError:
        raise InvalidAnswers({name: f"{label} must be a real date, like 15 3 2027"}) from None
    return found


def items(form: Mapping[str, str], name: str) -> list[dict[str, Any]]:
    """For the date input, as typed."""
    widths = zip(PARTS, (2, 2, 4), strict=True)
    return [{"name": part, "width": width, "value": form.get(f"{name}[{part}]", "")} for part, width in widths]
