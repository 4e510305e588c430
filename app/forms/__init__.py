"""Forms: form-js JSON read, checked, validated, posted and shown. Pure: no Flask, no database."""

from __future__ import annotations

from functools import lru_cache

from app.errors import Finding
from app.forms.form import Form
from app.forms.model import DataClass, Field, FormError, Option, Uploads
from app.forms.posts import Pressed, pressed
from app.forms.reader import identity_of, read
from app.forms.showing import Erased
from app.forms.texts import html, plain

__all__ = [
    "DataClass",
    "Erased",
    "Field",
    "Form",
    "FormError",
    "Option",
    "Pressed",
    "Uploads",
    "check",
    "html",
    "load",
    "plain",
    "pressed",
]


@lru_cache(maxsize=512)
def load(data: bytes) -> Form:
    """The form in these bytes, read once and shared. Raises FormError with what is wrong."""
    form, findings = read(data, f"{identity_of(data)}.form")
    if form is None or any(finding.severity == "error" for finding in findings):
        raise FormError(findings)
    return form


def check(data: bytes, name: str) -> list[Finding]:
    """Everything that is wrong with a form file; `name` is its file name. Never raises."""
    return read(data, name)[1]
