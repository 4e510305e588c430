"""Findings about the properties by which a field holds a rule: `refuse`, `flag` and `guard`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.forms import kinds
from app.forms.parts import Notes


def check(raw: Mapping[str, Any], kind: str, path: str, own: Mapping[str, str], notes: Notes) -> None:
    """`own`: the component's own properties."""
    said = {name: value for name, value in own.items() if value}
    filled = kind in kinds.INPUTS and not (raw.get("readonly") or raw.get("disabled"))
    _check_refuse(path, said, filled or kind == "dynamiclist", notes)
    text = filled and kind in kinds.TEXTS
    if "flag" in said and (not text or said.get("routes") == "true"):
        notes.error(
            path,
            "form-flag",
            f"The field “{path}” says that a rule is gone past, but it is no text that asks for a reason.",
            "Put “flag” on a text field that asks for the reason, and show that field only when the rule is gone past.",
        )
    if "guard" in own:
        _check_guard(path, said.get("guard", "").split(), text, notes)


def _check_refuse(path: str, said: Mapping[str, str], filled: bool, notes: Notes) -> None:
    if ("refuse" in said) != ("refuseText" in said):
        has, lacks = ("refuse", "refuseText") if "refuse" in said else ("refuseText", "refuse")
        notes.error(
            path,
            "form-refuse",
            f"The field “{path}” has “{has}” and no “{lacks}”.",
            "Set both: when the form is refused, and the sentence that says why and what to do.",
        )
    if "refuse" in said and not filled:
        notes.error(
            path,
            "form-refuse",
            f"The form is refused at “{path}”, which nobody fills in.",
            "Move “refuse” and “refuseText” to the question whose answer can put it right.",
        )


def _check_guard(path: str, guards: list[str], text: bool, notes: Notes) -> None:
    known = " ".join(kinds.GUARDS)
    if not guards or set(guards) - set(kinds.GUARDS):
        notes.error(
            path, "form-guard", f"The guard of “{path}” cannot be read.", f"Write one or both of these words: {known}."
        )
    if not text:
        notes.error(
            path, "form-guard", f"“{path}” has a guard, but it is no text that people write.", "Take it away there."
        )
