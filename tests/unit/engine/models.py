"""Bundles of diagrams, and playing them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from app.engine import Bundle, Command, Complete, Definition, FireDue, Message, Start, Step, Task, advance, load
from tests.unit.engine.diagrams import (
    Diagram,
    inputs,
    instances,
    message,
    message_definition,
    timer_definition,
)

__all__ = [
    "CALENDAR",
    "MONDAY",
    "Bundle",
    "Diagram",
    "Play",
    "bundle",
    "inputs",
    "instances",
    "load",
    "message",
    "message_definition",
    "moment",
    "timer_definition",
]

CALENDAR = {"country": "GB", "subdivision": "ENG", "tz": "Europe/London", "close": "17:00"}
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def bundle(main: Diagram, *others: Diagram | bytes, tops: str = "", files: dict[str, bytes] | None = None) -> Bundle:
    found = {f"{main.id}.bpmn": main.xml(tops), **(files or {})}
    for number, other in enumerate(others):
        if isinstance(other, Diagram):
            found[f"{other.id}.bpmn"] = other.xml(tops)
        else:
            found[f"other{number}.bpmn"] = other
    return Bundle(main.id, found)


def moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


class Play:
    """A case played step by step, each through bytes."""

    def __init__(
        self,
        definition: Definition | Bundle,
        facts: dict[str, Any] | None = None,
        *,
        case: str = "case-1",
        now: Any = MONDAY,
        tz: str = "Europe/London",
    ) -> None:
        self.definition = load(definition) if isinstance(definition, Bundle) else definition
        self.now = moment(now) if isinstance(now, str) else now
        self.state: bytes | None = None
        self.steps: list[Step] = []
        self.give(Start(case, facts or {}, {**CALENDAR, "tz": tz}))

    def give(self, command: Command) -> Step:
        step = advance(self.definition, self.state, command, self.now)
        self.state = step.state
        self.steps.append(step)
        return step

    @property
    def step(self) -> Step:
        return self.steps[-1]

    def open(self) -> list[str]:
        return [task.element_id for task in self.step.tasks]

    def task(self, element_id: str, at: int = 0) -> Task:
        return [task for task in self.step.tasks if task.element_id == element_id][at]

    def do(self, element_id: str, at: int = 0, **facts: Any) -> list[str]:
        self.give(Complete(self.task(element_id, at).id, facts))
        return self.open()

    def tell(self, name: str, key: str | None = None, **facts: Any) -> list[str]:
        said = next((one.id for one in self.step.subscriptions if one.said and one.name == name), None)
        self.give(Message(name, facts, key, said))
        return self.open()

    def at(self, when: str) -> list[str]:
        self.now = moment(when)
        self.give(FireDue())
        return self.open()

    def due(self) -> list[tuple[str, str]]:
        return [(timer.element_id, timer.due.at.strftime("%Y-%m-%dT%H:%M")) for timer in self.step.timers]

    def kinds(self) -> list[str]:
        return [f"{event.kind}:{event.element_id}" for event in self.step.events]

    def facts(self) -> dict[str, Any]:
        return dict(self.step.facts)

    def waiting(self) -> dict[str, Any]:
        """All that could still happen."""
        step = self.step
        return {"tasks": self.open(), "timers": self.due(), "messages": step.messages, "incidents": step.incidents}
