"""What each command does to a case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from SpiffWorkflow.util.task import TaskState

from app.engine.clocks import fire_due
from app.engine.facts import of_scope, write
from app.engine.normal import plain
from app.engine.patches.endings import close_all
from app.engine.settle import Budget, settle
from app.engine.specs.events import StartEvent, definitions_of, fire
from app.engine.specs.messages import MessageDefinition
from app.engine.types import Cancel, Command, Complete, FireDue, Message, Retry, Start
from app.engine.workflow import CaseWorkflow
from app.errors import CaseEnded, NotWaiting, TaskClosed


def start(workflow: CaseWorkflow, command: Start, budget: Budget) -> None:
    """Put a token on the start event. A message start counts as come: the case is started, by whatever."""
    write(workflow.task_tree, plain(dict(command.facts)))
    settle(workflow, budget)
    for task in list(workflow.event_manager.tasks.values()):
        spec = task.task_spec
        by_message = isinstance(spec, StartEvent) and isinstance(spec.event_definition, MessageDefinition)
        if by_message and task.workflow is workflow:
            if command.message is not None:
                spec.event_definition.keep(task, dict(command.message))
            fire(task, spec.event_definition)
            settle(workflow, budget)


def apply(workflow: CaseWorkflow, command: Command, status: str, budget: Budget) -> str:
    """Carry out a command on a case that has begun; the new status. Raises `TaskClosed`, `NotWaiting`,
    `CaseEnded`, with nothing changed that matters: the caller throws the workflow away."""
    if status != "running" and not isinstance(command, (FireDue, Complete)):
        raise NotWaiting if isinstance(command, Message) else CaseEnded
    return _APPLY[type(command)](workflow, command, budget) or status


def _complete(workflow: CaseWorkflow, command: Complete, budget: Budget) -> None:
    task = find(workflow, command.task_id)
    if task is None or task._state != TaskState.READY or not task.task_spec.manual:
        raise TaskClosed
    if command.facts:
        write(task, plain(dict(command.facts)))
    task.run()
    settle(workflow, budget)


def _message(workflow: CaseWorkflow, command: Message, budget: Budget) -> None:
    """Given to every token that waits for it, in the order in which they came to wait, or to the one that is meant."""
    waiting = workflow.event_manager.tasks
    taken = [
        (task, definition)
        for task in sorted(waiting.values(), key=lambda task: task.id)
        for definition in definitions_of(task)
        if isinstance(definition, MessageDefinition) and _is_for(command, task, definition)
    ]
    if not taken:
        raise NotWaiting
    for task, definition in taken:
        if waiting.get(task.id) is task and task._state == TaskState.WAITING:
            definition.keep(task, dict(command.facts))
            fire(task, definition)
            settle(workflow, budget)


def _is_for(command: Message, task: Any, definition: MessageDefinition) -> bool:
    """What people say is for the one wait that they chose, and no message of another case reaches it by its name."""
    if command.wait is not None:
        return definition.name == command.name and definition.wait_id(task) == command.wait
    return not definition.said and definition.takes(task, command.name, command.key)


def _fire_due(workflow: CaseWorkflow, command: FireDue, budget: Budget) -> None:
    fire_due(workflow, budget)


def _cancel(workflow: CaseWorkflow, command: Cancel, budget: Budget) -> str:
    workflow.data = of_scope(workflow).facts
    close_all(workflow)
    workflow.run.ready.clear()
    workflow.completed = True
    return "cancelled"


def _retry(workflow: CaseWorkflow, command: Retry, budget: Budget) -> None:
    task = find(workflow, command.task_id)
    if task is None or not task._state & TaskState.ERROR:
        raise NotWaiting(
            "There is nothing to try again here: the incident is over, or a branch of the case is missing."
        )
    task.task_spec.tried_again(task, plain(dict(command.facts)))
    settle(workflow, budget)


def find(workflow: CaseWorkflow, task_id: str) -> Any:
    """The token that the world knows as `task_id`, None if there is none (any more)."""
    name_of = workflow.run.name_of
    resting = TaskState.READY | TaskState.ERROR | TaskState.WAITING
    return next((t for t in workflow.tokens() if t._state & resting and name_of(t.id) == task_id), None)


_APPLY: dict[type, Callable[..., str | None]] = {
    Complete: _complete,
    Message: _message,
    FireDue: _fire_due,
    Cancel: _cancel,
    Retry: _retry,
}
