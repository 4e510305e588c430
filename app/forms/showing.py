"""What follows from answers: the facts that route, the parties, what a draft keeps, and answers in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.files.kinds import KINDS, size_in_words
from app.forms import kinds, messages, moments
from app.forms.model import Field, Option

MAX_ROWS = 101


class Erased(str):
    """Stands for an answer that was erased: the words to show instead of it."""

    __slots__ = ()


def leaves(fields: Sequence[Field], answers: Any) -> Iterator[tuple[Field, Any]]:
    """Every field outside lists with its answer, None where there is none, in order."""
    given = answers if isinstance(answers, Mapping) else {}
    for field in fields:
        if field.type == "group":
            yield from leaves(field.children, given.get(field.key) if field.key else given)
        elif field.key:
            yield field, given.get(field.key)


def routing(fields: Sequence[Field], cleaned: Any) -> dict[str, Any]:
    return {field.key: _routed(field, value) for field, value in leaves(fields, cleaned) if field.routes}


def _routed(field: Field, value: Any) -> Any:
    """The answer; of a list its rows, each with no more than the answers in it that route."""
    if field.type != "dynamiclist":
        return value
    return [routing(field.children, row) for row in (value if isinstance(value, list) else ())]


def flags(fields: Sequence[Field], cleaned: Any) -> list[str]:
    answered = (field for _, field, _ in _labelled(fields, cleaned, "") if field.flags)
    return list(dict.fromkeys(one for field in answered for one in field.flags))


def parties(fields: Sequence[Field], cleaned: Any) -> dict[str, str]:
    return {field.party: str(value) for field, value in leaves(fields, cleaned) if field.party and value}


def contacts(fields: Sequence[Field], cleaned: Any) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for field, value in leaves(fields, cleaned):
        if field.contact and value:
            role, _, part = field.contact.partition(".")
            found.setdefault(role, {})[part] = str(value)
    return found


def known(fields: Sequence[Field], answers: Any) -> dict[str, Any]:
    given = answers if isinstance(answers, Mapping) else {}
    found: dict[str, Any] = {}
    for field in fields:
        if field.type == "group":
            found |= (
                {field.key: known(field.children, given.get(field.key))} if field.key else known(field.children, given)
            )
        elif field.type == "dynamiclist":
            rows = given.get(field.key)
            found[field.key] = [known(field.children, row) for row in rows[:MAX_ROWS]] if isinstance(rows, list) else []
        elif field.taken and field.key in given:
            found[field.key] = given[field.key]
    return found


def defaults(fields: Sequence[Field]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in fields:
        if field.type == "group":
            inner = defaults(field.children)
            found |= {field.key: inner} if field.key and inner else inner if not field.key else {}
        elif field.type == "dynamiclist":
            found[field.key] = [defaults(field.children) for _ in range(field.first_rows)]
        elif field.key and field.default not in (None, "", []):
            found[field.key] = field.default
    return found


Lists = Mapping[str, Sequence[Option]]


def lines(fields: Sequence[Field], answers: Any, options: Lists) -> list[tuple[str, str]]:
    return [(label, in_words(field, value, options)) for label, field, value in _labelled(fields, answers, "")]


def files(fields: Sequence[Field], answers: Any) -> list[tuple[str, list[Any]]]:
    return [(label, value) for label, field, value in _labelled(fields, answers, "") if _holds(field, value)]


def _holds(field: Field, value: Any) -> bool:
    return field.type == kinds.FILES and isinstance(value, list)


def _labelled(fields: Sequence[Field], answers: Any, before: str) -> Iterator[tuple[str, Field, Any]]:
    """(label, field, answer) for each answer there is, in order, rows numbered."""
    given = answers if isinstance(answers, Mapping) else {}
    for field in fields:
        value = given.get(field.key) if field.key else given
        if isinstance(value, Erased):
            yield before + (field.label or "Answer"), field, value
        elif field.type == "group":
            yield from _labelled(field.children, value, before)
        elif field.type == "dynamiclist":
            for number, row in enumerate(value if isinstance(value, list) else (), 1):
                yield from _labelled(field.children, row, f"{before}{field.label} {number}: ")
        elif field.holds_answer and value not in (None, "", []):
            yield before + field.label, field, value


def in_words(field: Field, value: Any, options: Lists) -> str:
    """One answer as a person reads it."""
    if isinstance(value, Erased):
        return str(value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if field.type == kinds.FILES:
        return _files_in_words(value if isinstance(value, list) else [value])
    if field.type in kinds.CHOICES:
        offered = options.get(field.options_key, ()) if field.options_key else field.options
        labels = {option.value: option.label for option in offered}
        return ", ".join(labels.get(one, str(one)) for one in (value if isinstance(value, list) else [value]))
    return moments.in_words(value) if field.type in {"datetime", "expression"} else str(value)


def _files_in_words(found: Sequence[Any]) -> str:
    """Names with kind and size; how many, where only ids are known."""
    names = [
        f"{one['name']} ({KINDS[one['kind']].label}, {size_in_words(one['size'])})"
        for one in found
        if isinstance(one, Mapping) and {"name", "kind", "size"} <= one.keys()
    ]
    return "\n".join(names) if len(names) == len(found) else messages.files(len(found))
