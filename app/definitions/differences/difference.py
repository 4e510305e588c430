"""One difference, as a list or a page tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Change = Literal["added", "removed", "changed", "moved"]
#: "": it may mean something. "picture": only where and how it is drawn. "order": only how the file is written: an order
#: that says nothing, the program that saved it
Group = Literal["", "picture", "order"]


class Detail(NamedTuple):
    """One text of a thing that came or went, as it stands in the file; `words`: the same in words, or ""."""

    what: str
    text: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """`kind`: of the thing in words ("user task", "timer", "cell"). `element`: its id, "" for a whole file and for what
    has none. `name`: what people call it. `what`: which of its properties, "" where the whole thing came or went."""

    file: str
    kind: str
    element: str
    name: str
    change: Change
    what: str = ""
    #: the texts as they stand in the file, None where there is none
    before: str | None = None
    after: str | None = None
    #: the same in words ("2 working days"), "" where the text says it all
    before_words: str = ""
    after_words: str = ""
    group: Group = ""
    #: of a thing that came or went: all that it says
    details: tuple[Detail, ...] = ()
    #: what the thing itself is, where `kind` is a part of it: the "boundary event" of a "timer"
    thing: str = ""

    @property
    def label(self) -> str:
        """How a sentence names the thing: “user task “Check the dates””."""
        kind = self.thing or self.kind
        if kind == "decision row" and self.name:
            return self.name
        return f"{kind} “{self.name}”" if self.name else f"{kind} {self.element}".rstrip()
