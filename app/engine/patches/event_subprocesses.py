"""Event sub-processes. (Their spec classes are in app.engine.specs.event_subprocess.)"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.control import BpmnStartTask
from SpiffWorkflow.specs.base import TaskSpec


def armed_at_scope_start() -> None:
    """Stock: an event sub-process is never recognised; its start runs beside the rest, a message start changes
    the shared spec while a case runs, and one that does not fire keeps its scope open. Here each is armed with
    its scope, at any depth, and is `idle` until its start event fires."""

    def connect(self: Any, task_spec: Any, sp_spec: Any) -> None:
        self.connect(task_spec)
        task_spec.connect(self._wf_spec.end)

    def idle(self: Any, task: Any) -> bool:
        return False

    BpmnStartTask.connect_or_add_trigger = connect
    TaskSpec.idle = idle
