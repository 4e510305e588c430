"""Branches that have come to the end of a process while others still run.

Each brings facts that count when the last one comes. Kept one by one they would pile up with every reminder of
every turn of a loop, so they are folded: an arrival that has changed nothing is dropped, the others hang, one for
each place, where their branch parted from the living, or below it where the living still are one branch. What the
living branch has changed since then wins over the older change beside it."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.control import _EndJoin
from SpiffWorkflow.util.task import TaskState

from app.engine.patches.merging import Facts, merge3, same

_LIVE = TaskState.NOT_FINISHED_MASK | TaskState.ERROR


def fold(scope: Any, keep: set[int]) -> None:
    """Fold the arrivals of a scope and add what is left of them to `keep`."""
    ends = [task for task in scope.tasks.values() if isinstance(task.task_spec, _EndJoin) and not task._children]
    living = _living(scope)
    if not living or any(task._state == TaskState.READY for task in ends):
        for task in ends:
            keep.update((task.id, task._parent))
        return
    places: dict[int, list[tuple[Any, Facts]]] = {}
    for end in sorted(ends, key=lambda task: task.last_state_change):
        parted = _parted(end, living)
        place = _descend(parted, living)
        facts = merge3(parted.data, end.parent.data, place.data)
        places.setdefault(place.id, []).append((end, facts))
    for number, arrivals in places.items():
        _hang(scope.tasks[number], arrivals, keep)


def _living(scope: Any) -> set[int]:
    """Tokens that are live or stand above a live one, arrivals not counted."""
    found: set[int] = set()
    tasks = scope.tasks
    for task in tasks.values():
        if task._state & _LIVE and not isinstance(task.task_spec, _EndJoin):
            above = task
            while above is not None and above.id not in found:
                found.add(above.id)
                above = tasks.get(above._parent)
    return found


def _parted(end: Any, living: set[int]) -> Any:
    """The last token that the arrival's branch has in common with the living."""
    task = end.parent
    while task.id not in living:
        task = task.parent
    return task


def _descend(task: Any, living: set[int]) -> Any:
    """From `task` down to the token above the next live one, as long as the living are one branch."""
    while not task._state & _LIVE:
        below = [child for child in task.children if child.id in living]
        if len(below) != 1 or below[0]._state & _LIVE:
            break
        task = below[0]
    return task


def _hang(place: Any, arrivals: list[tuple[Any, Facts]], keep: set[int]) -> None:
    """Leave one arrival for the place, with the facts of all. The newest of the scope waits, and is kept."""
    merged: Facts = place.data
    for _, facts in arrivals:
        merged = merge3(place.data, merged, facts)
    newest = arrivals[-1][0]
    if newest._state != TaskState.WAITING and same(merged, place.data):
        return
    event = newest.parent
    event.data = merged
    event.parent._children.remove(event.id)
    event._parent = place.id
    place._children.append(event.id)
    keep.update((newest.id, event.id, place.id))
