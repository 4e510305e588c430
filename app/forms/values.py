"""marshmallow fields that read one answer each, with the messages that a person sees."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate

from app.forms import kinds, messages, moments
from app.forms.model import Field
from app.forms.patterns import MAX_TEXT, compiled

#: numbers beyond lose digits on their way through JSON
MAX_NUMBER = 10**15
#: longest text of one answer, where the form sets no limit
LONGEST = {"textfield": 1_000, "textarea": 20_000}
MAX_CHOICES = 200
#: characters of a file's id
LONGEST_ID = 36
#: HTML's own rule for an e-mail address (WHATWG HTML, "valid e-mail address")
EMAIL = re.compile(
    r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*"
)
#: international or local: digits with spaces, dots, brackets, hyphens (E.164 allows 15 digits)
PHONE = re.compile(r"\+?[0-9 ().-]{3,30}")
PHONE_DIGITS = range(3, 16)


def value_field(field: Field) -> fields.Field[Any]:
    """The marshmallow field that reads an answer to `field`."""
    if field.type in kinds.TEXTS:
        return _Text(field)
    if field.type in kinds.CHOICES:
        return _Choice(field)
    other: dict[str, type[_Number | _Tick | _Moment | _Files]] = {
        "number": _Number,
        "checkbox": _Tick,
        "datetime": _Moment,
        kinds.FILES: _Files,
    }
    return other[field.type](field)


class _Answer(fields.Field[Any]):
    """An answer that may be missing, with the field's own message when it is asked for."""

    def __init__(self, field: Field, validators: list[Any] | None = None) -> None:
        self.asked = field
        missing = messages.required(field)
        super().__init__(
            required=field.required,
            validate=validators or [],
            error_messages={"required": missing, "null": missing},
        )


class _Text(_Answer):
    def __init__(self, field: Field) -> None:
        super().__init__(field, _text_rules(field))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError(messages.must(self.asked, "be a text"))
        return value


def _text_rules(field: Field) -> list[Any]:
    rules: list[Any] = [_longest(field, LONGEST[field.type])]
    limits = field.limits
    if isinstance(limits.min_length, (int, float)):
        rules.append(at_least_long(field, limits.min_length))
    if isinstance(limits.max_length, (int, float)):
        rules.append(_longest(field, limits.max_length))
    if limits.kind == "email":
        rules.append(_email)
    if limits.kind == "phone":
        rules.append(_phone)
    if limits.pattern:
        rules.append(_pattern(field, compiled(limits.pattern)))
    return rules


def _longest(field: Field, most: float) -> validate.Validator:
    text = messages.must(field, f"be {messages.number(most)} characters or fewer")
    return validate.Length(max=int(most), error=text)


def at_least_long(field: Field, least: float) -> validate.Validator:
    return validate.Length(
        min=int(least), error=messages.must(field, f"be {messages.number(least)} characters or more")
    )


at_most_long = _longest


def _email(value: str) -> None:
    if len(value) > MAX_TEXT or not EMAIL.fullmatch(value):
        raise ValidationError("Enter an email address in the correct format, like name@example.com")


def _phone(value: str) -> None:
    if not PHONE.fullmatch(value) or sum(c.isdigit() for c in value) not in PHONE_DIGITS:
        raise ValidationError("Enter a phone number, like 01632 960 001 or +44 7700 900 982")


def _pattern(field: Field, pattern: re.Pattern[str]) -> Any:
    message = field.limits.pattern_message or messages.must(field, "be in the correct format")

    def check(value: str) -> None:
        if len(value) > MAX_TEXT or not pattern.search(value):
            raise ValidationError(message)

    return check


class _Choice(_Answer):
    """One or some of the options. Options that the case fills are checked later: the schema is cached without them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        several = self.asked.type in kinds.SOME_OF
        chosen = value if several and isinstance(value, list) else [value]
        if len(chosen) > MAX_CHOICES or not all(isinstance(one, str) for one in chosen):
            raise ValidationError(messages.not_an_option(self.asked))
        if not self.asked.options_key and not offered(chosen, self.asked.options):
            raise ValidationError(messages.not_an_option(self.asked))
        return list(dict.fromkeys(chosen)) if several else chosen[0]


def offered(chosen: list[str], options: Any) -> bool:
    """Is every chosen value among the options?"""
    return set(chosen) <= {option.value for option in options}


class _Number(_Answer):
    def __init__(self, field: Field) -> None:
        limits = field.limits
        rules: list[Any] = []
        if isinstance(limits.minimum, (int, float)):
            rules.append(at_least(field, limits.minimum))
        if isinstance(limits.maximum, (int, float)):
            rules.append(at_most(field, limits.maximum))
        super().__init__(field, rules)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int | float:
        number = read_number(value)
        decimals = self.asked.limits.decimals
        if number is None:
            raise ValidationError(messages.must(self.asked, "be a whole number" if decimals == 0 else "be a number"))
        if abs(number) > MAX_NUMBER:
            raise ValidationError(messages.must(self.asked, "be a smaller number"))
        if decimals is not None and round(number, decimals) != number:
            rest = "be a whole number" if decimals == 0 else f"have at most {decimals} digits after the point"
            raise ValidationError(messages.must(self.asked, rest))
        return number


def at_least(field: Field, least: float) -> validate.Validator:
    return validate.Range(min=least, error=messages.must(field, f"be {messages.number(least)} or more"))


def at_most(field: Field, most: float) -> validate.Validator:
    return validate.Range(max=most, error=messages.must(field, f"be {messages.number(most)} or less"))


_TYPED = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,20})(?:\.[0-9]{1,20})?")


def read_number(value: Any) -> int | float | None:
    """A number, given as such or as typed ("1,250", "3.5"); None when it is none. Whole numbers are int."""
    if isinstance(value, str) and _TYPED.fullmatch(value.strip()):
        value = float(value.replace(",", "")) if "." in value else int(value.replace(",", ""))
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() else value
    return value


class _Tick(_Answer):
    """A checkbox. Where it is required, only a tick will do."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if value not in (True, "true"):
            raise ValidationError(messages.required(self.asked))
        return True


class _Moment(_Answer):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            return moments.READERS[self.asked.subtype](value)
        except moments.NotReal as error:
            if error.missing:
                raise ValidationError(messages.date_lacks(self.asked, list(error.missing))) from error
            raise ValidationError(messages.must(self.asked, error.reason)) from error


class _Files(_Answer):
    """Ids of uploaded files, bare or as {"id": …}. What they are is asked later: the schema is cached without it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        ids = file_ids(value)
        if len(ids) > MAX_CHOICES or not all(ids):
            raise ValidationError(messages.file_gone(self.asked))
        return list(dict.fromkeys(ids))


def file_ids(value: Any) -> list[str]:
    """The ids in an answer to a file picker; "" for what is none."""
    given = value if isinstance(value, list) else [value]
    ids = [one.get("id") if isinstance(one, Mapping) else one for one in given]
    return [one if isinstance(one, str) and len(one) <= LONGEST_ID else "" for one in ids]
