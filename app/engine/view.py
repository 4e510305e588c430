"""What is open now, read from the tokens."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.events.start_event import StartEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.specs.Join import Join
from SpiffWorkflow.util.task import TaskState

from app.engine.clocks import Armed, armed, host
from app.engine.facts import with_called
from app.engine.outline import Element
from app.engine.run import OPEN, Run
from app.engine.slots import counted
from app.engine.specs.event_subprocess import EventSubProcessStart
from app.engine.specs.events import definitions_of
from app.engine.specs.messages import MessageDefinition
from app.engine.types import Facts, Incident, Subscription, Task, Timer
from app.engine.workflow import CaseWorkflow

_RESTING = OPEN | TaskState.ERROR


class View:
    """The open tokens of a case, looked through once."""

    def __init__(self, workflow: CaseWorkflow) -> None:
        self.workflow = workflow
        self.run: Run = workflow.run
        self.resting = sorted(
            (task for task in workflow.tokens() if task._state & _RESTING), key=lambda task: int(task.id)
        )

    def tasks(self) -> tuple[Task, ...]:
        """Open user tasks, the oldest first."""
        return tuple(self._task(task) for task in self.resting if task._state == TaskState.READY and _manual(task))

    def _task(self, task: Any) -> Task:
        element: Element = task.task_spec.element
        due = task.internal_data.get("due")
        return Task(
            id=self.run.name_of(task.id),
            element_id=element.id,
            name=element.label,
            process=element.process,
            role=task.internal_data.get("role", element.role),
            form=element.form,
            documentation=element.documentation,
            rules=element.rules,
            due=counted(due) if due else None,
            properties=element.properties,
            facts=task.data,
        )

    def timers(self) -> tuple[Timer, ...]:
        """Running timers, the first due first."""
        return tuple(self._timer(timer) for timer in armed(self.workflow))

    def _timer(self, timer: Armed) -> Timer:
        element, task = timer.definition.element, timer.task
        single = task.task_spec.element is element
        return Timer(
            id=self.run.name_of(task.id) if single else self.run.name_of(task.id, f"/{element.id}"),
            element_id=element.id,
            name=element.label,
            due=counted(timer.slot),
            task_id=self._sits_on(task),
            interrupting=element.interrupting or element.kind != "boundaryEvent",
            kind=element.properties.get("deadline", ""),
            rules=element.rules,
        )

    def _sits_on(self, event: Any) -> str | None:
        main = host(event)
        return self.run.name_of(main.id) if main is not None else None

    def incidents(self) -> tuple[Incident, ...]:
        """Elements that failed, and joins that wait for a branch that cannot come any more."""
        failed = [task for task in self.resting if task._state & TaskState.ERROR]
        return tuple(self._failed(task) for task in failed) or self._stuck()

    def _failed(self, task: Any) -> Incident:
        inner = task.internal_data
        return self._incident(task, inner.get("failed", ""), again="stopped" not in inner)

    def _incident(self, task: Any, detail: str, *, again: bool) -> Incident:
        element, token = task.task_spec.element, self.run.name_of(task.id)
        scope = task.workflow.spec
        if element is None:
            return Incident(token, "", scope.description or scope.name, scope.name, detail, again)
        return Incident(token, element.id, element.label, element.process, detail, again)

    def _stuck(self) -> tuple[Incident, ...]:
        if any(_can_go_on(task) for task in self.resting):
            return ()
        detail = "This join waits for a branch that cannot come any more."
        return tuple(
            self._incident(task, detail, again=False)
            for task in self.resting
            if isinstance(task.task_spec, Join) and task.task_spec.element is not None
        )

    def subscriptions(self) -> tuple[Subscription, ...]:
        """Messages waited for, the longest waiting first."""
        waiting = [task for task in self.workflow.event_manager.tasks.values() if task._state == TaskState.WAITING]
        return tuple(
            self._subscription(task, definition)
            for task in sorted(waiting, key=lambda task: int(task.id))
            for definition in definitions_of(task)
            if isinstance(definition, MessageDefinition)
        )

    def _subscription(self, task: Any, definition: MessageDefinition) -> Subscription:
        element, key = definition.element, definition.awaited(task)
        on = self._sits_on(task) if definition.said else None
        return Subscription(
            definition.wait_id(task), definition.name, key, element.id, element.process, definition.said, on
        )

    def marks(self) -> tuple[tuple[str, str], ...]:
        """(process, element id) where tokens rest, sorted."""
        elements = (task.task_spec.element for task in self.resting if _marks(task))
        return tuple(sorted({(element.process, element.id) for element in elements if element is not None}))

    def facts(self) -> Facts:
        """The facts of the case, merged over its open branches as a join would merge them."""
        return dict(self.workflow.data) if self.workflow.completed else with_called(self.workflow)


def _manual(task: Any) -> bool:
    return bool(task.task_spec.manual)


def _can_go_on(task: Any) -> bool:
    """True for a token that a person, a clock or a message will move. What is armed around an activity does not
    count: it would only take the activity away."""
    around = (Join, SubWorkflowTask, LoopTask, BoundaryEvent, EventSubProcessStart)
    return not isinstance(task.task_spec, around)


def _marks(task: Any) -> bool:
    if task.task_spec.idle(task):
        return False
    return not isinstance(task.task_spec, (BoundaryEvent, StartEvent)) or bool(task._state & TaskState.ERROR)
