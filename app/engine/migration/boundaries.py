"""Boundary events around activities that are open: kept ones go on, new ones are armed, lost ones end."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent

from app.engine.migration.notes import Notes
from app.engine.migration.tree import above, child, drop, fold, is_live, is_open
from app.engine.migration.waits import alike, begins, cannot_begin, ends


def leave(notes: Notes, scope: Any, home: Any) -> None:
    """Take away what stands around the open activities of `scope` and is not drawn around them in `home`."""
    for split in [task for task in scope.tasks.values() if isinstance(task.task_spec, BoundaryEventSplit)]:
        drawn = home.task_specs.get(split.task_spec.name)
        kept = {name for name in drawn._outputs if _both_have(home, split, name)} if drawn is not None else set()
        for event in [task for task in split.children if isinstance(task.task_spec, BoundaryEvent)]:
            if event.task_spec.name not in kept:
                _leave_event(notes, event, split)
        if drawn is None:
            for join in [task for task in scope.tasks.values() if _joins(task, split)]:
                _forget(join)
            fold(split)


def _both_have(home: Any, split: Any, name: str) -> bool:
    old, new = split.task_spec._wf_spec.task_specs.get(name), home.task_specs[name]
    return (
        isinstance(old, BoundaryEvent)
        and isinstance(new, BoundaryEvent)
        and name in split.task_spec._outputs
        and alike(old.event_definition, new.event_definition)
    )


def _leave_event(notes: Notes, event: Any, split: Any) -> None:
    """What the event has started already goes on, beside the activity."""
    for join in [task for task in event.children if isinstance(task.task_spec, BoundaryEventJoin)]:
        _forget(join)
    tasks = event.workflow.tasks
    around = tasks[split._parent]
    for number in event._children:
        tasks[number]._parent = around.id
    around._children += event._children
    event._children = []
    if is_live(event):
        definition = event.task_spec.event_definition
        drop(event)
        ends(notes, event, definition)
    else:
        fold(event)


def _joins(task: Any, split: Any) -> bool:
    spec = task.task_spec
    return isinstance(spec, BoundaryEventJoin) and spec.split_task == split.task_spec.name and not task._children


def _forget(join: Any) -> None:
    join.workflow.top_workflow.event_manager.remove_task(join)
    fold(join)


def arm(notes: Notes, main: Any, home: Any) -> None:
    """Arm what `home` draws around the open activity and the case has not armed."""
    drawn = home.task_specs.get(f"{main.task_spec.name}.BoundaryEventSplit")
    if drawn is None:
        return
    split = main.parent if main.parent.task_spec is drawn else above(main, drawn)
    there = {task.task_spec.name for task in split.children}
    for name in drawn._outputs:
        spec = home.task_specs[name]
        if isinstance(spec, BoundaryEvent) and name not in there:
            event = child(split, spec)
            if is_open(event):
                begins(notes, event, spec.event_definition)
            else:
                cannot_begin(notes, spec.element, event.internal_data.get("failed", ""))


def is_main(task: Any) -> bool:
    """An open activity, whatever may stand around it; not one of several instances, which have nothing around them."""
    spec = task.task_spec
    return is_live(task) and spec.element is not None and not task.triggered and not isinstance(spec, BoundaryEvent)
