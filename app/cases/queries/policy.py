"""Which policy a case runs under, and why that one (NW-15, XX-5): the fact `policy`, which a decision table gives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.cases.queries.sight import Sight
from app.cases.views import PolicyView

#: name of the fact, and what it must say of itself to be told
FACT = "policy"
NEEDED = ("name", "version")


def policy(sight: Sight) -> PolicyView | None:
    """As the reader may know it; None when it is hidden from them, or does not say what it is called."""
    said = sight.facts.shown(sight.row.facts, {FACT}).get(FACT)
    if not isinstance(said, Mapping) or not all(_text(said, name) for name in NEEDED):
        return None
    why = _text(said, "why").rstrip(".")
    return PolicyView(_text(said, "name"), _text(said, "version"), _day(said), why, _text(said, "source"))


def _text(said: Mapping[str, Any], name: str) -> str:
    """A version may be a number."""
    value = said.get(name)
    return "" if value is None else str(value).strip()


def _day(said: Mapping[str, Any]) -> date | None:
    try:
        return date.fromisoformat(_text(said, "effective"))
    except ValueError:
        return None
