"""Plain HTML posts to answers and back, so that a page works without JavaScript.

Names of inputs, `at` being the concrete path ("reason", "manager.name", "items.0.text"):

    text, number, time, radio, select   at
    checkbox                            at = "" (hidden input) and at = "true" (the box)
    checklist, taglist                  at = "" (hidden input), then at once for each choice
    filepicker                          at = "" (hidden input), then at once for each id; new files as at[file]
    date                                at[day], at[month], at[year] (what nhsuk's date input makes of namePrefix)
    date and time                       the same and at[time]

Buttons: `_add` with the path of a list, `_remove` with the path of a row, `_upload` with the path of a file picker,
`_drop` with such a path, a space and the id of a file, `_draft`; any other button submits.
Answers made here may be kept as a draft: what cannot be read stays as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from app.forms import kinds, moments
from app.forms.model import Answers, Field, Tree
from app.forms.values import file_ids, read_number

ADD, REMOVE, UPLOAD, DROP, DRAFT = "_add", "_remove", "_upload", "_drop", "_draft"
MAX_ROWS = 101


class Post(Protocol):
    """The part of werkzeug's MultiDict that is needed."""

    def getlist(self, key: str) -> list[str]: ...
    def __iter__(self) -> Iterator[str]: ...


@dataclass(frozen=True, slots=True)
class Pressed:
    """The button that sent the form; `path`: the list to add to ("items"), the row to remove ("items.2") or the file
    picker, `file`: the id of the file to take away from it."""

    action: Literal["submit", "draft", "add", "remove", "upload", "drop"]
    path: str = ""
    file: str = ""


def pressed(post: Post) -> Pressed:
    """Which button was pressed. Put a submit button first: Enter in a text field presses the first one."""
    for name, action in ((ADD, "add"), (REMOVE, "remove"), (UPLOAD, "upload"), (DROP, "drop"), (DRAFT, "draft")):
        found = post.getlist(name)
        if found:
            path, _, file = found[0].partition(" ") if action != "draft" else ("", "", "")
            return Pressed(action, path, file)  # type: ignore[arg-type]  # the tuple above
    return Pressed("submit")


def from_post(form: Tree, post: Post) -> dict[str, Any]:
    """Answers as typed. A field whose inputs were not on the page is left out."""
    names = frozenset(post)
    return _read(form.components, post, names, "")


