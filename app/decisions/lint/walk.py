"""A walk through all the inputs that a table can meet, column by column, in bit masks of rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.decisions.lint.samples import Sample

#: Choices tried before the walk is given up: a table that needs more is too large to judge here.
MAX_STEPS = 100_000


@dataclass(frozen=True, slots=True)
class Choice:
    """Samples of one column that the rows do not tell apart, by the first of them. Bit n is row n from 0."""

    sample: Sample
    #: rows whose cell fits for certain
    certain: int
    #: rows whose cell fits or may fit
    possible: int
    #: the sample is a value, or the column is not looked at
    known: bool


@dataclass(frozen=True, slots=True)
class Leaf:
    """One outcome, with an example of inputs that lead to it."""

    certain: int
    possible: int
    example: tuple[Sample, ...]
    #: every input of the example is known
    all_known: bool


class Walk:
    """All outcomes of a table. `complete` is False if the walk was given up."""

    def __init__(self, columns: Sequence[Sequence[Choice]], rows: int) -> None:
        self._columns = columns
        self._rows = (1 << rows) - 1
        self._seen: set[tuple[int, int, int, bool]] = set()
        self._left = MAX_STEPS
        self.complete = True

    def leaves(self) -> Iterator[Leaf]:
        waiting = [Leaf(self._rows, self._rows, (), all_known=True)]
        while waiting:
            here = waiting.pop()
            depth = len(here.example)
            if depth == len(self._columns) or not here.possible:
                yield here
                continue
            choices = self._columns[depth]
            self._left -= len(choices)
            if self._left < 0:
                self.complete = False
                return
            waiting += reversed([one for choice in choices if (one := self._next(here, choice))])

    def _next(self, here: Leaf, choice: Choice) -> Leaf | None:
        """Where this choice leads, None if another way has led there."""
        certain, possible = here.certain & choice.certain, here.possible & choice.possible
        known = here.all_known and choice.known
        key = (len(here.example), certain, possible, known)
        if key in self._seen:
            return None
        self._seen.add(key)
        return Leaf(certain, possible, (*here.example, choice.sample), known)


def rows_of(mask: int) -> Iterator[int]:
    """The rows in a mask, from 0, the topmost first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
