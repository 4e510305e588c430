"""Names of more than one word, as FEEL allows them: `string length`, `Pre-bureau risk`, `date and time`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from app.expressions.lexer import Token, words

#: Parts of dates, durations and ranges that are written with a space.
PROPERTIES = ("time offset", "start included", "end included")

KEYWORDS = frozenset(
    "if then else for in return some every satisfies and or between instance of true false null function".split()  # noqa: SIM905 # reads better as words
)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """“ Did you mean …?” with the known name that is most like a mistaken one; "" if none is like it."""
    close = get_close_matches(name, sorted(known), 1, 0.65)
    return f" Did you mean “{close[0]}”?" if close else ""


class Names:
    """Known names of several words, found longest first in a row of tokens."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name in known:
            self.add(name)

    def add(self, name: str) -> None:
        parts = words(name)
        if len(parts) > 1:
            rows = self._by_first.setdefault(parts[0], [])
            rows.append((parts, name))
            rows.sort(key=lambda row: -len(row[0]))

    def longest(self, tokens: Sequence[Token], at: int) -> tuple[str, int] | None:
        """The longest known name that starts at token `at`, and how many tokens it takes."""
        for parts, name in self._by_first.get(tokens[at].text, ()):
            upcoming = tokens[at : at + len(parts)]
            if len(upcoming) == len(parts) and all(
                token.text == part for token, part in zip(upcoming, parts, strict=True)
            ):
                return name, len(parts)
        return None


def spelled(tokens: Sequence[Token]) -> str:
    """A name as it was written, with one space where there was space."""
    text = ""
    for before, token in zip((None, *tokens), tokens, strict=False):
        gap = before is not None and token.position > before.position + len(before.text)
        text += f"{' ' if gap else ''}{token.text}"
    return text
