"""Moving the tokens of a case onto another version of its definition.

Every token goes to the element of its own id in its own scope. What is finished and not drawn any more is folded away;
what is open must fit, or the move is refused. Facts, ids, running clocks and incidents stay as they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit, _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.util.task import TaskState

from app.engine.definition import Definition
from app.engine.migration import boundaries, event_subprocesses, joins, waits, ways
from app.engine.migration.kinds import fits
from app.engine.migration.notes import Notes, element_of
from app.engine.migration.settings import told
from app.engine.migration.tree import fold, is_live
from app.engine.migration.ways import Standing
from app.engine.settle import Budget, settle
from app.engine.specs import events, gateways
from app.engine.types import Step
from app.engine.workflow import CaseWorkflow


class Home(NamedTuple):
    """A process or sub-process that runs, the specs that it has and those that it gets."""

    scope: Any
    old: Any
    new: Any
    #: event sub-processes that were taken away
    left: list[str]


class Mover:
    """One case on its way from `old` to `new`. What it does and cannot do stands in `notes`."""

    def __init__(self, old: Definition, new: Definition, workflow: CaseWorkflow) -> None:
        self.old, self.new, self.workflow = old, new, workflow
        self.notes = Notes()
        self.step: Step | None = None

    def move(self) -> None:
        """Rebind every token; arm what is new if nothing stands against the move."""
        homes = list(self._homes())
        for one in homes:
            self._rebind(one)
        if self.notes.refusals:
            return
        self.workflow.subprocess_specs = self.new.inner
        for one in homes:
            self._arm(one)
        settle(self.workflow, Budget())

    def _homes(self) -> Iterator[Home]:
        """Each scope with the specs that it gets, holders first. One whose holder does not fit is left out."""
        todo: list[tuple[Any, Any]] = [(self.workflow, self.new.main)]
        for scope, specs in todo:
            left = event_subprocesses.leave(self.notes, scope, specs, self.new.inner)
            yield Home(scope, scope.spec, specs, left)
            for number in [number for number in scope.tasks if number in self.workflow.subprocesses]:
                holder = specs.task_specs.get(scope.tasks[number].task_spec.name)
                inside = self.new.inner.get(holder.spec) if isinstance(holder, SubWorkflowTask) else None
                if inside is not None:
                    todo.append((self.workflow.subprocesses[number], inside))

    def _rebind(self, home: Home) -> None:
        scope, specs = home.scope, home.new
        before = _standing(scope)
        boundaries.leave(self.notes, scope, specs)
        if not self._all_fit(scope, specs):
            return
        for task in [task for task in scope.tasks.values() if joins.has_come(task)]:
            joins.carry(self.notes, task, specs)
        for task in list(scope.tasks.values()):
            self._rebind_token(task, specs.task_specs.get(task.task_spec.name))
        self._sound(home, before)

    def _rebind_token(self, task: Any, new: Any) -> None:
        old = task.task_spec
        if old is new:
            return
        if is_live(task) or joins.has_come(task):
            task.task_spec = new
            self._settled(task, old, new)
        elif type(new) is type(old):
            task.task_spec = new
        else:
            fold(task)

    def _all_fit(self, scope: Any, home: Any) -> bool:
        good = True
        for task in scope.tasks.values():
            if joins.has_come(task):
                good = joins.meets(self.notes, task, home) and good
            elif is_live(task):
                good = fits(self.notes, task, task.task_spec, home) and good
        return good

    def _settled(self, task: Any, old: Any, new: Any) -> None:
        """What differs at an open element, told; its wait goes on."""
        told(self.notes, task, old, new, self.old, self.new)
        if task._state != TaskState.WAITING or not isinstance(new, CatchingEvent):
            return
        goes_on = waits.alternatives if isinstance(new, events.EventBasedGateway) else waits.goes_on
        goes_on(self.notes, task, old.event_definition, new.event_definition)

    def _sound(self, on: Home, before: Standing) -> None:
        """Refuse what would get stuck, or be done twice, only because of the move."""
        old, home, now = on.old, on.new, _standing(on.scope)
        try:
            known = {join for join, _ in ways.stuck(old, before)}
            dead = ways.stuck(home, now)
        except ways.Tangled:
            self.notes.refuse(
                _some_element(home, now),
                "There are too many ways on from where this case stands to be sure that none of them gets stuck.",
                "Let some of its branches meet first.",
            )
            return
        for join in sorted({join for join, _ in dead} - known):
            self._stuck(home, join, sorted(flow for one, flow in dead if one == join))
        self._twice(old, home, before, now)

    def _stuck(self, home: Any, join: str, flows: list[str]) -> None:
        element, missing = element_of(home.task_specs[join]), [element_of(home.task_specs[flow]) for flow in flows]
        names = " and ".join(f"“{one.label}”" for one in missing)
        self.notes.refuse(
            element,
            f"“{element.label}” would wait for ever: in the new version it needs the branch over {names}, and this "
            "case is past the place where that branch begins.",
            f"Let the case pass “{element.label}” first.",
            *missing,
        )

    def _twice(self, old: Any, home: Any, before: Standing, now: Standing) -> None:
        for first in sorted(now.at):
            comes_to = ways.alone(home, first) & (now.at - {first})
            known = ways.alone(old, first) if first in before.at else set()
            for second in sorted(comes_to - known):
                one, other = element_of(home.task_specs[first]), element_of(home.task_specs[second])
                self.notes.refuse(
                    other,
                    f"“{other.label}” would be done twice: this case is at “{one.label}” and “{other.label}” at once, "
                    "and in the new version the one leads to the other.",
                    f"Let “{one.label}” or “{other.label}” be finished first.",
                    one,
                )

    def _arm(self, home: Home) -> None:
        home.scope.spec = home.new
        for task in [task for task in home.scope.tasks.values() if boundaries.is_main(task)]:
            boundaries.arm(self.notes, task, home.new)
        event_subprocesses.arm(self.notes, home.scope, home.old, home.new, home.left)


def _standing(scope: Any) -> Standing:
    """Where the tokens of a scope are, for walking on."""
    at, come = set(), set()
    for task in scope.tasks.values():
        spec = task.task_spec
        if joins.has_come(task) and not isinstance(spec, (_EndJoin, gateways.InclusiveGateway)):
            come.add((spec.name, task.parent.task_spec.name))
        elif joins.has_come(task) or is_live(task):
            inner = task.triggered or isinstance(spec, (_EndJoin, BoundaryEvent, BoundaryEventJoin, BoundaryEventSplit))
            if not inner and not spec.idle(task):
                at.add(spec.name)
    return Standing(frozenset(at), frozenset((join, flow) for join, flow in come))


def _some_element(home: Any, now: Standing) -> Any:
    return element_of(home.task_specs[min(now.at)])
