"""What a service task can hand over, by topic. A handler is pure: (facts, parameters, now) -> Result. It reads no
clock, no database and no network; what the world outside must do, it returns as effects.

A handler raises a `WaymarkError` whose sentence the administrator reads in the incident."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.errors import WaymarkError


@dataclass(frozen=True, slots=True)
class Result:
    """`facts` are merged into the token's; each of `effects` is (topic, literal parameters)."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    effects: tuple[tuple[str, Mapping[str, Any]], ...] = ()


Handler = Callable[[Mapping[str, Any], Mapping[str, Any], datetime], Result]

REGISTRY: dict[str, Handler] = {}


class ParameterMissing(WaymarkError):
    """A service task lacks a parameter that its topic needs."""


def handles(topic: str) -> Callable[[Handler], Handler]:
    """Register the decorated function for `topic`."""

    def register(handler: Handler) -> Handler:
        REGISTRY[topic] = handler
        return handler

    return register


@handles("notify")
def notify(facts: Mapping[str, Any], params: Mapping[str, Any], now: datetime) -> Result:
    """Tell somebody. `to`: a role id; `template`: the key of the message; any others go along as they are."""
    for name in ("to", "template"):
        if not params.get(name):
            raise ParameterMissing(f"A notification needs the parameter “{name}”.")
    return Result(effects=(("notify", params),))


@handles("none")
def nothing(facts: Mapping[str, Any], params: Mapping[str, Any], now: datetime) -> Result:
    """Do nothing: a step that a diagram shows and that needs no machine."""
    return Result()
