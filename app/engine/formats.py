"""What a stored state looks like has a number. Cases live longer than a release, so every release reads the formats of
all before it: a state is brought up to date, format by format, when it is loaded, and stored in the newest by its next
step.

To change the format: raise `FORMAT`, write a function from the last format's content to the new one's, and enter it in
`UPGRADES` under the number that it starts from. It may rely on nothing but the content, and no entry is ever taken out:
the states in tests/golden hold it to that. What is merely added, and may be missing, needs no new number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.errors import EngineFailure

#: Format 2 is the first that was released (0.1.0).
FORMAT = 2

Content = dict[str, Any]
#: format to what makes its content that of the next
UPGRADES: Mapping[int, Callable[[Content], Content]] = {}


def _before_units(content: Content) -> Content:
    """0.1.0: a clock kept neither the unit in which it was counted nor the one that it was counted back from."""
    scopes = [
        [holder, done, [[*token[:6], _slots_before_units(token[6]), *token[7:]] for token in tokens]]
        for holder, done, tokens in content["scopes"]
    ]
    return {**content, "scopes": scopes}


def _slots_before_units(own: Content) -> Content:
    clocks = {name for name in own if name == "due" or name.startswith("timer:")}
    return {name: _slot_before_units(slot) if name in clocks else slot for name, slot in own.items()}


def _slot_before_units(slot: Content) -> Content:
    """One that repeats without an end counted on from -1 downwards; later it stays there."""
    kept = {part: value for part, value in slot.items() if part not in {"unit", "before", "from"}}
    return {**kept, "left": -kept["turn"]} if kept.get("left") == -1 else kept


#: How releases kept the same state before something was added to it under the same number: for cases of theirs that are
#: run again.
EARLIER: tuple[Callable[[Content], Content], ...] = (_before_units,)


def upgraded(content: Content) -> Content:
    """The content in the newest format. Raises `EngineFailure` for a format that this release does not know."""
    number = content["format"]
    while number != FORMAT:
        upgrade = UPGRADES.get(number)
        if upgrade is None:
            raise EngineFailure(f"The state of this case has format {number}, which this version cannot read.")
        number += 1
        content = {**upgrade(content), "format": number}
    return content
