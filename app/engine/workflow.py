"""A case as the package sees it, bound to the step in progress."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow

from app.engine.failures import ElementFailed
from app.engine.outline import Key
from app.engine.run import Run


class FeelOnly:
    """Stands where the package would evaluate and execute Python. It does neither: our specs evaluate FEEL
    themselves, and whatever still asks here is refused."""

    def evaluate(self, task: Any, expression: Any, external_context: Any = None) -> Any:
        raise ElementFailed("Only FEEL expressions are evaluated.")

    def execute(self, task: Any, script: Any, external_context: Any = None) -> Any:
        raise ElementFailed("Scripts are not executed.")

    def call_service(self, task: Any, **kwargs: Any) -> Any:
        raise ElementFailed("Only registered handlers are called.")


_FEEL_ONLY = FeelOnly()


class CaseWorkflow(BpmnWorkflow):
    top_workflow: Any = None  # an attribute here: the package's property is asked for at every change of state

    #: elements that stop clocks, as the definition says
    pauses: Mapping[Key, frozenset[Key]] = MappingProxyType({})
    #: some clock stands still
    paused = False

    def __init__(self, spec: Any, subprocess_specs: Any, run: Run, *, deserializing: bool = False) -> None:
        self.run = run
        self.top_workflow = self
        super().__init__(spec, subprocess_specs, script_engine=_FEEL_ONLY, deserializing=deserializing)

    def create_subprocess(self, my_task: Any, spec_name: str) -> Any:
        inside = BpmnSubWorkflow(self.subprocess_specs[spec_name], parent_task_id=my_task.id, top_workflow=self)
        self.subprocesses[my_task.id] = inside
        return inside

    def scopes(self) -> Iterator[Any]:
        """This process, then every sub-process and called process in it."""
        yield self
        yield from self.subprocesses.values()

    def tokens(self) -> Iterator[Any]:
        for scope in self.scopes():
            yield from scope.tasks.values()
