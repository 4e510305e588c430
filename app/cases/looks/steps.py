"""Steps of a definition that tell of somebody's health: those with a class, and all that happens inside them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from app import engine
from app.engine import Bundle, Key
from app.privacy import HEALTH


@lru_cache(maxsize=256)
def health_steps(bundle: Bundle) -> Mapping[Key, str]:
    """(process, element) to class. What a classed element calls has its class, however deep. That a case came by a
    gateway tells nothing: what followed does."""
    known = {process.id: process for process in engine.describe(engine.load(bundle)).processes}
    own = {
        (one.process, one.id): one.properties.get("class", "")
        for process in known.values()
        for one in process.elements
        if one.properties.get("class", "") in HEALTH
    }
    found, called = dict(own), [(known[p], e, cls) for (p, e), cls in own.items()]
    while called:
        process, element, cls = called.pop()
        name = next((one.refers_to for one in process.elements if one.id == element), "")
        for inner in known[name].elements if name in known else ():
            if (inner.process, inner.id) not in found:
                found[inner.process, inner.id] = cls
                called.append((known[inner.process], inner.id, cls))
    gateways = {(one.process, one.id) for part in known.values() for one in part.elements if "Gateway" in one.kind}
    return {key: cls for key, cls in found.items() if key not in gateways}
