"""What came of running a case again. No fact, no answer: what differs is named, and told where it cannot tell of
anybody's health."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: "met": everything came out as it was recorded; "differs": something did not; "cannot": the history does not hold what
#: it takes; "broken": the history cannot be read
Outcome = Literal["met", "differs", "cannot"]


@dataclass(frozen=True, slots=True)
class Said:
    """One side of a difference in words, and the step that they tell of."""

    text: str
    process: str = ""
    element: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that came out otherwise at one entry. `what`: in words."""

    seq: int
    what: str
    recorded: Said
    found: Said


@dataclass(frozen=True, slots=True)
class Difference:
    """The first step that came out otherwise. `parts`: all that differs in it, the first entry first; never empty.
    `release`: the version of Waymark that recorded it, "" where the entry does not say."""

    parts: tuple[Part, ...]
    release: str = ""

    @property
    def seq(self) -> int:
        """Number of the first entry that differs."""
        return self.parts[0].seq

    @property
    def what(self) -> str:
        return self.parts[0].what

    @property
    def expected(self) -> str:
        return self.parts[0].recorded.text

    @property
    def found(self) -> str:
        return self.parts[0].found.text


@dataclass(frozen=True, slots=True)
class Unable:
    """From this entry on the case cannot be run again. `why`: ends the sentence “because …”."""

    seq: int
    why: str


@dataclass(frozen=True, slots=True)
class Rerun:
    """`entries` were read, `steps` of them were commands that were run again and came out as recorded."""

    case_id: str
    entries: int
    steps: int
    difference: Difference | None = None
    unable: Unable | None = None

    @property
    def outcome(self) -> Outcome:
        if self.difference is not None:
            return "differs"
        return "cannot" if self.unable is not None else "met"