def _read(fields: Sequence[Field], post: Post, names: frozenset[str], prefix: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in fields:
        at = prefix + field.key
        if field.children and not field.key:
            found |= _read(field.children, post, names, prefix)
        elif field.type == "group":
            found[field.key] = _read(field.children, post, names, at + ".")
        elif field.type == "dynamiclist":
            found[field.key] = [_read(field.children, post, names, f"{at}.{row}.") for row in _rows(names, at)]
        elif field.taken and (value := _value(field, post, names, at)) is not None:
            found[field.key] = value
    return found


def _rows(names: frozenset[str], at: str) -> list[int]:
    """Numbers of the rows in the post, in order."""
    pattern = re.compile(re.escape(at) + r"\.([0-9]{1,4})\.")
    return sorted({int(found[1]) for name in names if (found := pattern.match(name))})[:MAX_ROWS]


def _value(field: Field, post: Post, names: frozenset[str], at: str) -> Any:
    if field.type == "datetime" and field.subtype != "time":
        return _moment(field, post, at)
    if at not in names:
        return None
    typed = post.getlist(at)
    if field.type in kinds.SOME_OF or field.type == kinds.FILES:
        return [value for value in typed if value]
    if field.type == "checkbox":
        return "true" in typed
    return _typed(field, typed[-1])


def _typed(field: Field, text: str) -> Any:
    if field.type == "number":
        number = read_number(text)
        return text if number is None else number
    if field.type == "datetime":
        return _or_as_typed(field, text)
    return text


def _moment(field: Field, post: Post, at: str) -> Any:
    names = [*moments.PARTS, "time"] if field.subtype == "datetime" else list(moments.PARTS)
    typed = {name: found[-1].strip() for name in names if (found := post.getlist(f"{at}[{name}]"))}
    if not typed:
        return None
    return _or_as_typed(field, typed) if any(typed.values()) else ""


def _or_as_typed(field: Field, typed: Any) -> Any:
    try:
        return moments.READERS[field.subtype](typed)
    except moments.NotReal:
        return typed


def to_post(form: Tree, answers: Answers) -> dict[str, str | list[str]]:
    """Input name to what stands in it, so that a page can be filled again. Choices of several are lists."""
    found: dict[str, str | list[str]] = {}
    _write(form.components, answers, "", found)
    return found


def _write(fields: Sequence[Field], answers: Any, prefix: str, found: dict[str, str | list[str]]) -> None:
    given = answers if isinstance(answers, Mapping) else {}
    for field in fields:
        at = prefix + field.key
        if field.children and not field.key:
            _write(field.children, given, prefix, found)
        elif field.type == "group":
            _write(field.children, given.get(field.key), at + ".", found)
        elif field.type == "dynamiclist":
            rows = given.get(field.key)
            for number, row in enumerate(rows if isinstance(rows, list) else ()):
                _write(field.children, row, f"{at}.{number}.", found)
        elif field.holds_answer and given.get(field.key) is not None:
            found |= _inputs(field, at, given[field.key])


def _inputs(field: Field, at: str, value: Any) -> dict[str, str | list[str]]:
    """The inputs of one answer."""
    if field.type == kinds.FILES:
        return {at: file_ids(value)}
    if isinstance(value, list):
        return {at: [str(one) for one in value]}
    if isinstance(value, bool):
        return {at: "true" if value else ""}
    if field.type == "datetime" and field.subtype != "time":
        return {f"{at}[{name}]": text for name, text in _parts(value).items()}
    return {at: _plain(value)}


def _plain(value: Any) -> str:
    """A number without exponent or ".0", a text as it is."""
    return f"{value:.15g}" if isinstance(value, float) and abs(value) >= 1e-4 else str(value)


def _parts(value: Any) -> dict[str, str]:
    """Day, month, year and time of an answer; what is no date stands in the first input, as typed."""
    if isinstance(value, Mapping):
        return {name: str(value[name]) for name in (*moments.PARTS, "time") if name in value}
    found = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}:\d{2}).*)?", str(value), re.ASCII)
    if found is None:
        return {"day": str(value)}
    parts = {"day": str(int(found[3])), "month": str(int(found[2])), "year": found[1]}
    return parts | ({"time": found[4]} if found[4] else {})


def apply(form: Tree, answers: Answers, button: Pressed) -> dict[str, Any]:
    """The answers with a row more or a row fewer, or without a file, as the button says; an unknown path changes
    nothing."""
    if button.action not in {"add", "remove", "drop"}:
        return dict(answers)
    return _applied(form.components, answers, button.path.split("."), button)


def with_file(form: Tree, answers: Answers, at: str, file_id: str) -> dict[str, Any]:
    """The answers with one file more in the picker at a concrete path."""
    return _applied(form.components, answers, at.split("."), Pressed("upload", at, file_id))


def _applied(fields: Sequence[Field], answers: Any, steps: list[str], button: Pressed) -> dict[str, Any]:
    found = dict(answers) if isinstance(answers, Mapping) else {}
    field = next((one for one in _level(fields) if one.key == steps[0]), None)
    if field is None:
        return found
    if field.type == "group" and len(steps) > 1:
        found[field.key] = _applied(field.children, found.get(field.key), steps[1:], button)
    elif field.type == "dynamiclist":
        rows = found.get(field.key)
        found[field.key] = _changed(field, list(rows) if isinstance(rows, list) else [], steps[1:], button)
    elif field.type == kinds.FILES and field.taken and len(steps) == 1:
        found[field.key] = _files(found.get(field.key), button)
    return found


def _files(value: Any, button: Pressed) -> list[str]:
    others = [one for one in file_ids(value or []) if one and one != button.file]
    return others if button.action == "drop" else [*others, button.file]


def _changed(field: Field, rows: list[Any], steps: list[str], button: Pressed) -> list[Any]:
    if not steps:
        return [*rows, {}] if button.action == "add" and field.may_add and len(rows) < MAX_ROWS else rows
    number = int(steps[0]) if re.fullmatch(r"[0-9]{1,4}", steps[0]) else -1
    if not 0 <= number < len(rows):
        return rows
    if len(steps) > 1:
        rows[number] = _applied(field.children, rows[number], steps[1:], button)
    elif button.action == "remove" and field.may_add:
        del rows[number]
    return rows


def _level(fields: Sequence[Field]) -> Iterator[Field]:
    for field in fields:
        if field.children and not field.key:
            yield from _level(field.children)
        else:
            yield field
