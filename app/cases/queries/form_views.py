"""A form ready to show: options resolved, start values filled in."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from app.cases.views import FormView
from app.expressions import Environment
from app.forms import Form, Option

#: what a user task without a form shows: a button
NO_FORM = Form("none", "", (), {"type": "default", "components": []})


def form_view(
    form: Form,
    options: Mapping[str, Sequence[Option]],
    answers: Mapping[str, Any],
    facts: Mapping[str, Any],
    env: Environment | None = None,
) -> FormView:
    """The form with its choices; `schema` is form-js JSON that needs nothing else to be shown."""
    return FormView(form, resolved(form.schema, options), options, answers, facts, env)


def resolved(schema: Mapping[str, Any], options: Mapping[str, Sequence[Option]]) -> dict[str, Any]:
    """The form-js JSON with every `valuesKey` replaced by the choices themselves."""
    copied: dict[str, Any] = copy.deepcopy(dict(schema))
    _resolve(copied, options)
    return copied


def _resolve(component: dict[str, Any], options: Mapping[str, Sequence[Option]]) -> None:
    key = component.get("valuesKey")
    if isinstance(key, str) and key in options:
        del component["valuesKey"]
        component["values"] = [{"value": option.value, "label": option.label} for option in options[key]]
    for child in component.get("components", ()):
        _resolve(child, options)
