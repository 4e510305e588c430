"""What comes ahead of a case in one version and not in the other, and facts that it will miss on the way."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask

from app.engine.definition import Definition
from app.engine.migration.joins import has_come
from app.engine.migration.notes import Notes
from app.engine.migration.settings import form_of
from app.engine.migration.tree import is_live
from app.engine.outline import Element
from app.engine.specs import activities, subprocesses
from app.engine.specs.multi_instance import MultiInstance

#: elements that people notice when they come or are left out
_NOTICED = frozenset(("userTask", "manualTask", "callActivity", "subProcess", "businessRuleTask", "serviceTask"))
_LOOP = frozenset({"nrOfInstances", "nrOfCompletedInstances", "nrOfActiveInstances"})


class Ahead:
    """The specs that a case may still come to on its definition, those of processes that it will call included."""

    def __init__(self, definition: Definition, workflow: Any) -> None:
        self.definition = definition
        self.found: dict[tuple[str, str], Any] = {}
        self.here: set[tuple[str, str]] = set()
        for scope in workflow.scopes():
            standing = [task for task in scope.tasks.values() if is_live(task) or has_come(task)]
            self.here |= {(scope.spec.name, task.task_spec.name) for task in standing}
            self._walk(scope.spec, [name for task in standing for name in _next(task)])

    def _walk(self, home: Any, names: list[str]) -> None:
        look = [(home, name) for name in names]
        while look:
            at, name = look.pop()
            if (at.name, name) in self.found:
                continue
            spec = self.found[at.name, name] = at.task_specs[name]
            look += [(at, after) for after in spec._outputs]
            look += [(at, spec.task_spec)] if isinstance(spec, MultiInstance) else []
            if isinstance(spec, SubWorkflowTask) and spec.spec in self.definition.inner:
                look.append((self.definition.inner[spec.spec], "Start"))

    def elements(self) -> dict[tuple[str, str], Element]:
        """What people would notice, by (process, id), without what is under way already."""
        drawn = (spec.element for key, spec in self.found.items() if key not in self.here)
        return {(one.process, one.id): one for one in drawn if one is not None and one.kind in _NOTICED}

    def reads(self) -> dict[str, Element]:
        """Facts that conditions, clocks, tables and calls ahead read, each with the first element that does."""
        found: dict[str, Element] = {}
        for spec in self.found.values():
            for name in _read(spec):
                if spec.element is not None and name not in _LOOP:
                    found.setdefault(name, spec.element)
        return found

    def sets(self) -> set[str]:
        """Facts that something on the way sets, whether or not the case comes by it."""
        return {name for spec in self.found.values() for name in self._set(spec)}

    def setters(self, fact: str) -> list[Element]:
        """Every element of the version that sets the fact: that a case never got it tells that it was not there."""
        specs = [self.definition.main, *self.definition.inner.values()]
        drawn = [spec for home in specs for spec in home.task_specs.values() if fact in self._set(spec)]
        return [spec.element for spec in drawn if spec.element is not None]

    def _set(self, spec: Any) -> Iterator[str]:
        for attribute in ("result", "item", "output_collection", "output_element"):
            if name := getattr(spec, attribute, None):
                yield name
        if result := getattr(getattr(spec, "event_definition", None), "result", None):
            yield result
        if isinstance(spec, subprocesses.Call):
            yield from (mapping.target for mapping in (*spec.ins, *spec.outs) if mapping.target)
        if isinstance(spec, activities.UserTask) and spec.element is not None:
            form = form_of(self.definition, spec.element.form)
            yield from form.facts if form else ()


def _next(task: Any) -> list[str]:
    """Where a token's way begins. What an activity holds has begun already: it does not begin once more."""
    spec = task.task_spec
    holds = task.id in task.workflow.top_workflow.subprocesses and not spec.idle(task)
    return list(spec._outputs) if holds else [spec.name]


def tell(notes: Notes, old: Ahead, new: Ahead, known: Collection[str]) -> None:
    """Note the steps that come or are left out, and the facts that are read ahead and that nothing will have set."""
    before, after = old.elements(), new.elements()
    for key, element in after.items():
        if key not in before:
            notes.change("way", element, f"“{element.label}” comes ahead of this case, which it did not before.")
    for key, element in before.items():
        if key not in after:
            notes.change("way", element, f"“{element.label}” does not come any more.")
    for element in _passed(old.definition, new):
        notes.change("passed", element, f"“{element.label}” is new, but this case is past its place: it is not done.")
    given, read_before = {*known, *new.sets()}, old.reads()
    for name, element in new.reads().items():
        if name not in given and name not in read_before:
            sentence = (
                f"“{element.label}” reads the fact “{name}”, which this case never got and nothing ahead of it sets."
            )
            notes.change("fact", element, f"{sentence} It counts as not known.", *new.setters(name))


def _passed(old: Definition, new: Ahead) -> Iterator[Element]:
    """User tasks that only the new version has and that the case will not come to."""
    known = {(one.process, one.id) for process in old.outline.processes for one in process.elements}
    ahead = {(spec.element.process, spec.element.id) for spec in new.found.values() if spec.element is not None}
    for process in new.definition.outline.processes:
        for one in process.elements:
            if one.kind in ("userTask", "manualTask") and (one.process, one.id) not in known | ahead:
                yield one


def _read(spec: Any) -> Iterator[str]:
    for condition, _ in getattr(spec, "cond_task_specs", ()):
        yield from condition.formula.names if condition else ()
    definition = getattr(spec, "event_definition", None)
    formulas = [getattr(definition, name, None) for name in ("formula", "key", "payload")]
    formulas += [getattr(spec, name, None) for name in ("formula", "due", "collection", "cardinality", "condition")]
    for formula in formulas:
        yield from formula.names if formula is not None else ()
    if isinstance(spec, activities.DecisionTask) and spec.decision is not None:
        yield from spec.decision.names
    if isinstance(spec, subprocesses.Call):
        yield from (name for mapping in spec.ins if mapping.formula for name in mapping.formula.names)
