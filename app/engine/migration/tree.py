"""Changing the tree of tokens by hand: nothing is lost, for each token carries its own facts."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.engine.facts import give, known
from app.engine.run import OPEN

LIVE = TaskState.NOT_FINISHED_MASK | TaskState.ERROR


def fold(task: Any) -> None:
    """Take a token out; what hangs on it hangs on its parent, in its place."""
    tasks = task.workflow.tasks
    parent = tasks[task._parent]
    at = parent._children.index(task.id)
    parent._children[at : at + 1] = task._children
    for number in task._children:
        tasks[number]._parent = parent.id
    del tasks[task.id]


def drop(task: Any) -> None:
    """Take an open token out and say so; what it has started stays."""
    run = task.workflow.top_workflow.run
    if task._state & TaskState.ERROR and task.task_spec.rests and task.task_spec.element is not None:
        run.emit("cancelled", task)
    run.removed(task)
    fold(task)


def above(task: Any, spec: Any) -> Any:
    """A new finished token of `spec` between the token and its parent, knowing what the parent knows."""
    parent = task.workflow.tasks[task._parent]
    made = Task(task.workflow, spec, state=TaskState.COMPLETED)
    give(made, known(parent))
    made._parent = parent.id
    made._children = [task.id]
    parent._children[parent._children.index(task.id)] = made.id
    task._parent = made.id
    return made


def child(parent: Any, spec: Any) -> Any:
    """A new token below `parent`, as if the flow had just come there."""
    made = parent._add_child(spec, TaskState.FUTURE)
    made.task_spec._update(made)
    return made


def is_live(task: Any) -> bool:
    return bool(task._state & LIVE)


def is_open(task: Any) -> bool:
    return bool(task._state & OPEN)
