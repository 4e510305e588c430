"""Soft rules that somebody has gone past, with a reason: what the history says of it. The reason itself is an ordinary
sealed answer (property `flag` of a form field)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.forms import Form


def flagged(form: Form | None, cleaned: Mapping[str, Any]) -> dict[str, list[str]]:
    """To be put into the entry of whatever brought these answers: {"flags": [ids]}, {} where no rule was gone past."""
    found = form.flags(cleaned) if form is not None else []
    return {"flags": found} if found else {}
