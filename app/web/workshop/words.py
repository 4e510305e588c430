"""How the pages of the workshop name things."""

from __future__ import annotations

from flask import request

from app.errors import BadRequest

#: by which way a version came into force
SOURCES = {
    "folder": "From a folder",
    "workshop": "In the workshop",
    "bundle": "From a file",
    "roll_back": "Put in force again",
}
KINDS = {".bpmn": "Diagram", ".dmn": "Decision table", ".form": "Form"}
WHAT = {"changed": "Changed", "added": "Added", "removed": "Taken out"}


def kind(name: str) -> str:
    return KINDS.get(name[name.rfind(".") :], "File")


def number(given: str | None) -> int:
    """A count that a page of ours sent along. Raises BadRequest."""
    if given is None or not (given.isascii() and given.isdecimal() and len(given) < 10):
        raise BadRequest
    return int(given)


def seen() -> int:
    """The version of the draft that the page was made from. Raises BadRequest."""
    return number(request.form.get("seen"))
