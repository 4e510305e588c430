"""Which steps are hidden, and behind which step: one reading of a diagram for all who may not know of every step.

An element is hidden by what it says itself (property `class`), and with all that encloses it: the activity that it sits
on, the sub-process that holds it, whatever calls its process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from app.engine import Element, Key, Outline


class Enclosing:
    """`hides`: is this element hidden by its own word? What any of several outlines hides is hidden."""

    def __init__(self, hides: Callable[[Element], bool], *outlines: Outline) -> None:
        self.elements: dict[Key, Element] = {}
        self.names: dict[str, str] = {}
        self.callers: dict[str, list[Element]] = {}
        self.hidden: frozenset[Key] = frozenset()
        for outline in outlines:
            self._add(outline)
            self.hidden |= _within(
                {key for key, one in self.elements.items() if hides(one)} | self.hidden, self._inside()
            )

    def _add(self, outline: Outline) -> None:
        for process in outline.processes:
            self.names[process.id] = process.name or process.id
            for one in process.elements:
                self.elements[one.process, one.id] = one
                if one.kind == "callActivity":
                    self.callers.setdefault(one.refers_to, []).append(one)

    def _inside(self) -> dict[Key, list[Key]]:
        """Each element to those that it directly encloses."""
        inside: dict[Key, list[Key]] = {}
        for key, one in self.elements.items():
            for other in self._above(one):
                inside.setdefault((other.process, other.id), []).append(key)
        return inside

    def _above(self, element: Element) -> Iterator[Element]:
        """What the element sits on, is held by or is called by."""
        for other in (element.attached_to, element.scope):
            if (element.process, other) in self.elements:
                yield self.elements[element.process, other]
                return
        yield from self.callers.get(element.process, ())

    def above(self, key: Key) -> Key | None:
        """What an element sits on, is held by or is called by; of several callers one that is hidden. None where it
        stands in the main process itself."""
        at = self.elements.get(key)
        found = max(self._above(at), key=lambda one: (one.process, one.id) in self.hidden, default=None) if at else None
        return (found.process, found.id) if found is not None else None

    @property
    def processes(self) -> frozenset[str]:
        """Ids of the processes that something hidden calls."""
        callers = self.callers.items()
        return frozenset(name for name, them in callers if any((one.process, one.id) in self.hidden for one in them))

    def around(self, process: str, element: str) -> str | None:
        """The visible step that hides the element; None if it may be seen itself."""
        key = (process, element)
        at = self.elements.get(key)
        climbed: set[Key] = set()
        while at is not None and key in self.hidden and key not in climbed:
            climbed.add(key)
            process = at.process
            # of several callers, one that is hidden
            at = max(self._above(at), key=lambda one: (one.process, one.id) in self.hidden, default=None)
            key = (at.process, at.id) if at is not None else key
        if not climbed:
            return None
        return self.names[process] if at is None or key in self.hidden else at.label


def _within(left: set[Key], inside: dict[Key, list[Key]]) -> frozenset[Key]:
    """These, and all that they enclose."""
    found: set[Key] = set()
    while left:
        key = left.pop()
        if key not in found:
            found.add(key)
            left.update(inside.get(key, ()))
    return frozenset(found)
