"""One engine step in progress: identities, logical time, what happened and what is ready to run.

Everything here follows from the case id, the counters in the state and `now`, never from a clock or a
random source: the same command on the same state gives the same bytes on any machine.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from SpiffWorkflow.util.task import TaskState

from app.engine.failures import ElementFailed
from app.engine.types import Effect, Event
from app.expressions import Environment
from app.workdays import Calendar

OPEN = TaskState.READY | TaskState.WAITING | TaskState.STARTED
_READY, _WAITING, _STARTED = TaskState.READY, TaskState.WAITING, TaskState.STARTED
_COMPLETED, _ERROR, _CANCELLED = TaskState.COMPLETED, TaskState.ERROR, TaskState.CANCELLED


class Run:
    """`counter` numbers the tokens of the case, `tick` its state changes; both live in the state."""

    __slots__ = ("calendar", "case", "counter", "effects", "env", "events", "now", "ready", "tick")

    def __init__(self, case: str, now: datetime, calendar: Calendar, counter: int = 0, tick: int = 0) -> None:
        self.case = case
        self.now = now
        self.calendar = calendar
        self.env = Environment(now=now, calendar=calendar)
        self.counter = counter
        self.tick = tick
        self.events: list[Event] = []
        self.effects: list[Effect] = []
        #: Tokens that the engine itself moves on, in the order in which they became ready.
        self.ready: deque[Any] = deque()

    def new_number(self) -> int:
        self.counter += 1
        return self.counter

    def name_of(self, number: int, part: str = "") -> str:
        """The id by which the world knows token `number` of this case (32 hex digits)."""
        return hashlib.sha256(f"{self.case}/{number}{part}".encode()).hexdigest()[:32]

    def emit(self, kind: str, task: Any, data: Mapping[str, Any] | None = None) -> None:
        element = task.task_spec.element
        self.events.append(
            Event(
                kind, element.id, element.name, element.process, self.name_of(task.id), element.rules, dict(data or {})
            )
        )

    def changed(self, task: Any, old: int, new: int) -> None:
        """Called once for every change of a token's state."""
        self.tick += 1
        task.last_state_change = self.tick
        if new < _WAITING:
            return
        spec = task.task_spec
        if new == _READY and not spec.manual:
            self.ready.append(task)
        if spec.element is not None:
            self._record(task, spec, old, new)

    def _record(self, task: Any, spec: Any, old: int, new: int) -> None:
        if new == _COMPLETED:
            self.emit("completed", task, spec.completed_data(task))
        elif new == _READY:
            if spec.manual:
                self.emit("entered", task, spec.entered_data(task))
        elif new == _STARTED:
            self.emit("started", task, spec.entered_data(task))
        elif new == _WAITING:
            if spec.waits and old != _WAITING:
                self.emit("waiting", task)
        elif new == _CANCELLED and old & (OPEN | _ERROR) and spec.rests:
            self.emit("cancelled", task)

    def removed(self, task: Any) -> None:
        """A token that the engine takes out of the tree without cancelling it first."""
        task.workflow.top_workflow.event_manager.remove_task(task)
        spec = task.task_spec
        if task._state & OPEN and spec.element is not None and spec.rests:
            self.emit("cancelled", task)

    def fail(self, task: Any, failure: ElementFailed) -> None:
        """Park the token as an incident."""
        task.workflow.top_workflow.event_manager.remove_task(task)
        task.internal_data["failed"] = str(failure)
        if not failure.again:
            task.internal_data["stopped"] = True
        task._set_state(_ERROR)
        if task.task_spec.element is not None:
            self.emit("failed", task, {"detail": str(failure)})
