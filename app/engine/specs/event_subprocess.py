"""Event sub-processes: armed with the scope that holds them, they interrupt it, or run beside it."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from app.engine.facts import give, known, merged, of_scope
from app.engine.run import OPEN
from app.engine.specs.events import StartEvent
from app.engine.specs.subprocesses import SubProcess
from app.engine.specs.timers import Timer

_LIVE = OPEN | TaskState.ERROR


class EventSubProcess(SubProcess):
    interrupting = True

    def idle(self, task: Any) -> bool:
        """Its start event has not come, so it does not hold the scope open."""
        inside = task.workflow.top_workflow.subprocesses.get(task.id)
        return bool(task._state & OPEN) and inside is not None and _armed(inside)

    def entered_data(self, task: Any) -> dict[str, Any]:
        return defaults.SubWorkflowTask.entered_data(self, task)  # type: ignore[no-any-return]


class EventSubProcessStart(StartEvent):
    """When it fires, the sub-process takes the facts of the scope as they are now. An interrupting one cancels all
    else in it; one that does not interrupt is armed again, for it runs as often as its message or signal comes."""

    def _run_hook(self, my_task: Any) -> bool:
        host = my_task.workflow.top_workflow.get_task_from_id(my_task.workflow.parent_task_id)
        others = [task for task in host.workflow.tasks.values() if _beside(task, host)]
        give(my_task, merged([known(my_task), of_scope(host.workflow)]))
        super()._run_hook(my_task)
        if host.task_spec.interrupting:
            for task in others:
                if task.id in host.workflow.tasks:
                    task.cancel()
        elif not isinstance(self.event_definition, Timer):
            again = host.parent._add_child(host.task_spec, TaskState.FUTURE)
            again.task_spec._update(again)
        return True


def _armed(inside: Any) -> bool:
    return any(
        task._state & (TaskState.WAITING | TaskState.ERROR) and isinstance(task.task_spec, EventSubProcessStart)
        for task in inside.tasks.values()
    )


def _beside(task: Any, host: Any) -> bool:
    """A live token of the scope that holds `host`, other than the sub-process's own."""
    return (
        bool(task._state & _LIVE)
        and task is not host
        and task.task_spec.name != "End"
        and task.task_spec is not host.workflow.spec.end
        and not host.is_descendant_of(task)
    )
