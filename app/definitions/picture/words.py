"""Words in a picture: how wide they are, and how they fall into lines.

Nobody has a font on a server, so widths are those of Helvetica (Adobe's font metrics, in thousandths of the size),
which Arial and its free kin share. Whatever is not in the table counts as a wide letter.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

#: what is drawn of a name; the whole of it stands in the title of its element
LONGEST = 400
#: height of a line to the size of its letters
LEADING = 1.2

_BY_WIDTH = {
    191: "'",
    222: "ijl",
    260: "|",
    278: " !,./:;I[\\]ft",
    333: "()-`r",
    334: "{}",
    355: '"',
    389: "*",
    469: "^",
    500: "Jcksvxyz",
    556: "#$0123456789?L_abdeghnopqu",
    584: "+<=>~",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1015: "@",
}
_WIDTHS = {letter: width for width, letters in _BY_WIDTH.items() for letter in letters}
_WIDTHS |= dict.fromkeys("‘’", 222) | dict.fromkeys("“”", 333) | {"–": 556, "—": 1000, "…": 1000, "€": 556, "£": 556}


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of text and the size in which they fit, in pixels."""

    lines: tuple[str, ...]
    size: float

    @property
    def leading(self) -> float:
        return self.size * LEADING

    @property
    def height(self) -> float:
        return len(self.lines) * self.leading

    @property
    def width(self) -> float:
        return max((width(line, self.size) for line in self.lines), default=0.0)


def width(text: str, size: float) -> float:
    """Pixels."""
    return sum(_letter(letter) for letter in text) * size / 1000


def _letter(letter: str) -> int:
    known = _WIDTHS.get(letter)
    if known is not None:
        return known
    if unicodedata.combining(letter):
        return 0
    return 1000 if unicodedata.east_asian_width(letter) in "WF" else 640


def fit(text: str, wide: float, high: float, sizes: tuple[float, ...] = (12, 11, 10, 9)) -> Lines:
    """The text in the largest size in which it fits without breaking a word, else in the largest in which it fits; cut
    with an ellipsis, in the smallest, when it fits in none."""
    whole = [size for size in sizes if all(width(word, size) <= wide for word in text.split())]
    for size in (*whole, *sizes):
        found = wrap(text, wide, size)
        if found.height <= high and found.width <= wide:
            return found
    return _cut(found, wide, max(1, int(high / found.leading)))


def wrap(text: str, wide: float, size: float) -> Lines:
    """Lines no wider than `wide`. A word that is wider is broken."""
    lines: list[str] = []
    for word in _words(text[:LONGEST] + ("…" if len(text) > LONGEST else ""), wide, size):
        if lines and width(f"{lines[-1]} {word}", size) <= wide:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return Lines(tuple(lines), size)


def _words(text: str, wide: float, size: float) -> Iterator[str]:
    for word in text.split():
        left = word
        while width(left, size) > wide and len(left) > 1:
            at = _break(left, wide, size)
            yield left[:at]
            left = left[at:]
        yield left


def _break(word: str, wide: float, size: float) -> int:
    """Letters of the word that go into a line: up to a hyphen where there is one."""
    at, used = 0, 0.0
    while at < len(word) and (used := used + _letter(word[at]) * size / 1000) <= wide:
        at += 1
    hyphen = max(word.rfind("-", 0, at), word.rfind("/", 0, at)) + 1
    return hyphen or max(at, 1)


def _cut(found: Lines, wide: float, most: int) -> Lines:
    if len(found.lines) <= most:
        return found
    kept, last = found.lines[: most - 1], found.lines[most - 1]
    while last and width(last + "…", found.size) > wide:
        last = last[:-1]
    return Lines((*kept, last.rstrip() + "…"), found.size)
