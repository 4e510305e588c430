"""A reason that somebody gave for ending a case or taking back consent, as a form: it is kept like an answer."""

from __future__ import annotations

import orjson

from app import forms
from app.cases.answers import REASON

_SCHEMA = {
    "type": "default",
    "id": REASON,
    "schemaVersion": 19,
    "components": [
        {"type": "text", "id": "title", "text": "# Reason"},
        {
            "type": "textarea",
            "id": REASON,
            "key": REASON,
            "label": "Reason that was given",
            # the employee and whoever wrote it read it, nobody else
            "properties": {"class": "clinical", "purpose": "To know why something was done with the case"},
        },
    ],
}
REASON_FORM = forms.load(orjson.dumps(_SCHEMA))
