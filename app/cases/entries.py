"""What a command and the engine's events look like in the history: facts that route, never answers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from app.engine import Event, Step
from app.history import Entry


def command_entry(name: str, step: Step, definition_sha: str, data: Mapping[str, Any]) -> Entry:
    """The command with all that replay needs: its facts, the pinned definition and the state that it led to."""
    return Entry(
        f"command.{name}",
        {**data, "definition": definition_sha, "state": hashlib.sha256(step.state).hexdigest()},
    )


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
