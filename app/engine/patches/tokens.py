"""Tokens (the package calls them tasks): their identity, time, state changes, failures and data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState
from SpiffWorkflow.workflow import Workflow

from app.engine.facts import Known, give, known, learn, merged, write
from app.engine.failures import ElementFailed

_READY_OR_LATER = TaskState.COMPLETED | TaskState.CANCELLED


def own_identity_and_time() -> None:
    """Stock: ids are uuid4, times come from the machine's clock. Here both are counters of the case."""

    def init(
        self: Any,
        workflow: Any,
        task_spec: Any,
        parent: Any = None,
        state: int = TaskState.MAYBE,
        id: int | None = None,  # noqa: A002 # the package's own name
    ) -> None:
        run = workflow.top_workflow.run
        self.id = id or run.new_number()
        workflow.tasks[self.id] = self
        self.workflow = workflow
        self.task_spec = task_spec
        self.triggered = False
        self.data = {}
        self.stamps = {}
        self.internal_data = {}
        self.last_state_change = run.tick
        self._children = []
        self._state = state
        self._parent = None
        if parent is not None:
            self._parent = parent.id
            parent._children.append(self.id)

    Task.__init__ = init
    Task.thread_id = 0


def record_state_changes() -> None:
    """Stock: logs each change, with the whole task list. Here the step in progress is told."""

    def set_state(self: Any, value: int) -> None:
        old = self._state
        if value != old:
            self._state = value
            self.workflow.top_workflow.run.changed(self, old, value)

    def ready(self: Any) -> None:
        if not self._state & _READY_OR_LATER:
            self._set_state(TaskState.READY)
            self.task_spec._on_ready_hook(self)

    Task._set_state = set_state
    Task._ready = ready
    TaskSpec.element = None
    TaskSpec.waits = False
    TaskSpec.rests = False
    TaskSpec.entered_data = _instance
    TaskSpec.completed_data = _instance


def _instance(_spec: Any, task: Any) -> dict[str, Any]:
    """Which instance of a multi-instance activity, if one."""
    index = task.internal_data.get("index")
    return {} if index is None else {"instance": index}


def quiet_logs() -> None:
    """Stock: every change collects details for a log that may hold facts of a person."""

    def nothing(self: Any, dct: Any = None) -> dict[str, Any]:
        return {}

    Task.collect_log_extras = nothing
    Workflow.collect_log_extras = nothing
    BpmnSubWorkflow.collect_log_extras = nothing


def park_failures() -> None:
    """Stock: an error on entering an element (a timer, a collection) breaks the whole step, one in running it
    leaves the other tokens unmoved. Here the failing token rests as an incident and the others go on. Tried again, it
    enters its element anew, remembering only which instance of a multi-instance activity it is."""

    def update(self: Any, my_task: Any) -> None:
        try:
            is_ready = self._update_hook(my_task)
        except ElementFailed as failure:
            my_task.workflow.top_workflow.run.fail(my_task, failure)
            return
        if is_ready:
            my_task._ready()

    def run(self: Any) -> None:
        try:
            done = self.task_spec._run_hook(self)
        except ElementFailed as failure:
            self.workflow.top_workflow.run.fail(self, failure)
            return
        if done is None:
            self._set_state(TaskState.STARTED)
        else:
            self.complete()

    TaskSpec._update = update
    TaskSpec.tried_again = _tried_again
    Task.run = run


def _tried_again(_spec: Any, my_task: Any, facts: Mapping[str, Any]) -> None:
    for child in list(my_task.children):
        my_task.workflow._remove_task(child.id)
    my_task.internal_data = {name: value for name, value in my_task.internal_data.items() if name == "index"}
    my_task._set_state(TaskState.FUTURE)
    learn(my_task)
    write(my_task, facts)
    my_task.task_spec._update(my_task)


def replace_never_mutate() -> None:
    """Stock: data is merged in place, so that parallel branches see each other's lists and dicts change.
    Here a value is replaced by a new one and never changed, so tokens may share it."""

    def inherit(self: Any) -> None:
        parent = self.workflow.tasks[self._parent]
        above = parent.task_spec.handed_on(parent, self)
        give(self, merged([above, known(self)]) if self.data else above)

    def handed_on(self: Any, my_task: Any, child: Any) -> Known:
        return known(my_task)

    def known_now(self: Any, my_task: Any) -> Known:
        return known(my_task)

    Task._inherit_data = inherit
    TaskSpec.known_now = known_now
    TaskSpec.hides_facts = False
    TaskSpec.handed_on = handed_on
