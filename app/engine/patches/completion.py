"""When the tree of tokens grows."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.util.task import TaskState


def children_at_completion() -> None:
    """Stock: predicts the tokens that may come, all the way to the end, and keeps them in the state (recursion,
    size, time). Here a token makes the next ones when it completes; a spec that `chooses` has made them itself."""

    def predict(self: Any, my_task: Any, seen: Any = None, looked_ahead: int = 0, mask: int = 0) -> None:
        return None

    def on_complete(self: Any, my_task: Any) -> None:
        self._on_complete_hook(my_task)
        workflow = my_task.workflow
        if not workflow.completed:
            if not self.chooses:
                for spec in self.outputs:
                    my_task._add_child(spec, TaskState.FUTURE)
            tasks = workflow.tasks
            for child in [tasks[number] for number in my_task._children]:
                if child._state == TaskState.FUTURE:  # what a repeated event began before goes its own way
                    child.task_spec._update(child)
        workflow._task_completed_notify(my_task)

    TaskSpec._predict = predict
    TaskSpec._on_complete = on_complete
    TaskSpec.chooses = False
