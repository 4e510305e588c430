"""Where branches meet."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.parallel_gateway import ParallelGateway
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

from app.engine.facts import give, known, merged

_LIVE = TaskState.NOT_FINISHED_MASK | TaskState.ERROR
_DONE = TaskState.COMPLETED | TaskState.CANCELLED
_OPEN_EVENT = TaskState.WAITING | TaskState.ERROR
_CALLED = _OPEN_EVENT | TaskState.READY


def _arrivals(spec: Any, my_task: Any) -> list[Any]:
    """Tokens that have come to this join and that no firing has used, the oldest first. All but the newest are
    marked cancelled."""
    found = (
        task
        for task in my_task.workflow.tasks.values()
        if task.task_spec is spec
        and task is not my_task
        and task._state & (TaskState.WAITING | TaskState.CANCELLED)
        and not task._children
    )
    return sorted(found, key=lambda task: int(task.id))


def parallel_join_by_flow() -> None:
    """Stock: looks for arrivals in the whole tree, called processes too, by name. Here: in this scope, tokens
    that have come and have not been used yet."""

    def may_fire(self: Any, my_task: Any) -> bool:
        tasks = my_task.workflow.tasks
        arrived = {tasks[task._parent].task_spec.name for task in _arrivals(self, my_task)}
        arrived.add(tasks[my_task._parent].task_spec.name)
        return arrived.issuperset(self._inputs)

    ParallelGateway._check_threshold_unstructured = may_fire


def end_join_waits_for_incidents() -> None:
    """Stock: a process ends over the head of a failed element. Here an incident keeps its scope open."""

    def may_fire(self: Any, my_task: Any) -> bool:
        return not any(
            task._state & _LIVE and task is not my_task and not task.task_spec.idle(task)
            for task in my_task.workflow.tasks.values()
        )

    _EndJoin._check_threshold_unstructured = may_fire


def _one_of_each_flow(tasks: dict[int, Any], arrived: list[Any], my_task: Any) -> list[Any]:
    """The oldest arrival of each flow but the one over which `my_task` came, and every one whose flow a move to another
    version took away: it stands for no other, so no later firing would use it."""
    flows = my_task.task_spec._inputs
    oldest = {tasks[my_task._parent].task_spec.name: my_task}
    flowless = []
    for task in arrived:
        name = tasks[task._parent].task_spec.name
        if name in flows:
            oldest.setdefault(name, task)
        else:
            flowless.append(task)
    return [*flowless, *(task for task in oldest.values() if task is not my_task)]


def consume_on_fire() -> None:
    """Stock: a join keeps the arrivals it has used and meets them again in the next turn of a loop, and lets the
    branch that ends last overwrite the others' facts with its old copy. Here a firing join uses one arrival of each
    flow, the oldest, and removes it; others wait for the next firing. The newest change of each fact wins."""

    def run_hook(self: Any, my_task: Any) -> bool:
        scope = my_task.workflow
        arrived = _arrivals(self, my_task)
        used = arrived if isinstance(self, _EndJoin) else _one_of_each_flow(scope.tasks, arrived, my_task)
        give(my_task, merged(known(scope.tasks[task._parent]) for task in [*used, my_task]))
        if isinstance(self, _EndJoin):
            scope.data = my_task.data
            return True
        for task in used:
            scope._remove_task(task.id)
        left = [task for task in arrived if task.id in scope.tasks]
        if left:
            left[-1]._set_state(TaskState.WAITING)
        return True

    def end_run_hook(self: Any, my_task: Any) -> bool:
        for task in list(my_task.workflow.tasks.values()):
            if task._state & TaskState.NOT_FINISHED_MASK and task is not my_task and task.task_spec.idle(task):
                task.cancel()
        return run_hook(self, my_task)

    UnstructuredJoin._run_hook = run_hook
    _EndJoin._run_hook = end_run_hook


def boundary_join_ignores_incidents() -> None:
    """Stock: counts a failed activity as finished and takes its timers away; leaves a failed boundary event open
    when its activity is done; takes an activity away before the event that interrupts it has learnt what it knew; and
    where one signal calls two events, goes both ways. Here a failed activity keeps its clocks, a finished one closes
    them all, and the first event that goes on is the only one."""

    def threshold(self: Any, my_task: Any) -> tuple[bool, list[Any]]:
        split = my_task.find_ancestor(self.split_task)
        events = [child for child in split.children if isinstance(child.task_spec, BoundaryEvent)]
        main = next(child for child in split.children if not isinstance(child.task_spec, BoundaryEvent))
        interrupted = any(event.task_spec.cancel_activity and event._state & TaskState.COMPLETED for event in events)
        if not interrupted and not main._state & _DONE:
            return False, []
        left = _CALLED if interrupted else _OPEN_EVENT
        close = [event for event in events if event._state & left]
        return True, [*close, main] if interrupted else close

    BoundaryEventJoin._check_threshold_structured = threshold
