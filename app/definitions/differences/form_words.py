"""What the parts of a form are called by who owns it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from app.definitions.differences.difference import Group
from app.definitions.differences.things import Fact, Path

_KINDS = {
    "form": "form",
    "textfield": "text field",
    "textarea": "long text field",
    "radio": "field (one of)",
    "select": "field (one of a list)",
    "checklist": "field (some of)",
    "taglist": "field (some of a list)",
    "checkbox": "field (tick)",
    "number": "number field",
    "datetime": "date field",
    "filepicker": "file field",
    "expression": "worked-out field",
    "dynamiclist": "list",
    "group": "group",
    "text": "text",
    "separator": "line",
    "spacer": "space",
    "button": "button",
}
_WORDS = {
    "type": "Kind",
    "id": "Id",
    "key": "Key (name of the answer)",
    "path": "Path (name of the answers)",
    "label": "Label",
    "dateLabel": "Label of the date",
    "timeLabel": "Label of the time",
    "description": "Hint",
    "text": "Text",
    "values": "Options",
    "valuesKey": "Options from the case",
    "valuesExpression": "Options worked out",
    "defaultValue": "Begins with",
    "readonly": "Read-only",
    "disabled": "Switched off",
    "subtype": "Kind of date",
    "expression": "Worked out by",
    "computeOn": "Worked out when",
    "disallowPassedDates": "No date in the past",
    "timeInterval": "Minutes between times",
    "decimalDigits": "Digits after the point",
    "multiple": "Several files",
    "accept": "Kinds of file",
    "allowAddRemove": "Rows can be added and removed",
    "defaultRepetitions": "Rows at first",
    "isRepeating": "Repeats",
    "searchable": "Can be searched",
    "schemaVersion": "Version of the form format",
    "conditional/hide": "Hidden if",
    "validate/required": "Required",
    "validate/min": "Smallest",
    "validate/max": "Largest",
    "validate/minLength": "Shortest (characters)",
    "validate/maxLength": "Longest (characters)",
    "validate/pattern": "Pattern",
    "validate/patternErrorMessage": "Message for the pattern",
    "validate/validationType": "Must be",
    "properties/class": "Who sees it (class)",
    "properties/purpose": "Purpose",
    "properties/routes": "Steers the case",
    "properties/rules": "Rule ids",
    "properties/party": "Person becomes",
    "properties/from": "Begins with the earlier answer",
    "properties/afterFact": "Employer sees it after",
    "properties/draftUntil": "Draft until",
    "properties/underConsent": "Under the consent",
    "properties/sharedBy": "Shared by",
    "properties/consent": "Consent",
    "properties/consentMeans": "What gives and refuses",
    "properties/recipient": "Goes to",
    "properties/refuse": "Refused if",
    "properties/refuseText": "Sentence when refused",
    "properties/flag": "Flags the rules",
    "properties/guard": "May not hold",
    "properties/contact": "Contact",
    "properties/error": "Message when missing",
    "properties/minRows": "Fewest rows",
    "properties/minFiles": "Fewest files",
    "properties/maxFiles": "Most files",
    "layout/row": "Row on the page",
    "layout/columns": "Width on the page",
}
_SAVED = frozenset({"exporter", "executionPlatform", "executionPlatformVersion"})


def kind(tag: str) -> str:
    return _KINDS.get(tag, tag)


def name(raw: Mapping[str, Any]) -> str:
    """The label; of a text its first line; else its key."""
    for key in ("label", "dateLabel", "timeLabel", "text", "key", "path"):
        said = raw.get(key)
        if isinstance(said, str) and said.strip():
            line = said.strip().splitlines()[0].lstrip("# ")
            return line if len(line) <= 80 else f"{line[:79]}…"
    return ""


def fact(path: Path, text: str, value: Any) -> Fact:
    what = _WORDS.get("/".join(path)) or _of_option(path) or _generic(path)
    group: Group = "order" if path[0] in _SAVED else ""
    said = kind(text) if path == ("type",) else ""
    if isinstance(value, bool):
        said = "yes" if value else "no"
    # the text "5" and the number 5 are not one
    marked = f'"{text}"' if isinstance(value, str) and _looks_like_json(text) else text
    # the value of an option stands in its path already
    quiet = len(path) > 1 and path[-1] == "value" and path[-2].startswith("[value=")
    return Fact(marked, what, said, "option" if path[0] == "values" else "", quiet, group)


def order(path: Path) -> str:
    return f"Order of the {_WORDS.get('/'.join(path), '/'.join(path)).lower()}"


def _of_option(path: Path) -> str:
    if len(path) == 3 and path[0] == "values":
        return f"Option {path[1].removeprefix('[value=').rstrip(']')}, {path[2]}"
    return ""


def _looks_like_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _generic(path: Path) -> str:
    if path[0] == "properties" and len(path) == 2:
        return f"Property “{path[1]}”"
    return " › ".join(f"“{step}”" for step in path)
