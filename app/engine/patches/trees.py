"""Walking the tree of tokens."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.util.task import BpmnTaskIterator
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskIterator, TaskState


def no_depth_limit() -> None:
    """Stock: iteration stops in silence at depth 1,000 (a process then counts as completed while a task is open),
    ancestors are looked up by recursion. Here neither knows a depth."""

    def step(self: Any) -> Any:
        if not self.task_list:
            raise StopIteration
        task = self.task_list.pop(0)
        if task.task_spec.name != self.end_at_spec:
            self.task_list[:0] = task.children
        return task

    def is_descendant_of(self: Any, task: Any) -> bool:
        tasks = self.workflow.tasks
        ancestor = tasks.get(self._parent)
        while ancestor is not None and ancestor is not task:
            ancestor = tasks.get(ancestor._parent)
        return ancestor is not None

    def find_ancestor(self: Any, spec_name: str) -> Any:
        tasks = self.workflow.tasks
        ancestor = tasks.get(self._parent)
        while ancestor is not None and ancestor.task_spec.name != spec_name:
            ancestor = tasks.get(ancestor._parent)
        return ancestor

    def drop_children(self: Any, force: bool = False) -> None:
        below = list(self.children)
        for child in below:
            if force or child._state & TaskState.NOT_FINISHED_MASK:
                self.workflow._remove_task(child.id)
            else:
                below.extend(child.children)

    TaskIterator._next = step
    BpmnTaskIterator._next = step
    Task.is_descendant_of = is_descendant_of
    Task.find_ancestor = find_ancestor
    Task._drop_children = drop_children
