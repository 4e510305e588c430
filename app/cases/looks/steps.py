"""Steps of a definition that tell of somebody's health: those with a class, and all that they enclose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from app import engine
from app.cases.enclosing import Enclosing
from app.engine import Bundle, Element, Key
from app.privacy import CLASSES, HEALTH


@lru_cache(maxsize=256)
def health_steps(bundle: Bundle) -> Mapping[Key, str]:
    """(process, element) to class. That a case came by a gateway tells nothing: what followed does."""
    outline = engine.describe(engine.load(bundle))
    found: dict[Key, str] = {}
    # where both hide a step the graver counts
    for cls in (one for one in reversed(CLASSES) if one in HEALTH):
        steps = Enclosing(_of(cls), outline)
        found |= {key: cls for key in steps.hidden if "Gateway" not in steps.elements[key].kind}
    return found


def _of(cls: str) -> Callable[[Element], bool]:
    return lambda one: one.properties.get("class", "") == cls
