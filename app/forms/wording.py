"""Words of a text, with where they stand: as people write them, and as they are compared."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_POSSESSIVE = re.compile(r"['’]s$")
#: a word stands at the beginning of a sentence if nothing but these came since the last full stop
_OPENS = re.compile(r"(?:^|[.!?:;\n•]|\s[-–—]\s)[\s\"'“‘(\[*-]*$")


@dataclass(frozen=True, slots=True)
class Word:
    """`plain`: in small letters, without accents and possessive s; `start`, `end`: characters of the text."""

    text: str
    plain: str
    start: int
    end: int

    @property
    def capital(self) -> bool:
        return self.text[0].isupper()


def plain(text: str) -> str:
    """In small letters, without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def words(text: str) -> list[Word]:
    """In order, of a text in NFC. Hyphens, slashes and dots part words: “long-term” is two."""
    return [Word(one[0], plain(_POSSESSIVE.sub("", one[0])), one.start(), one.end()) for one in _WORD.finditer(text)]


def opens_sentence(text: str, word: Word) -> bool:
    """Would any word be capital here?"""
    return _OPENS.search(text[max(0, word.start - 40) : word.start]) is not None


def shouted(text: str) -> bool:
    """All in capitals: then capitals say nothing."""
    letters = [sign for sign in text if sign.isalpha()]
    return len(letters) > 3 and all(sign.isupper() for sign in letters)
