"""Walking the tree of tokens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn.util.task import BpmnTaskIterator
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskIterator, TaskState


def no_depth_limit() -> None:
    """Stock: iteration stops in silence at depth 1,000 (a process then counts as completed while a task is open),
    ancestors are looked up by recursion. Here neither knows a depth."""
    TaskIterator._next = _next
    BpmnTaskIterator._next = _next
    Task.is_descendant_of = _is_descendant_of
    Task.find_ancestor = _find_ancestor
    Task._drop_children = _drop_children


def _next(self: Any) -> Any:
    if not self.task_list:
        raise StopIteration
    task = self.task_list.pop(0)
    if task.task_spec.name != self.end_at_spec:
        self.task_list[:0] = task.children
    return task


def _is_descendant_of(self: Any, task: Any) -> bool:
    return any(ancestor is task for ancestor in _ancestors(self))


def _find_ancestor(self: Any, spec_name: str) -> Any:
    return next((ancestor for ancestor in _ancestors(self) if ancestor.task_spec.name == spec_name), None)


def _ancestors(task: Any) -> Iterator[Any]:
    tasks = task.workflow.tasks
    ancestor = tasks.get(task._parent)
    while ancestor is not None:
        yield ancestor
        ancestor = tasks.get(ancestor._parent)


def _drop_children(self: Any, force: bool = False) -> None:
    below = list(self.children)
    for child in below:
        if force or child._state & TaskState.NOT_FINISHED_MASK:
            self.workflow._remove_task(child.id)
        else:
            below.extend(child.children)
