"""The timers of a case: which are set, and firing those that are due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.util.task import TaskState

from app.engine.failures import ElementFailed
from app.engine.settle import Budget, settle, stop
from app.engine.specs.events import definitions_of, fire
from app.engine.specs.timers import CycleTimer, Timer
from app.engine.workflow import CaseWorkflow


class Armed(NamedTuple):
    """A timer that is set, in the order in which due ones fire."""

    at: datetime
    number: int
    element_id: str
    task: Any
    definition: Timer
    slot: Mapping[str, Any]

    @property
    def runs(self) -> bool:
        return "paused" not in self.slot


def armed(workflow: CaseWorkflow) -> list[Armed]:
    """All that are set, the first due first."""
    found = []
    for task in workflow.event_manager.tasks.values():
        if task._state == TaskState.WAITING:
            for definition in definitions_of(task):
                slot = definition.armed(task) if isinstance(definition, Timer) else None
                if slot is not None:
                    at = datetime.fromisoformat(slot["at"])
                    found.append(Armed(at, task.id, definition.element.id, task, definition, slot))
    return sorted(found, key=lambda timer: timer[:3])


def fire_due(workflow: CaseWorkflow, budget: Budget) -> None:
    """Fire what is due at `now`, one at a time in order of due time; the case settles after each, so a timer that
    another one has taken away does not fire. When the budget is spent, the first that is still due rests as an
    incident: a loop around a time that is over would be due for ever."""
    now = workflow.run.now
    while (first := _first_due(workflow, now)) is not None:
        if budget.left <= 0:
            stop(first.task)
            return
        budget.left -= 1
        _fire(first)
        settle(workflow, budget)


def _first_due(workflow: CaseWorkflow, now: datetime) -> Armed | None:
    return next((timer for timer in armed(workflow) if timer.runs and timer.at <= now), None)


def _fire(timer: Armed) -> None:
    task, definition = timer.task, timer.definition
    run = task.workflow.top_workflow.run
    try:
        data = definition.fired_data(task)
    except ElementFailed as failure:
        run.fail(task, failure)
        return
    run.emit("timer_fired", task, {**data, "timer": timer.element_id, **_meaning(task)})
    if isinstance(definition, CycleTimer):
        definition.spawn(task)
    else:
        fire(task, definition)


def _meaning(task: Any) -> dict[str, str]:
    """What kind of deadline the timer is (property `deadline`), and which open user task it sits on."""
    said = {"deadline": task.task_spec.element.properties.get("deadline", "")}
    main = host(task)
    return said if main is None else {**said, "host": task.workflow.top_workflow.run.name_of(main.id)}


def host(event: Any) -> Any | None:
    """The open user task that a boundary event sits on."""
    if not isinstance(event.task_spec, BoundaryEvent):
        return None
    return next((t for t in event.parent.children if t.task_spec.manual and t._state == TaskState.READY), None)
