"""Addresses and numbers by which somebody can be told: found in a text by their form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
#: HM Revenue & Customs, NIM39110
_INSURANCE = re.compile(
    r"(?<!\w)(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?: ?\d{2}){3} ?[A-D](?!\w)", re.IGNORECASE
)
_HEALTH = re.compile(r"(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)")
#: of the United Kingdom, of North America, of anywhere with its country's code
_PHONES = (
    re.compile(r"(?<![\w.])(?:(?:\+|00)44 ?(?:\(0\) ?)?|\(?0)[1-9](?:[ ().-]{0,2}\d){8,9}(?!\d)"),
    re.compile(r"(?<!\d)\(?[2-9]\d{2}\)?[ .-]{1,2}[2-9]\d{2}[ .-]\d{4}(?!\d)"),
    re.compile(r"(?<!\w)\+\d{1,3}(?:[ ().-]{0,2}\d){7,12}(?!\d)"),
)
#: what else is written in such groups: days
_DAY = re.compile(r"[0-3]?\d[-./ ][01]?\d[-./ ](?:19|20)\d{2}(?!\d)|(?:19|20)\d{2}-\d{2}-\d{2}")


def contacts(text: str) -> list[tuple[str, str]]:
    """(what it is, as it stands in the text) of each; of what may be several things the first one."""
    found: dict[str, str] = {}
    for what, search in _SEARCHES:
        for one in search(text):
            found.setdefault(one, what)
    return [(what, one) for one, what in found.items()]


def _by(pattern: re.Pattern[str]) -> Callable[[str], Iterator[str]]:
    return lambda text: (one[0] for one in pattern.finditer(text))


def _health(text: str) -> Iterator[str]:
    return (one[0] for one in _HEALTH.finditer(text) if _checked([int(sign) for sign in one[0] if sign.isdigit()]))


def _checked(digits: list[int]) -> bool:
    """Modulus 11, as the NHS Data Dictionary has it for NHS numbers."""
    rest = 11 - sum(digit * (10 - place) for place, digit in enumerate(digits[:9])) % 11
    return any(digits) and {11: 0}.get(rest, rest) == digits[9]


def _phone(text: str) -> Iterator[str]:
    return (one[0] for pattern in _PHONES for one in pattern.finditer(text) if not _DAY.search(one[0]))


_SEARCHES: tuple[tuple[str, Callable[[str], Iterator[str]]], ...] = (
    ("an e-mail address", _by(_EMAIL)),
    ("a National Insurance number", _by(_INSURANCE)),
    ("an NHS number", _health),
    ("a telephone number", _phone),
)
