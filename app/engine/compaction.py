"""Taking out of the tree, when a case rests, what no later step reads. A case that has gone round for years is then
as small and as fast as one that has just begun.

Kept: the root, unfinished tokens and incidents with their parents, arrivals that a join has not used, the split (with
its children) of each pending boundary join, and one folded arrival at the end. Kept tokens hang on their nearest kept
ancestor.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

from app.engine.facts import give, known, merged
from app.engine.workflow import CaseWorkflow

_UNFINISHED = TaskState.NOT_FINISHED_MASK
_LIVE = _UNFINISHED | TaskState.ERROR
_WAITING, _CANCELLED, _FINISHED = TaskState.WAITING, TaskState.CANCELLED, TaskState.FINISHED_MASK


def compact(workflow: CaseWorkflow) -> None:
    """Compact every scope; drop those whose activity is over."""
    _drop_finished_scopes(workflow)
    for scope in workflow.scopes():
        _compact_scope(scope)
    there = {number for scope in workflow.scopes() for number in scope.tasks}
    for number in [number for number in workflow.subprocesses if number not in there]:
        del workflow.subprocesses[number]


def _drop_finished_scopes(workflow: CaseWorkflow) -> None:
    states = {task.id: task._state for task in workflow.tokens()}
    over = [number for number in workflow.subprocesses if states.get(number, _FINISHED) & _FINISHED]
    for number in over:
        del workflow.subprocesses[number]


def _compact_scope(scope: Any) -> None:
    tasks = scope.tasks
    keep: set[int] = {scope.task_tree.id}
    live = []
    for task in tasks.values():
        if isinstance(task.task_spec, _EndJoin):
            continue
        if task._state & _LIVE:
            live.append(task)
            _keep_live(task, keep)
        elif task._state & _CANCELLED and isinstance(task.task_spec, UnstructuredJoin):
            keep.update((task.id, task._parent))  # an arrival that its join has not used
    _fold_ends(tasks, keep)
    _keep_splits(live, keep)
    _one_join_per_event(live, keep)
    _splice(scope, keep)


def _keep_live(task: Any, keep: set[int]) -> None:
    keep.add(task.id)
    if task._parent:
        keep.add(task._parent)


def _fold_ends(tasks: dict[int, Any], keep: set[int]) -> None:
    """Branches that have come to the end bring their facts when the last one comes. The newest, which waits, brings
    them all."""
    ends = [task for task in tasks.values() if isinstance(task.task_spec, _EndJoin) and not task._children]
    if any(task._state == TaskState.READY for task in ends):
        keep.update(number for task in ends for number in (task.id, task._parent))
    elif ends:
        newest = max(ends, key=lambda task: (task._state == _WAITING, task.last_state_change))
        give(newest.parent, merged(known(task.parent) for task in ends))
        keep.update((newest.id, newest._parent))


def _keep_splits(live: list[Any], keep: set[int]) -> None:
    """A boundary join looks up its split and what hangs on it."""
    for task in live:
        if isinstance(task.task_spec, BoundaryEventJoin):
            split = task.find_ancestor(task.task_spec.split_task)
            if split is not None:
                keep.add(split.id)
                keep.update(split._children)


def _one_join_per_event(live: list[Any], keep: set[int]) -> None:
    """Every firing of a repeated timer leaves a waiting boundary join; one for each event is enough."""
    newest: dict[tuple[int, str], int] = {}
    for task in live:
        if (
            isinstance(task.task_spec, BoundaryEventJoin)
            and task._state & _WAITING
            and not task._children
            and isinstance(task.parent.task_spec, BoundaryEvent)
        ):
            place = (task._parent, task.task_spec.name)
            if place in newest:
                keep.discard(newest[place])
            newest[place] = task.id


def _splice(scope: Any, keep: set[int]) -> None:
    tasks = scope.tasks
    order: dict[int, Any] = {}
    children: dict[int, list[int]] = {number: [] for number in keep}
    look: list[tuple[int, int | None]] = [(scope.task_tree.id, None)]
    while look:
        number, above = look.pop()
        task = tasks[number]
        below = above
        if number in keep:
            order[number] = task
            if above is not None:
                task._parent = above
                children[above].append(number)
            below = number
        look.extend((child, below) for child in reversed(task._children))
    for number, task in order.items():
        task._children = children[number]
    scope.tasks = order
    if scope.last_task is not None and scope.last_task.id not in order:
        scope.last_task = None
