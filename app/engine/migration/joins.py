"""Where branches meet: what has come to a join and waits there for the others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from SpiffWorkflow.bpmn.specs.control import _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

from app.engine.migration.notes import Notes, element_of
from app.engine.migration.tree import above

_CAME = TaskState.WAITING | TaskState.CANCELLED | TaskState.ERROR


def has_come(task: Any) -> bool:
    """A token that stands at a join which has not used it yet."""
    return isinstance(task.task_spec, UnstructuredJoin) and bool(task._state & _CAME) and not task._children


def meets(notes: Notes, task: Any, home: Any) -> bool:
    """Can what has come to the join of `task` wait at the join of that id in `home`? If not, the reason is noted."""
    old = task.task_spec
    new = home.task_specs.get(old.name)
    if type(new) is type(old):
        return True
    element = element_of(old)
    notes.refuse(
        element,
        f"A branch of this case has come to “{element.label}” and waits there for the others; the new version does not "
        "have it as the same kind of join.",
        "Let the branches meet first, or keep the join with its id.",
    )
    return False


def carry(notes: Notes, task: Any, home: Any) -> None:
    """Hang an arrival on a finished token of the flow by which it has come in the new version. That token holds the
    facts of the branch, so it is never taken away."""
    old, parent = task.task_spec, task.parent
    new = home.task_specs[old.name]
    came_by = parent.task_spec.name
    if came_by == home.start.name:
        return  # an earlier move has taken its flow away
    flow = _flow(old, new, came_by)
    if flow == came_by and type(home.task_specs[flow]) is type(parent.task_spec):
        return
    if flow is None:
        element = element_of(new)
        notes.change(
            "join",
            element,
            f"The branch over “{element_of(parent.task_spec).label}”, which has come to “{element.label}”, is not "
            "waited for in the new version; what it brought along is kept.",
            parent.task_spec.element,
        )
    stands_for = home.task_specs[flow or home.start.name]
    alone = parent._state & TaskState.FINISHED_MASK and len(parent._children) == 1 and parent._parent
    carrier = parent if alone else above(task, stands_for)
    carrier.task_spec = stands_for


def _flow(old: Any, new: Any, came_by: str) -> str | None:
    """The source of the flow into `new` that does the work of the flow from `came_by` into `old`; None: there is
    none. An end of the process takes branches from anywhere."""
    if came_by in new._inputs:
        return came_by
    if isinstance(new, _EndJoin):
        return str(new._inputs[0])
    lost = [name for name in old._inputs if name not in new._inputs]
    added = [name for name in new._inputs if name not in old._inputs]
    if len(lost) == len(added) == 1:
        return str(added[0])
    near = [name for name in added if _follows(new, came_by, name) or _follows(old, name, came_by)]
    others = [name for name in lost if name != came_by and near and _follows(new, name, near[0])]
    return str(near[0]) if len(near) == 1 and not others else None


def _follows(join: Any, first: str, then: str) -> bool:
    """In the diagram of `join`, does the way from `first` lead to `then` before it comes to the join?"""
    specs = join._wf_spec.task_specs
    return first in specs and then in reached(specs, [first], {join.name})


def reached(specs: Any, sources: Iterable[str], stops: Iterable[str] = ()) -> set[str]:
    """Names of all specs on the ways that lead on from `sources`, themselves included; no way leads past `stops`."""
    found: set[str] = set()
    look, closed = list(sources), set(stops)
    while look:
        name = look.pop()
        if name not in found and name not in closed:
            found.add(name)
            look.extend(specs[name]._outputs)
    return found
