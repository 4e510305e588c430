"""Activities that run once for each item of a list, side by side or one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.util.task import TaskState

from app.engine.facts import Known, give, known, merged, without, write
from app.engine.failures import ElementFailed
from app.engine.feel import Formula
from app.engine.specs.base import run_of, value_of, yes_or_no

#: More instances than this are a mistake.
MAX_INSTANCES = 1_000


class MultiInstance(LoopTask, BpmnSpecMixin):
    """`collection` (one instance per item, in the fact `item`) or `cardinality` (so many). With
    `output_collection` the instances' `output_element` become a list in the order of the input, an answer that
    did not come being null; without it each instance's facts are merged by what it changed."""

    rests = True
    sequential = False
    collection: Formula | None = None
    cardinality: Formula | None = None
    item: str | None = None
    output_collection: str | None = None
    output_element: str | None = None
    condition: Formula | None = None

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.task_spec = ""

    def _update_hook(self, my_task: Any) -> bool:
        my_task._inherit_data()
        items = self._items(my_task)
        my_task.internal_data.update(items=items, done=0)
        if self.output_collection:
            my_task.internal_data["results"] = [None] * len(items)
        if not items:
            self._finish(my_task)
            return True
        my_task._set_state(TaskState.STARTED)
        for index in range(1 if self.sequential else len(items)):
            self._start(my_task, index)
        return False

    def _items(self, my_task: Any) -> list[Any]:
        if self.collection is not None:
            items = value_of(my_task, self.collection)
            if not isinstance(items, list):
                raise ElementFailed(f"“{self.collection.text}” must be a list, one instance for each item.")
        else:
            number = value_of(my_task, self.cardinality) if self.cardinality is not None else None
            if isinstance(number, bool) or not isinstance(number, int) or number < 0:
                raise ElementFailed("The number of instances must be a whole number, 0 or more.")
            items = list(range(min(number, MAX_INSTANCES + 1)))
        if len(items) > MAX_INSTANCES:
            raise ElementFailed(f"More than {MAX_INSTANCES:,} instances of one activity are refused.")
        return items

    def _start(self, my_task: Any, index: int) -> None:
        child = my_task._add_child(self._wf_spec.task_specs[self.task_spec], TaskState.FUTURE)
        child.triggered = True
        child.internal_data["index"] = index
        child.task_spec._update(child)

    def handed_on(self, my_task: Any, child: Any) -> Known:
        """What an instance begins with: what the activity knows, its item and no answer left over."""
        if not child.triggered:
            return known(my_task)
        facts, stamps = without(known(my_task), (self.item, self.output_element))
        if not self.item:
            return Known(facts, stamps)
        item = my_task.internal_data["items"][child.internal_data["index"]]
        return Known({**facts, self.item: item}, {**stamps, self.item: run_of(my_task).tick})

    def merge_child(self, workflow: Any, child: Any) -> None:
        """Called when an instance completes."""
        my_task = child.parent
        inner = my_task.internal_data
        inner["done"] += 1
        if self.output_collection:
            answer = child.data.get(self.output_element) if self.output_element else None
            results = list(inner["results"])
            results[child.internal_data["index"]] = answer
            inner["results"] = results
        else:
            give(my_task, merged([known(my_task), without(known(child), [self.item])]))
        self._go_on(my_task, child.data)

    def _go_on(self, my_task: Any, facts: Mapping[str, Any]) -> None:
        """`facts`: of the instance that has completed. If they do not tell whether that is enough, the activity rests
        as an incident with them; what its instances have answered stays."""
        inner = my_task.internal_data
        try:
            over = inner["done"] == len(inner["items"]) or self._enough(my_task, facts)
        except ElementFailed as failure:
            inner["unsure"] = dict(facts)
            run_of(my_task).fail(my_task, failure)
            return
        for name in ("unsure", "failed"):
            inner.pop(name, None)
        if over:
            for other in my_task.children:
                if not other._state & TaskState.FINISHED_MASK:
                    other.cancel()
            self._finish(my_task)
            my_task._set_state(TaskState.READY)
            return
        my_task._set_state(TaskState.STARTED)
        if self.sequential:
            self._start(my_task, inner["done"])

    def _enough(self, my_task: Any, facts: Mapping[str, Any]) -> bool:
        if self.condition is None:
            return False
        done, total = my_task.internal_data["done"], len(my_task.internal_data["items"])
        counts = {"nrOfInstances": total, "nrOfCompletedInstances": done, "nrOfActiveInstances": total - done}
        return yes_or_no(self.condition, self.condition.json({**facts, **counts}, run_of(my_task).env))

    def tried_again(self, my_task: Any, facts: Mapping[str, Any]) -> None:
        """Instances that are under way or done need not begin again."""
        unsure = my_task.internal_data.get("unsure")
        if unsure is None:
            super().tried_again(my_task, facts)
        else:
            self._go_on(my_task, {**unsure, **facts})

    def _finish(self, my_task: Any) -> None:
        inner = my_task.internal_data
        if self.output_collection:
            write(my_task, {self.output_collection: inner["results"]})
        for name in ("items", "results", "done"):
            inner.pop(name, None)

    def known_now(self, my_task: Any) -> Known:
        facts, stamps = known(my_task)
        results = my_task.internal_data.get("results")
        if results is None or not self.output_collection:
            return Known(facts, stamps)
        name = self.output_collection
        return Known({**facts, name: results}, {**stamps, name: run_of(my_task).tick})

    def completed_data(self, task: Any) -> dict[str, Any]:
        name = self.element.properties.get("milestone")
        return {"milestone": name} if name else {}
