"""What a field is asked for stands in the register of purposes, and fits who may see the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.definitions.lint.subject import Subject
from app.expressions import did_you_mean
from app.forms import Field, Form


def check(subject: Subject) -> None:
    known = subject.known.purposes
    if known is None:
        return
    for form in subject.forms.values():
        for field in form.walk():
            if field.key and field.type != "group" and field.purpose not in known:
                (_unknown if field.purpose else _unsaid)(subject, form, field)
        _told(subject, form, form.components, ())
        _lists(subject, form, form.schema, "")


def _unknown(subject: Subject, form: Form, field: Field) -> None:
    known = subject.known.purposes or {}
    message = f"The field “{field.path}” is asked for “{field.purpose}”, which is not in the register of purposes."
    advice = "Use the words of a purpose in purposes.toml, or add this one with its lawful basis."
    subject.error(
        "purpose-unknown", f"{form.id}.form", field.path, message, advice + did_you_mean(field.purpose, set(known))
    )


def _unsaid(subject: Subject, form: Form, field: Field) -> None:
    """Of a list; what is missing at a question, the form itself does not bear."""
    message = f"The field “{field.path}” does not say what it is asked for."
    subject.error("form-purpose", f"{form.id}.form", field.path, message, "Set its property “purpose”, in a few words.")


def _lists(subject: Subject, form: Form, around: Mapping[str, Any], inherited: str) -> None:
    """A list without a class of its own would count as clinical: safe, and seen by hardly anybody."""
    for one in around.get("components") or ():
        own = one.get("properties") or {}
        cls = str(own.get("class") or inherited)
        if one.get("type") == "dynamiclist" and not cls:
            message = f"The list “{one.get('path', '')}” does not say who may see its answers."
            advice = "Set its property “class” to one of: public, employer, restricted, clinical."
            subject.error("form-class", f"{form.id}.form", str(one.get("path", "")), message, advice)
        _lists(subject, form, one, cls)


def _told(subject: Subject, form: Form, fields: tuple[Field, ...], after: tuple[str, ...]) -> None:
    """An answer that its purpose keeps from the employer must not be of a class that the employer sees."""
    for field in fields:
        waits = (*after, field.after_fact) if field.after_fact else after
        limit = (subject.known.purposes or {}).get(field.purpose, "told")
        if field.type in ("group", "dynamiclist"):
            _told(subject, form, field.children, waits)
        elif (
            field.key
            and field.cls in ("public", "employer")
            and (limit == "kept" or (limit == "released" and not waits))
        ):
            _contradicts(subject, form, field, limit)


def _contradicts(subject: Subject, form: Form, field: Field, limit: str) -> None:
    what = "never told to the employer" if limit == "kept" else "told to the employer only once it is released"
    message = f"The field “{field.path}” is {field.cls}, but what is asked for “{field.purpose}” is {what}."
    advice = "Give it the class restricted or clinical, or ask it for another purpose."
    if limit == "released":
        advice = "Set its property “afterFact”, give it the class restricted or clinical, or another purpose."
    subject.error("purpose-class", f"{form.id}.form", field.path, message, advice)
