"""Activities that hold a process: embedded sub-processes and calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from app.engine.facts import of_scope
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
        my_task._inherit_data()
        if "inside" in my_task.internal_data:
            my_task.data = {**my_task.data, **self.carried_out(my_task, my_task.internal_data.pop("inside"))}
            return True
        facts = self.carried_in(my_task)
        top = my_task.workflow.top_workflow
        if self.spec not in top.subprocess_specs:  # type: ignore[attr-defined]
            raise ElementFailed(f"The called process “{self.spec}” is not there.")  # type: ignore[attr-defined]
        my_task._set_state(TaskState.STARTED)
        inside = top.create_subprocess(my_task, self.spec)  # type: ignore[attr-defined]
        inside.completed_event.connect(self._on_subworkflow_completed, my_task)
        inside.task_tree.data = facts
        return False

    def _on_subworkflow_completed(self, subworkflow: Any, my_task: Any) -> None:
        self._come_back(my_task, subworkflow.last_task.data)
        if my_task._state == TaskState.STARTED:
            my_task._set_state(TaskState.READY)

    def _come_back(self, my_task: Any, inner: Any) -> None:
        """Take over what the inside changed; if that fails, keep its facts so that it need not run again."""
        try:
            my_task.data = {**my_task.data, **self.carried_out(my_task, inner)}
        except ElementFailed as failure:
            my_task.internal_data["inside"] = inner
            run_of(my_task).fail(my_task, failure)

    def carried_in(self, my_task: Any) -> dict[str, Any]:
        """The facts with which the inside begins."""
        return dict(my_task.data)

    def carried_out(self, my_task: Any, inner: dict[str, Any]) -> dict[str, Any]:
        """What the facts `inner`, of a token inside, change outside."""
        return inner


class SubProcess(_Holding, defaults.SubWorkflowTask):
    """Shares its facts with what is around it."""

    def _come_back(self, my_task: Any, inner: Any) -> None:
        my_task.data = dict(inner)

    def facts_now(self, my_task: Any) -> dict[str, Any]:
        inside = my_task.workflow.top_workflow.subprocesses.get(my_task.id)
        return of_scope(inside) if inside is not None else dict(my_task.data)


@dataclass(frozen=True)
class Mapping:
    """camunda:in or camunda:out: one fact (`target`) or, without one, all of them."""

    target: str | None
    formula: Formula | None


class Call(_Holding, defaults.CallActivity):
    """Only what is listed goes in and comes out."""

    hides_facts = True
    ins: Sequence[Mapping] = ()
    outs: Sequence[Mapping] = ()

    def carried_in(self, my_task: Any) -> dict[str, Any]:
        return _mapped(self.ins, my_task.data, my_task)

    def carried_out(self, my_task: Any, inner: dict[str, Any]) -> dict[str, Any]:
        return _mapped(self.outs, inner, my_task)


def _mapped(mappings: Sequence[Mapping], source: dict[str, Any], task: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    env = run_of(task).env
    for mapping in mappings:
        if mapping.target is None or mapping.formula is None:
            facts.update(source)
        else:
            facts[mapping.target] = mapping.formula.json(source, env)
    return facts
