"""Signals, errors and escalations: thrown and caught within one case."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import (
    ErrorEventDefinition,
    EscalationEventDefinition,
    SignalEventDefinition,
)
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.util.task import TaskState

from app.engine.facts import of_scope, write
from app.engine.failures import ElementFailed
from app.engine.specs.base import run_of
from app.engine.specs.events import definitions_of, fire


class _Quiet:
    """Nothing is caught through the package's own event manager, and no data travels but what is said here."""

    element: Any

    def catches(self, my_task: Any, event: Any) -> bool:
        return False

    def has_fired(self, my_task: Any) -> bool:
        return bool(my_task.internal_data.get("event_fired"))

    def reset(self, my_task: Any) -> None:
        my_task.internal_data.pop("event_fired", None)
        my_task.internal_data.pop("carried", None)

    def update_task_data(self, my_task: Any) -> None:
        write(my_task, my_task.internal_data.pop("carried", {}))


class Signal(_Quiet, SignalEventDefinition):
    """Reaches every token of the case that waits for a signal of this name."""

    def throw(self, my_task: Any) -> None:
        waiting = my_task.workflow.top_workflow.event_manager.tasks
        for number in sorted(waiting):
            task = waiting.get(number)
            heard = self._heard(task) if task is not None else None
            if heard is not None:
                _go_on(task, heard, {})

    def _heard(self, task: Any) -> Signal | None:
        """What of the token hears this signal."""
        found = (d for d in definitions_of(task) if isinstance(d, Signal) and d.name == self.name)
        return next(found, None)


class _Coded(_Quiet):
    """Goes up from scope to scope to the first boundary event of its kind and code, or of its kind without one. Out of
    a called process come the facts of all its branches, as when it ends."""

    code: str | None

    def throw(self, my_task: Any) -> None:
        scope = my_task.workflow
        while scope.parent_task_id is not None:
            host = scope.top_workflow.get_task_from_id(scope.parent_task_id)
            catcher = self._catcher(host)
            if catcher is not None:
                definition = catcher.task_spec.event_definition
                _go_on(catcher, definition, host.task_spec.carried_out(host, of_scope(scope).facts))
                return
            scope = host.workflow
        self.uncaught(my_task)

    def _catcher(self, host: Any) -> Any:
        parent = host.parent
        activity = parent if isinstance(parent.task_spec, LoopTask) else host
        around = [task for task in activity.parent.children if self._matches(task)]
        return next((task for task in around if task.task_spec.event_definition.code == self.code), None) or next(
            iter(around), None
        )

    def _matches(self, task: Any) -> bool:
        definition = getattr(task.task_spec, "event_definition", None)
        return (
            task._state == TaskState.WAITING and type(definition) is type(self) and definition.code in (None, self.code)
        )

    def uncaught(self, my_task: Any) -> None:
        """Nobody listens."""


class Error(_Coded, ErrorEventDefinition):
    def uncaught(self, my_task: Any) -> None:
        raise ElementFailed(f"Nothing around this part of the process catches the error “{self.code or self.name}”.")


class Escalation(_Coded, EscalationEventDefinition):
    """Uncaught, it is without effect (BPMN 2.0, 10.5.1)."""


def _go_on(task: Any, definition: Any, carried: dict[str, Any]) -> None:
    if carried:
        task.internal_data["carried"] = carried
    run_of(task).emit("caught", task, {"name": definition.name})
    fire(task, definition)
