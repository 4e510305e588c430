"""Small numbers are held back, and so is what would give them away.

Primary suppression: a count between 1 and the threshold is not shown. Secondary: the counts of one series add up to a
total that can be known from elsewhere on the page, so a single gap could be filled by subtraction; then the smallest
count that is shown is held back, too. (Anonymisation Standard for Publishing Health and Social Care Data, ISB 1523.)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

Key = TypeVar("Key")


def protected(counts: Mapping[Key, int], smallest: int) -> dict[Key, int | None]:
    """The counts of one series; None for those that are held back. Nought is shown: it is nobody."""
    shown: dict[Key, int | None] = {key: n if n == 0 or n >= smallest else None for key, n in counts.items()}
    hidden = [key for key, n in shown.items() if n is None]
    left = [key for key, n in shown.items() if n]
    if hidden and left and (len(hidden) == 1 or sum(counts[key] for key in hidden) < smallest):
        shown[min(left, key=lambda key: counts[key])] = None
    return shown


def alone(count: int, smallest: int) -> int | None:
    """A count that adds up with no other to anything that is shown."""
    return count if count == 0 or count >= smallest else None


def share(part: int, whole: int, smallest: int) -> int | None:
    """Per cent, rounded; None where few stand behind it, or behind what is missing from it."""
    if whole < smallest or 0 < whole - part < smallest or 0 < part < smallest:
        return None
    return round(100 * part / whole)
