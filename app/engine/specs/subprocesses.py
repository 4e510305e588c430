"""Activities that hold a process: embedded sub-processes and calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from app.engine.failures import ElementFailed
from app.engine.feel import Formula
from app.engine.specs.activities import milestone
from app.engine.specs.base import run_of


class _Holding:
    rests = True

    def entered_data(self, task: Any) -> dict[str, Any]:
        return {"called": self.spec, **super().entered_data(task)}  # type: ignore[attr-defined, misc]

    def completed_data(self, task: Any) -> dict[str, Any]:
        return milestone(self, self.entered_data(task))

    def _update_hook(self, my_task: Any) -> bool:
        inside = my_task.workflow.top_workflow.subprocesses.get(my_task.id)
        if inside is not None:
            return bool(inside.completed)
        my_task._inherit_data()
        facts = self.carried_in(my_task)
        top = my_task.workflow.top_workflow
        if self.spec not in top.subprocess_specs:  # type: ignore[attr-defined]
            raise ElementFailed(f"The called process “{self.spec}” is not there.")  # type: ignore[attr-defined]
        my_task._set_state(TaskState.STARTED)
        inside = top.create_subprocess(my_task, self.spec)  # type: ignore[attr-defined]
        inside.completed_event.connect(self._on_subworkflow_completed, my_task)  # type: ignore[attr-defined]
        inside.task_tree.data = facts
        return False

    def update_data(self, my_task: Any, subworkflow: Any) -> None:
        my_task.data = {**my_task.data, **self.carried_out(my_task, subworkflow.last_task)}

    def carried_in(self, my_task: Any) -> dict[str, Any]:
        """The facts with which the inside begins."""
        return dict(my_task.data)

    def carried_out(self, my_task: Any, inner: Any) -> dict[str, Any]:
        """What the facts of the token `inner` change outside."""
        return dict(inner.data)


class SubProcess(_Holding, defaults.SubWorkflowTask):
    """Shares its facts with what is around it."""

    def update_data(self, my_task: Any, subworkflow: Any) -> None:
        my_task.data = dict(subworkflow.last_task.data)


@dataclass(frozen=True)
class Mapping:
    """camunda:in or camunda:out: one fact (`target`) or, without one, all of them."""

    target: str | None
    formula: Formula | None


class Call(_Holding, defaults.CallActivity):
    """Only what is listed goes in and comes out."""

    ins: Sequence[Mapping] = ()
    outs: Sequence[Mapping] = ()

    def carried_in(self, my_task: Any) -> dict[str, Any]:
        return _mapped(self.ins, my_task, my_task)

    def carried_out(self, my_task: Any, inner: Any) -> dict[str, Any]:
        return _mapped(self.outs, inner, my_task)


def _mapped(mappings: Sequence[Mapping], source: Any, task: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    env = run_of(task).env
    for mapping in mappings:
        if mapping.target is None or mapping.formula is None:
            facts.update(source.data)
        else:
            facts[mapping.target] = mapping.formula.json(source.data, env)
    return facts
