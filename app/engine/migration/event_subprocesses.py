"""Event sub-processes: those that only listen come and go with the diagram, one that has begun must stay."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from app.engine.migration.notes import Notes, element_of
from app.engine.migration.tree import child, drop
from app.engine.migration.waits import alike, ends
from app.engine.specs.event_subprocess import EventSubProcess, EventSubProcessStart


def leave(notes: Notes, scope: Any, home: Any, inner: Mapping[str, Any]) -> list[str]:
    """Take away those that listen and are not drawn in `home`, or listen there for something of another kind.
    Their names."""
    top, left = scope.top_workflow, []
    for task in [task for task in scope.tasks.values() if isinstance(task.task_spec, EventSubProcess)]:
        start = _listening(task)
        if start is None or _still_drawn(task, start, home, inner):
            continue
        top.run.emit("cancelled", start)
        top.event_manager.remove_task(start)
        ends(notes, start, start.task_spec.event_definition)
        del top.subprocesses[task.id]
        drop(task)
        left.append(task.task_spec.name)
    return left


def _listening(task: Any) -> Any | None:
    """The start event of one that has not begun."""
    inside = task.workflow.top_workflow.subprocesses.get(task.id)
    if inside is None or not task.task_spec.idle(task):
        return None
    return next(one for one in inside.tasks.values() if isinstance(one.task_spec, EventSubProcessStart))


def _still_drawn(task: Any, start: Any, home: Any, inner: Mapping[str, Any]) -> bool:
    new = home.task_specs.get(task.task_spec.name)
    if not isinstance(new, EventSubProcess):
        return False
    now = inner[new.spec].task_specs.get(start.task_spec.name)
    return isinstance(now, EventSubProcessStart) and alike(start.task_spec.event_definition, now.event_definition)


def arm(notes: Notes, scope: Any, old: Any, home: Any, left: Collection[str]) -> None:
    """Arm those that `home` draws and `old` did not, and those just taken away (`left`). Another that is not there any
    more has run its course."""
    for name in home.start._outputs:
        spec = home.task_specs[name]
        if isinstance(spec, EventSubProcess) and (name in left or name not in old.start._outputs):
            child(scope.task_tree, spec)
            notes.change("listens", element_of(spec), f"From the move on, “{element_of(spec).label}” can begin.")
