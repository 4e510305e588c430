"""Which passwords are refused: short ones, those that everybody tries first, and those made of what everybody knows.

After NIST SP 800-63B, 3.1.1: no rules about digits and signs. The list and the estimate are zxcvbn's (Wheeler, 2016);
nothing leaves the machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from app.identity.errors import WeakPassword
from app.identity.passwords import MAX_LENGTH, MIN_LENGTH, normal

SERVICE = "waymark"
#: letters that must be left when the words that everybody knows are taken away
LEFT = 8
#: characters that the estimate looks at; its cost grows with their square
_LOOKED_AT = 72
#: zxcvbn's scale from 0 to 4; below it are passwords that 100 million guesses find
_LEAST_SCORE = 2

LENGTH = f"The password must have between {MIN_LENGTH} and {MAX_LENGTH} characters"
COMMON = "This password is among those that are tried first. Choose another one, for instance three or four odd words"
KNOWN = "This password is made of your name, your organisation’s or Waymark’s. Choose something that others do not know"


def check(password: str, known: Iterable[str] = ()) -> None:
    """`known`: name, username, organisation. Raises `WeakPassword` with the sentence that the person reads."""
    text = normal(password)
    if not MIN_LENGTH <= len(text) <= MAX_LENGTH:
        raise WeakPassword(LENGTH)
    words = {word for one in (*known, SERVICE) for word in re.split(r"[\W_]+", one.casefold()) if len(word) > 2}
    if _left(text.casefold(), words) < LEFT:
        raise WeakPassword(KNOWN)
    if text.casefold() in _common() or _score(text, words) < _LEAST_SCORE:
        raise WeakPassword(COMMON)


def _left(text: str, words: set[str]) -> int:
    """Characters that are no part of a known word."""
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, "")
    return len(text)


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])


def _score(text: str, words: set[str]) -> int:
    # loaded late: its dictionaries take a tenth of a second, and most processes never change a password
    from zxcvbn import zxcvbn

    return int(zxcvbn(text[:_LOOKED_AT], user_inputs=sorted(words))["score"])
