"""What a process owner reads when an expression cannot be used."""

from __future__ import annotations

from app.errors import WaymarkError

#: characters that are shown on either side of a fault
_AROUND = 60


class ExpressionError(WaymarkError):
    """This expression cannot be worked out."""

    status = 422

    def __init__(self, message: str, position: int | None = None, source: str = "") -> None:
        """`position` is the index (from 0) of the character at fault in `source`, the text as it was written. None
        where the error arises; the part of the expression that is being worked out then says its own."""
        self.message = message
        self.placed = position is not None
        self.position = position or 0
        self.source = source
        super().__init__(f"{message}{_place(source, self.position)}")

    def place(self, position: int) -> None:
        """Says where it happened, unless that is known better already."""
        if not self.placed:
            self.placed, self.position = True, position

    def shown(self) -> str:
        """The sentence, then the line at fault with a caret: for a terminal and for fixed-width text."""
        return f"{self.message}\n{self.pointer()}" if self.source else self.message

    def pointer(self) -> str:
        """The line at fault and, below it, a caret under the character; of a long line the part around it."""
        start = self.source.rfind("\n", 0, self.position) + 1
        line = self.source[start:].split("\n", 1)[0]
        column = self.position - start
        cut = max(0, column - _AROUND)
        shown = "".join(sign if sign.isprintable() else " " for sign in line[cut : column + _AROUND])
        return f"{'…' * bool(cut)}{shown}{'…' * (len(line) > column + _AROUND)}\n{' ' * (column - cut + bool(cut))}^"


def _place(source: str, position: int) -> str:
    if not source:
        return ""
    rest = " ".join(source[position : position + 24].split())
    if not rest:
        return " (at the end)"
    return f" (at character {position + 1}, “{rest}”)"
