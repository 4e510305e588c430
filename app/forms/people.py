"""Names of people in a text, and what only looks like one: many names are ordinary words, too."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from app.forms.namewords import LITTLE, NAMELIKE, NEVER_ALONE, ORDINARY, TITLES
from app.forms.wording import Word, opens_sentence, shouted, words


class Names:
    """The names of some people, ready to be looked for."""

    def __init__(self, people: Iterable[str]) -> None:
        self._whole: dict[str, set[tuple[str, ...]]] = {}
        self._given: set[str] = set()
        self._parts: set[str] = set()
        for name in people:
            self._add([word.plain for word in words(unicodedata.normalize("NFC", name)) if word.plain not in TITLES])

    def _add(self, parts: Sequence[str]) -> None:
        if len(parts) > 1:
            for whole in {(*parts,), (parts[0], parts[-1]), (parts[-1], *parts[:-1])}:
                self._whole.setdefault(whole[0], set()).add(whole)
        own = {part for part in parts if len(part) > 1 and part not in LITTLE}
        self._parts |= own
        self._given |= own & set(parts[:-1] or parts)

    def found(self, text: str) -> list[str]:
        """Names as they stand in the text, each once.

        A whole name counts however it is written. A part of one counts alone if it is no ordinary word; if it is one,
        only where nothing but a name would be written so: “Mr Price”, “R. Bell”, “I told Mark”, but not “the price”,
        “Ward 7” or “Will it …?”.
        """
        text = unicodedata.normalize("NFC", text)
        found, names = words(text), []
        loud, past = shouted(text), 0
        for number, word in enumerate(found):
            last = self._whole_at(found, number)
            if last is not None:
                names.append(text[word.start : last.end])
                past = last.end
            elif word.start >= past and word.plain in self._parts and self._alone(text, found, number, loud):
                names.append(word.text)
        return list(dict.fromkeys(names))

    def _whole_at(self, found: Sequence[Word], number: int) -> Word | None:
        """The last word of a whole name that begins here."""
        for whole in self._whole.get(found[number].plain, ()):
            here = found[number : number + len(whole)]
            if tuple(word.plain for word in here) == whole and (here[0].capital or here[-1].capital or _rare(whole)):
                return here[-1]
        return None

    def _alone(self, text: str, found: Sequence[Word], number: int, loud: bool) -> bool:
        word = found[number]
        before = found[number - 1] if number else None
        if before is not None and _introduces(text, before, word):
            return True
        if word.plain in NEVER_ALONE:
            return False
        if word.plain in NAMELIKE:
            return word.capital and not loud
        if word.plain in ORDINARY:
            return word.plain in self._given and word.capital and not loud and not opens_sentence(text, word)
        return len(word.plain) > 2 or (word.capital and not loud)


def _rare(whole: Sequence[str]) -> bool:
    """Does any part of a name in small letters show that it is one? “will price” may be a question."""
    return any(part not in ORDINARY | NAMELIKE | NEVER_ALONE | LITTLE for part in whole)


def _introduces(text: str, before: Word, word: Word) -> bool:
    """A title or an initial stands directly before it: “Mrs Ward”, “H. Ward”."""
    if not word.capital or text[before.end : word.start].strip(" .\t"):
        return False
    return before.plain in TITLES or (len(before.text) == 1 and before.capital and before.text not in "AI")
