"""Events: what a token waits for and what it throws."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.util.task import TaskState

from app.engine.facts import Known, give, of_token
from app.engine.specs.activities import milestone
from app.engine.specs.timers import Timer


class Catching:
    """A token that waits is armed once: its timer counted, its message key read."""

    rests = True

    @property
    def waits(self) -> bool:
        return not isinstance(self.event_definition, (Timer, NoneEventDefinition))  # type: ignore[attr-defined]

    def _update_hook(self, my_task: Any) -> bool:
        definition = self.event_definition  # type: ignore[attr-defined]
        if isinstance(definition, NoneEventDefinition) or definition.has_fired(my_task):
            my_task._inherit_data()
            return True
        if my_task._state != TaskState.WAITING:
            my_task._inherit_data()
            my_task._set_state(TaskState.WAITING)
            my_task.workflow.top_workflow.event_manager.add_task(my_task)
            definition.update_task(my_task)
        return False

    def _run_hook(self, my_task: Any) -> bool:
        definition = self.event_definition  # type: ignore[attr-defined]
        definition.update_task_data(my_task)
        definition.reset(my_task)
        return True

    def completed_data(self, task: Any) -> dict[str, Any]:
        return milestone(self, {})


class IntermediateCatchEvent(Catching, defaults.IntermediateCatchEvent):
    pass


class ReceiveTask(Catching, defaults.ReceiveTask):
    pass


class BoundaryEvent(Catching, defaults.BoundaryEvent):
    @property
    def stays(self) -> bool:
        """One that does not interrupt comes as often as its event does; a plain timer comes once."""
        definition = self.event_definition
        return not self.cancel_activity and (not isinstance(definition, Timer) or definition.repeats)

    @property
    def chooses(self) -> bool:
        """One that stays has made its tokens each time that it came."""
        return self.stays

    @property
    def outlived(self) -> bool:
        """What it has started goes on when its activity is over."""
        return self.stays

    def come(self, my_task: Any) -> None:
        """A token goes on from here, and the event waits for the next time."""
        self.learn(my_task)
        self.event_definition.update_task_data(my_task)
        for spec in self.outputs:
            child = my_task._add_child(spec, TaskState.FUTURE)
            child.task_spec._update(child)

    def learn(self, my_task: Any) -> None:
        """The event goes on with the facts as its activity has them now."""
        give(my_task, self.learnt(my_task))

    def learnt(self, my_task: Any) -> Known:
        """What its activity knows now."""
        return of_token(next(task for task in my_task.parent.children if not isinstance(task.task_spec, BoundaryEvent)))

    def _run_hook(self, my_task: Any) -> bool:
        self.learn(my_task)
        return super()._run_hook(my_task)


class StartEvent(Catching, defaults.StartEvent):
    def catch(self, my_task: Any, event: Any) -> None:
        CatchingEvent.catch(self, my_task, event)


class Alternatives(MultipleEventDefinition):
    """What an event-based gateway waits for: the first wins. Each definition keeps its own slot in the token."""

    def has_fired(self, my_task: Any) -> bool:
        return "fired" in my_task.internal_data

    def update_task(self, my_task: Any) -> None:
        for definition in self.event_definitions:
            definition.update_task(my_task)

    def chosen(self, my_task: Any) -> int:
        element = my_task.internal_data["fired"]
        return next(at for at, definition in enumerate(self.event_definitions) if definition.element.id == element)

    def reset(self, my_task: Any) -> None:
        for definition in self.event_definitions:
            definition.reset(my_task)
        my_task.internal_data.pop("fired", None)


class EventBasedGateway(Catching, defaults.EventBasedGateway):
    waits = True
    chooses = True

    def _predict_hook(self, my_task: Any) -> None:
        return None

    def _run_hook(self, my_task: Any) -> bool:
        at = self.event_definition.chosen(my_task)
        self.event_definition.event_definitions[at].update_task_data(my_task)
        self.event_definition.reset(my_task)
        my_task._add_child(self.outputs[at], TaskState.FUTURE)
        return True

    def completed_data(self, task: Any) -> dict[str, Any]:
        return {"taken": [child.task_spec.bpmn_id for child in task.children]}


class IntermediateThrowEvent(defaults.IntermediateThrowEvent):
    def completed_data(self, task: Any) -> dict[str, Any]:
        return milestone(self, {})


class SendTask(defaults.SendTask):
    pass


class EndEvent(defaults.EndEvent):
    def completed_data(self, task: Any) -> dict[str, Any]:
        return milestone(self, {})


def definitions_of(task: Any) -> list[Any]:
    """What a waiting token waits for."""
    definition = task.task_spec.event_definition
    return definition.event_definitions if isinstance(definition, Alternatives) else [definition]


def fire(task: Any, definition: Any) -> None:
    """The event has come: the token goes on."""
    if isinstance(task.task_spec, BoundaryEvent) and task.task_spec.stays:
        task.task_spec.come(task)
        return
    if isinstance(task.task_spec.event_definition, Alternatives):
        task.internal_data["fired"] = definition.element.id
    else:
        task.internal_data["event_fired"] = True
    task.task_spec._update(task)
