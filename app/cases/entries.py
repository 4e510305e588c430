"""What a command and the engine's events look like in the history: facts that route, never answers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import metadata
from typing import Any

from app import engine
from app.engine import Event, Step
from app.history import Entry

#: why the engine is told to cancel a case; a person's own words are sealed
CAUSE = "ended by a person"


@cache
def release() -> str:
    """The version of Waymark that runs."""
    return metadata.version("waymark")


def command_entry(name: str, step: Step, definition_sha: str, data: Mapping[str, Any]) -> Entry:
    """The command with all that replay needs: its facts, the pinned definition and the state that it led to."""
    return Entry(f"command.{name}", {**data, **as_step(definition_sha, step.state)})


def as_step(definition_sha: str, state: bytes) -> dict[str, str]:
    """What each step of a case says besides: the version that it ran on, the digest of the state that it led to, and
    the release that made it."""
    return {"definition": definition_sha, "state": engine.digest(state), "release": release()}


def names_state(data: Mapping[str, Any], state: bytes) -> bool:
    """Does the entry name this state? Before entries named their release, they named the packed bytes."""
    digest = engine.digest(state) if "release" in data else hashlib.sha256(state).hexdigest()
    return bool(data["state"] == digest)


def event_entries(events: Iterable[Event]) -> list[Entry]:
    """The engine's events in order, each with its element and the rules that the element cites."""
    return [
        Entry(
            f"engine.{event.kind}",
            {
                "element": event.element_id,
                "name": event.name,
                "process": event.process,
                "task": event.task_id,
                "rules": list(event.rules),
                "data": dict(event.data),
            },
        )
        for event in events
    ]
