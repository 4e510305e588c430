"""Small forms for tests: write only what the test is about."""

from __future__ import annotations

from typing import Any

import orjson

from app import forms
from app.errors import InvalidAnswers
from app.forms import Form


def component(kind: str, key: str, **more: Any) -> dict[str, Any]:
    """A component with label, class and purpose, unless said otherwise."""
    own = {"class": "employer", "purpose": "to decide", **more.pop("properties", {})}
    name = "path" if kind in {"group", "dynamiclist"} else "key"
    if kind in {"radio", "select", "checklist", "taglist"} and "valuesKey" not in more:
        more.setdefault("values", [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}])
    label = key.replace("_", " ").capitalize()
    return {"type": kind, "id": f"id_{key}", name: key, "label": label, "properties": own, **more}


def source(*components: dict[str, Any], identity: str = "sample") -> bytes:
    return orjson.dumps({"schemaVersion": 19, "type": "default", "id": identity, "components": list(components)})


def form(*components: dict[str, Any]) -> Form:
    return forms.load(source(*components))


def rules(*components: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(severity, rule, element) of every finding."""
    return [(f.severity, f.rule, f.element) for f in forms.check(source(*components), "forms/sample.form")]


def wrong(made: Form, answers: dict[str, Any], **more: Any) -> dict[str, str]:
    """The messages that these answers get; {} when they are accepted."""
    try:
        made.validate(answers, more.get("facts", {}), more.get("options", {}), more.get("env"))
    except InvalidAnswers as error:
        return error.messages
    return {}
