"""The words that stand where a value stood that was erased (XX-3): the label stays, the value does not come back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.forms import Erased, Form
from app.records import Opened
from app.workdays import Calendar

#: of a database in which a key is missing and no case says why, such as one restored without its erasures
UNKNOWN = "Erased"


def words(row: sa.Row[Any], form: Form, opened: Opened) -> dict[str, Erased]:
    """Field to what is said instead. `row`: `erased` and `calendar` of the case. What was sealed as a whole does not
    tell which of the form's fields were answered: each is named."""
    classes = dict(opened.erased)
    if classes.pop("", None) is not None:
        classes.update(form.classes)
    return {name: Erased(said(row, cls)) for name, cls in classes.items()}


def said(row: sa.Row[Any], cls: str) -> str:
    """“Erased under …, 3 March 2026”, by the clocks of the case's own place."""
    what = row.erased.get(cls)
    if what is None:
        return UNKNOWN
    at = datetime.fromisoformat(what["at"]).astimezone(Calendar.from_dict(row.calendar).zone)
    return f"Erased under {what['under']} on {at.day} {at:%B %Y}"
