"""What a wait would go on with if its message came now: the facts that the form of a message reads."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.engine import state
from app.engine.definition import Definition
from app.engine.facts import known, merged, of_scope
from app.engine.specs.event_subprocess import EventSubProcessStart
from app.engine.specs.events import BoundaryEvent, definitions_of
from app.engine.specs.messages import MessageDefinition
from app.engine.types import Facts
from app.errors import NotWaiting


def facts_at(definition: Definition, state_bytes: bytes, wait: str, now: datetime) -> Facts:
    """The facts as the subscription `wait` would learn them now. Raises `NotWaiting` when it is over."""
    workflow, _status = state.load(definition, state_bytes, now)
    for task in workflow.event_manager.tasks.values():
        for heard in definitions_of(task):
            if isinstance(heard, MessageDefinition) and heard.wait_id(task) == wait:
                return _learnt(task)
    raise NotWaiting


def _learnt(task: Any) -> Facts:
    """A boundary event goes on with what its activity knows, an event sub-process with what its scope does."""
    if isinstance(task.task_spec, EventSubProcessStart):
        around = task.workflow.top_workflow.get_task_from_id(task.workflow.parent_task_id)
        return merged([known(task), of_scope(around.workflow)]).facts
    if isinstance(task.task_spec, BoundaryEvent):
        return task.task_spec.learnt(task).facts
    return known(task).facts
