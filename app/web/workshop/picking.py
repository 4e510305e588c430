"""What the pickers of the modeller offer, as its script reads it."""

from __future__ import annotations

from dataclasses import fields
from typing import Any


def choices(found: Any, draft: Any) -> dict[str, list[dict[str, str]]]:
    """By kind ("roles", "forms" …): [{"value", "label", "hint"}], with "file" where the draft holds what it names.

    `found`: what `queries.draft_choices` answers for the draft.
    """
    library = draft.library
    files = {
        "decisions": library.decisions,
        "processes": {key: process.file for key, process in library.processes.items()},
    }
    return {one.name: _listed(getattr(found, one.name), files.get(one.name, {}), draft.files) for one in fields(found)}


def _listed(offered: Any, files: Any, own: Any) -> list[dict[str, str]]:
    listed = [{"value": one.value, "label": one.label, "hint": one.hint} for one in offered]
    for one in listed:
        if files.get(one["value"]) in own:
            one["file"] = files[one["value"]]
    return listed
