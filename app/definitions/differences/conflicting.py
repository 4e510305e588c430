"""Three bundles: what two people changed who both began with the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.definitions.differences.difference import Difference
from app.definitions.differences.files import differences
from app.engine.bundle import Bundle


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something that both changed. `element` is "" for a whole file, which one of them took out or both brought."""

    file: str
    element: str
    label: str
    mine: tuple[Difference, ...]
    theirs: tuple[Difference, ...]

    @property
    def alike(self) -> bool:
        """Did both do the same?"""
        return self.mine == self.theirs


def conflicts(base: Bundle, mine: Bundle, theirs: Bundle) -> tuple[Conflict, ...]:
    """Every element that both changed, and every file that one took out and the other changed. What is only drawn or
    written otherwise counts only beside what means something."""
    own, other = _by_element(differences(base, mine)), _by_element(differences(base, theirs))
    found = []
    for file, element in own:
        ours, others = own[file, element], _facing(file, element, other)
        if others and any(not one.group for one in ours) and any(not one.group for one in others):
            label = (ours[0] if element else others[0]).label
            found.append(Conflict(file, element, label, tuple(ours), tuple(others)))
    return tuple(found)


#: (file, element id)
_Key = tuple[str, str]


def _by_element(found: Iterable[Difference]) -> dict[_Key, list[Difference]]:
    sorted_out: dict[_Key, list[Difference]] = {}
    for one in found:
        sorted_out.setdefault((one.file, one.element), []).append(one)
    return sorted_out


def _facing(file: str, element: str, other: dict[_Key, list[Difference]]) -> list[Difference]:
    """What the other did there; to a file that one took out or brought, anything that the other did in it."""
    if element:
        return other.get((file, element), []) or _whole(file, other)
    return [one for key, found in other.items() if key[0] == file for one in found]


def _whole(file: str, other: dict[_Key, list[Difference]]) -> list[Difference]:
    return [one for one in other.get((file, ""), []) if not one.what]
