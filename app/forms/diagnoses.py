"""Names of conditions in a text. Which they are is data: processes/diagnoses.toml."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from app.forms.wording import Word, plain, shouted, words

#: a word shorter than this has no plural here: “gas” is not the plural of “ga”
SHORTEST_PLURAL = 5


class Diagnoses:
    """`conditions`: words and phrases, however they are written; `abbreviations`: only in capitals; `unless`: phrases
    in which one of these means something else."""

    def __init__(self, conditions: Iterable[str], abbreviations: Iterable[str], unless: Iterable[str]) -> None:
        self._conditions = _by_first(conditions)
        self._unless = _by_first(unless)
        self._abbreviations = frozenset(abbreviations)

    def found(self, text: str) -> list[str]:
        """Conditions as they stand in the text, each once."""
        text = unicodedata.normalize("NFC", text)
        found, named = words(text), []
        loud = shouted(text)
        covered = set(self._covered(found))
        for number, word in enumerate(found):
            length = 0 if number in covered else _longest(self._conditions, found, number)
            if length:
                named.append(text[word.start : found[number + length - 1].end])
                covered.update(range(number, number + length))
            elif number not in covered and self._abbreviated(found, number, loud):
                named.append(word.text)
        return list(dict.fromkeys(named))

    def _covered(self, found: Sequence[Word]) -> Iterator[int]:
        """Places of the words that stand in a phrase of `unless`."""
        for number in range(len(found)):
            yield from range(number, number + _longest(self._unless, found, number))

    def _abbreviated(self, found: Sequence[Word], number: int, loud: bool) -> bool:
        """Two letters in a text all in capitals may be any word, and after a number they are a unit: 2 TB."""
        word = found[number].text
        if word not in self._abbreviations or (loud and len(word) < 3):
            return False
        return number == 0 or not found[number - 1].text.isdigit()


def _by_first(phrases: Iterable[str]) -> Mapping[str, list[tuple[str, ...]]]:
    """Phrases as words, by their first one."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        parts = tuple(plain(word.text) for word in words(unicodedata.normalize("NFC", phrase)))
        if parts:
            found.setdefault(parts[0], []).append(parts)
    return found


def _longest(phrases: Mapping[str, Sequence[tuple[str, ...]]], found: Sequence[Word], number: int) -> int:
    """Number of words of the longest phrase that begins here, 0 if none does."""
    here = found[number]
    firsts = (one for first in _forms(here) for one in phrases.get(first, ()))
    return max((len(one) for one in firsts if _stands(one, found, number)), default=0)


def _stands(phrase: Sequence[str], found: Sequence[Word], number: int) -> bool:
    here = found[number : number + len(phrase)]
    return len(here) == len(phrase) and all(part in _forms(word) for part, word in zip(phrase, here, strict=True))


def _forms(word: Word) -> tuple[str, ...]:
    """The word as it is, without its possessive s, and what it may be the plural of."""
    whole = plain(word.text)
    several = len(whole) > SHORTEST_PLURAL and whole.endswith("s")
    return tuple({whole, word.plain, whole[:-1]} if several else {whole, word.plain})
