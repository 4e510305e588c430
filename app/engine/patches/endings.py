"""Tokens that end before they complete."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.simple import TerminateEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.end_event import EndEvent
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState
from SpiffWorkflow.workflow import Workflow

from app.engine.facts import give, known, merged, of_scope

_DONE = TaskState.COMPLETED | TaskState.CANCELLED
_LIVE = TaskState.NOT_FINISHED_MASK | TaskState.ERROR


def cancel_children_too() -> None:
    """Stock: cancelling a multi-instance activity drops its open instances; sub-processes in them break the
    engine (TaskNotFoundException). An incident below is left behind. What a repeated timer has started is dropped
    with its timer. Here instances are cancelled, and what a timer has started goes on."""

    def cancel(self: Any) -> None:
        keeps = self.task_spec.outlived
        for child in () if keeps else self.children:
            child.cancel()
        if not self._state & _DONE:
            for name in ("failed", "stopped"):
                self.internal_data.pop(name, None)
            self._set_state(TaskState.CANCELLED)
            if not keeps:
                self._drop_children()
            self.task_spec._on_cancel(self)

    def on_cancel(self: Any, my_task: Any) -> None:
        my_task.workflow.top_workflow.event_manager.remove_task(my_task)

    def cancel_workflow(self: Any, success: bool = False) -> None:
        self.success = success
        self.completed = True
        close_all(self)

    Task.cancel = cancel
    TaskSpec.outlived = False
    CatchingEvent._on_cancel = on_cancel
    Workflow.cancel = cancel_workflow


def close_all(workflow: Any, except_for: Any = None) -> None:
    """Cancel every live token of this scope and of the scopes in it."""
    for task in list(workflow.tasks.values()):
        if task._state & _LIVE and task is not except_for and task.id in workflow.tasks:
            task.cancel()


def forget_dropped_tokens() -> None:
    """Stock: a token that is dropped from the tree leaves its timer behind, and nobody hears of it."""

    def remove(self: Any, number: int) -> None:
        run = self.top_workflow.run
        self.tasks[self.tasks[number]._parent]._children.remove(number)
        below = [number]
        while below:
            task = self.tasks.pop(below.pop())
            below.extend(task._children)
            run.removed(task)

    Workflow._remove_task = remove


def terminate_closes_all() -> None:
    """Stock: a terminate end leaves incidents of its scope open, and of what the scope found out only what its own
    branch knew goes on. Here incidents are closed with the rest, and nothing is forgotten."""

    def on_complete_hook(self: Any, my_task: Any) -> None:
        if isinstance(self.event_definition, TerminateEventDefinition):
            give(my_task, merged([known(my_task), of_scope(my_task.workflow)]))
            close_all(my_task.workflow, except_for=my_task)
            my_task.workflow._mark_complete(my_task)

    EndEvent._on_complete_hook = on_complete_hook
