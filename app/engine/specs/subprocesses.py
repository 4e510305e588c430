"""Activities that hold a process: embedded sub-processes and calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from app.engine.facts import Known, give, known, of_scope, write
from app.engine.failures import ElementFailed
from app.engine.feel import Formula
from app.engine.specs.activities import milestone
from app.engine.specs.base import run_of
from app.engine.types import Facts


class _Holding:
    rests = True
    _begin: Any
    _come_back: Any

    def entered_data(self, task: Any) -> dict[str, Any]:
        return {"called": self.spec, **super().entered_data(task)}  # type: ignore[attr-defined, misc]

    def completed_data(self, task: Any) -> dict[str, Any]:
        return milestone(self, self.entered_data(task))

    def _update_hook(self, my_task: Any) -> bool:
        my_task._inherit_data()
        facts = self.carried_in(my_task)
        top = my_task.workflow.top_workflow
        if self.spec not in top.subprocess_specs:  # type: ignore[attr-defined]
            raise ElementFailed(f"The called process “{self.spec}” is not there.")  # type: ignore[attr-defined]
        my_task._set_state(TaskState.STARTED)
        inside = top.create_subprocess(my_task, self.spec)  # type: ignore[attr-defined]
        inside.completed_event.connect(self._on_subworkflow_completed, my_task)
        self._begin(my_task, inside.task_tree, facts)
        return False

    def _on_subworkflow_completed(self, subworkflow: Any, my_task: Any) -> None:
        self._come_back(my_task, subworkflow.last_task)
        if my_task._state == TaskState.STARTED:
            my_task._set_state(TaskState.READY)

    def carried_in(self, my_task: Any) -> dict[str, Any]:
        """Facts of a called process, read before it is there."""
        return {}

    def carried_out(self, my_task: Any, inner: Facts) -> dict[str, Any]:
        """What the facts `inner`, of a token of a called process, change outside."""
        return {}


class SubProcess(_Holding, defaults.SubWorkflowTask):
    """Shares its facts with what is around it."""

    def _begin(self, my_task: Any, root: Any, facts: dict[str, Any]) -> None:
        give(root, known(my_task))

    def _come_back(self, my_task: Any, last: Any) -> None:
        give(my_task, known(last))

    def known_now(self, my_task: Any) -> Known:
        inside = my_task.workflow.top_workflow.subprocesses.get(my_task.id)
        return of_scope(inside) if inside is not None else known(my_task)


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

    def _begin(self, my_task: Any, root: Any, facts: dict[str, Any]) -> None:
        write(root, facts)

    def _come_back(self, my_task: Any, last: Any) -> None:
        self._take_over(my_task, last.data)

    def _take_over(self, my_task: Any, inner: Facts) -> bool:
        """Take over what comes out; if that fails, keep the facts so that the called process need not run again."""
        try:
            write(my_task, self.carried_out(my_task, inner))
        except ElementFailed as failure:
            my_task.internal_data["inside"] = dict(inner)
            run_of(my_task).fail(my_task, failure)
            return False
        return True

    def tried_again(self, my_task: Any, facts: Facts) -> None:
        """`facts` are of the called process if that is over and only its results could not come out."""
        inside = my_task.internal_data.get("inside")
        if inside is None:
            super().tried_again(my_task, facts)
            return
        if self._take_over(my_task, {**inside, **facts}):
            for name in ("inside", "failed"):
                my_task.internal_data.pop(name, None)
            my_task._set_state(TaskState.READY)

    def carried_in(self, my_task: Any) -> dict[str, Any]:
        return _mapped(self.ins, my_task.data, my_task)

    def carried_out(self, my_task: Any, inner: Facts) -> dict[str, Any]:
        return _mapped(self.outs, inner, my_task)


def _mapped(mappings: Sequence[Mapping], source: Facts, task: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    env = run_of(task).env
    for mapping in mappings:
        if mapping.target is None or mapping.formula is None:
            facts.update(source)
        else:
            facts[mapping.target] = mapping.formula.json(source, env)
    return facts
