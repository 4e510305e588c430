"""Tokens that wait."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.specs.Join import Join
from SpiffWorkflow.util.task import TaskState
from SpiffWorkflow.workflow import Workflow


def update_joins_only() -> None:
    """Stock: after every completion each waiting token is asked whether it may go on, so that two overdue
    interrupting timers fire together. Here only joins are asked; events are fired one at a time."""

    def update(self: Any) -> None:
        for task in [task for task in self.tasks.values() if task._state == TaskState.WAITING]:
            if isinstance(task.task_spec, Join) and task._state == TaskState.WAITING and task.id in self.tasks:
                task.task_spec._update(task)

    Workflow.update_waiting_tasks = update
