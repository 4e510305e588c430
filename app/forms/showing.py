"""What follows from answers: the facts that route, the parties, what a draft keeps, and answers in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.forms import kinds, moments
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
    return {field.key: value for field, value in leaves(fields, cleaned) if field.routes}


def parties(fields: Sequence[Field], cleaned: Any) -> dict[str, str]:
    return {field.party: str(value) for field, value in leaves(fields, cleaned) if field.party and value}


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


def lines(fields: Sequence[Field], answers: Any, options: Lists, before: str = "") -> list[tuple[str, str]]:
    given = answers if isinstance(answers, Mapping) else {}
    found: list[tuple[str, str]] = []
    for field in fields:
        value = given.get(field.key) if field.key else given
        if isinstance(value, Erased):
            found.append((before + (field.label or "Answer"), str(value)))
        elif field.type == "group":
            found += lines(field.children, value, options, before)
        elif field.type == "dynamiclist":
            for number, row in enumerate(value if isinstance(value, list) else (), 1):
                found += lines(field.children, row, options, f"{before}{field.label} {number}: ")
        elif field.holds_answer and value not in (None, "", []):
            found.append((before + field.label, in_words(field, value, options)))
    return found


def in_words(field: Field, value: Any, options: Lists) -> str:
    """One answer as a person reads it."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if field.type in kinds.CHOICES:
        offered = options.get(field.options_key, ()) if field.options_key else field.options
        labels = {option.value: option.label for option in offered}
        return ", ".join(labels.get(one, str(one)) for one in (value if isinstance(value, list) else [value]))
    return moments.in_words(value) if field.type in {"datetime", "expression"} else str(value)
