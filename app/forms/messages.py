"""What a person reads beside a field, in the words of the NHS service manual ("Enter …", "Select …")."""

from __future__ import annotations

import re

from app.forms import kinds
from app.forms.model import Field

_YOU = re.compile(r"(Do|Did|Are|Were|Have|Can|Will|Would) you (.+)\?")


def required(field: Field) -> str:
    """The message when the answer is missing: the form's own, else one made from the label."""
    if field.error:
        return field.error
    if field.type == "checkbox":
        return f"Select “{field.label}” to go on"
    if field.type in kinds.CHOICES:
        return _yes_if(field) or f"Select {_object(field, 'an answer to')}"
    if field.type == kinds.FILES:
        return f"Choose {_object(field, 'a file for')}"
    if field.type == "dynamiclist":
        return f"Add at least {field.limits.min_rows} to {_lower(field.label)}"
    return f"Enter {_object(field, 'an answer to')}"


def _yes_if(field: Field) -> str | None:
    """“Do you agree to it?” gives “Select yes if you agree to it”."""
    asked = _YOU.fullmatch(field.label)
    if asked is None or "yes" not in {option.value for option in field.options}:
        return None
    verb = "" if asked[1] in {"Do", "Did"} else f"{asked[1].lower()} "
    return f"Select yes if you {verb}{asked[2]}"


def _object(field: Field, before_question: str) -> str:
    if field.label.endswith("?"):
        return f"{before_question} “{field.label}”"
    return _lower(field.label)


def _lower(label: str) -> str:
    """The label inside a sentence: “Reason” becomes “reason”, “GP name” and “I agree” stay."""
    return label[0].lower() + label[1:] if len(label) > 1 and label[1].islower() else label


def subject(field: Field) -> str:
    """The label as the subject of “… must be …”."""
    return f"Your answer to “{field.label}”" if field.label.endswith("?") else field.label


def must(field: Field, rest: str) -> str:
    return f"{subject(field)} must {rest}"


def not_an_option(field: Field) -> str:
    if field.type in kinds.SOME_OF:
        return f"Select only what is listed for {_object(field, 'the question')}"
    asked = _object(field, "an answer to")
    return _yes_if(field) or f"Select one of the options for {asked}"


def file_count(field: Field, least: int, most: int) -> str:
    """For a number of files that is not between the two."""
    bounds = [f"at least {files(least)}"] if least > 1 else []
    return must(field, f"have {' and '.join([*bounds, f'at most {files(most)}'])}")


def files(number: int) -> str:
    return f"{number} {'file' if number == 1 else 'files'}"


def file_gone(field: Field) -> str:
    return f"Choose {_object(field, 'the files for')} again: what you chose is not here any more"


def date_lacks(field: Field, missing: list[str]) -> str:
    """`missing`: of "day", "month", "year", in this order."""
    names = f"{missing[0]} and {missing[1]}" if len(missing) > 1 else missing[0]
    return must(field, f"include a {names}")


def number(value: float) -> str:
    """A limit as it is read: no ".0"."""
    return f"{value:g}" if isinstance(value, float) else str(value)
