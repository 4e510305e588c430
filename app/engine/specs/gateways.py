"""Where a token chooses its way."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

from app.engine.failures import ElementFailed
from app.engine.feel import Formula
from app.engine.specs.base import value_of, yes_or_no

#: A failed element counts: tried again, its token goes on.
_ACTIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED | TaskState.ERROR


class Condition:
    """The condition on a flow."""

    def __init__(self, formula: Formula) -> None:
        self.formula = formula

    def holds(self, task: Any) -> bool:
        return yes_or_no(self.formula, value_of(task, self.formula))


def no_way_out(spec: Any, task: Any) -> ElementFailed:
    """The incident of a gateway without a matching flow: which facts it looked at, not what they say."""
    names = sorted({name for condition, _ in spec.cond_task_specs if condition for name in condition.formula.names})
    looked = ", ".join(name if task.data.get(name) is not None else f"{name} (not known)" for name in names)
    return ElementFailed(
        f"No way out of “{spec.element.label}” fits, and it has no default flow. It looked at: {looked or 'no facts'}."
    )


class _Choosing:
    """Conditions in the order in which the flows stand in the diagram's file, not by where shapes are drawn."""

    chooses = True

    def _predict_hook(self, my_task: Any) -> None:
        return None

    def completed_data(self, task: Any) -> dict[str, Any]:
        taken = [child.task_spec for child in task.children]
        return {"taken": [spec.bpmn_id or spec.name.removesuffix(".BoundaryEventSplit") for spec in taken]}


class ExclusiveGateway(_Choosing, defaults.ExclusiveGateway):
    def _run_hook(self, my_task: Any) -> bool:
        chosen = self.default_task_spec
        for condition, name in self.cond_task_specs:
            if condition is not None and condition.holds(my_task):
                chosen = name
                break
        if chosen is None:
            raise no_way_out(self, my_task)
        my_task._add_child(self._wf_spec.task_specs[chosen], TaskState.FUTURE)
        return True


class ParallelGateway(defaults.ParallelGateway):
    pass


class InclusiveGateway(_Choosing, defaults.InclusiveGateway):
    """Waits for every token that can still come. (Not in loops and not nested: lint refuses both.)"""

    def _check_threshold_unstructured(self, my_task: Any) -> bool:
        tasks = my_task.workflow.tasks
        arrived = {tasks[task._parent].task_spec.name for task in tasks.values() if task.task_spec is self}
        on_the_way = {
            task.task_spec.name for task in tasks.values() if task._state & _ACTIVE and task.task_spec is not self
        }
        missing = [name for name in self._inputs if name not in arrived]
        return not any(self._reachable(name, on_the_way) for name in missing)

    def _reachable(self, flow_from: str, sources: set[str]) -> bool:
        """True if a token at one of `sources` can still come in from `flow_from`."""
        specs, seen, look = self._wf_spec.task_specs, {self.name}, [flow_from]
        while look:
            name = look.pop()
            if name in sources:
                return True
            if name not in seen:
                seen.add(name)
                look.extend(specs[name]._inputs)
        return False

    def _run_hook(self, my_task: Any) -> bool:
        matches = [name for condition, name in self.cond_task_specs if condition and condition.holds(my_task)]
        chosen = matches or [name for condition, name in self.cond_task_specs if condition is None]
        if not chosen:
            raise no_way_out(self, my_task)
        UnstructuredJoin._run_hook(self, my_task)
        for name in chosen:
            my_task._add_child(self._wf_spec.task_specs[name], TaskState.FUTURE)
        return True
