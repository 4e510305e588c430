"""Controls: an engine that is made wrong in one place is found out by the token game, and soon."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import pytest
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.task import Task

from app.engine import clocks, definition, facts
from app.engine.patches import endings, joins
from app.engine.specs import event_subprocess, events, gateways, messages, multi_instance, signals, subprocesses, timers
from app.errors import EngineFailure
from tests.unit.engine.oracle.match import THOROUGH, Deviation, Match

#: So many models at most until each is found.
SEEDS = 400
Patch = pytest.MonkeyPatch


MUTANTS: dict[str, tuple[Callable[[Patch], None], tuple[str, ...]]] = {}


def wrong(*needs: str, rare: bool = False) -> Callable[[Callable[[Patch], None]], Callable[[Patch], None]]:
    """A mutant that only processes with these constructs can show. One that shows rarely is for the long run."""

    def keep(mutant: Callable[[Patch], None]) -> Callable[[Patch], None]:
        if THOROUGH or not rare:
            MUTANTS[mutant.__name__] = (mutant, needs)
        return mutant

    return keep


def nothing(*_: Any, **__: Any) -> None:
    return None


def no(*_: Any, **__: Any) -> bool:
    return False


@wrong("parallel", "loop")
def joins_keep_what_they_used(patch: Patch) -> None:
    def run(self: Any, my_task: Any) -> bool:
        tasks = my_task.workflow.tasks
        arrived = joins._arrivals(self, my_task)
        facts.give(my_task, facts.merged(facts.known(tasks[task._parent]) for task in [*arrived, my_task]))
        return True

    patch.setattr(UnstructuredJoin, "_run_hook", run)


@wrong("parallel")
def the_last_branch_wins(patch: Patch) -> None:
    patch.setattr(joins, "merged", lambda parts: list(parts)[-1])


@wrong("parallel")
def joins_do_not_wait(patch: Patch) -> None:
    patch.setattr(joins.ParallelGateway, "_check_threshold_unstructured", lambda self, my_task: True)


@wrong("parallel", "boundary cycle beside", rare=True)
def joins_use_all_that_came(patch: Patch) -> None:
    patch.setattr(joins, "_one_of_each_flow", lambda tasks, arrived, my_task: arrived)


@wrong("inclusive", rare=True)
def inclusive_joins_do_not_wait(patch: Patch) -> None:
    patch.setattr(gateways.InclusiveGateway, "_check_threshold_unstructured", lambda self, my_task: True)


@wrong("inclusive", "fragile", rare=True)
def inclusive_joins_forget_incidents(patch: Patch) -> None:
    patch.setattr(gateways, "_ACTIVE", gateways._ACTIVE & ~gateways.TaskState.ERROR)


@wrong("fragile", rare=True)
def an_end_goes_over_the_head_of_an_incident(patch: Patch) -> None:
    def may_fire(self: Any, my_task: Any) -> bool:
        live = [t for t in my_task.workflow.tasks.values() if t._state & gateways.TaskState.NOT_FINISHED_MASK]
        return all(t is my_task or t.task_spec.idle(t) for t in live)

    patch.setattr(_EndJoin, "_check_threshold_unstructured", may_fire)


@wrong("boundary timer beside")
def a_finished_activity_keeps_its_clocks(patch: Patch) -> None:
    patch.setattr(BoundaryEventJoin, "_check_threshold_structured", lambda self, my_task: (True, []))


@wrong("boundary timer interrupting")
def due_timers_fire_together(patch: Patch) -> None:
    def fire_due(workflow: Any, budget: Any) -> None:
        for timer in clocks.armed(workflow):
            if timer.at <= workflow.run.now:
                clocks._fire(timer)
        clocks.settle(workflow, budget)

    patch.setattr("app.engine.commands.fire_due", fire_due)


@wrong("boundary cycle beside")
def a_repeated_timer_makes_up_for_downtime(patch: Patch) -> None:
    patch.setattr(timers.Turns, "last", lambda self, turn, now, end: turn)


@wrong(rare=True)
def a_boundary_event_knows_what_was_known_before(patch: Patch) -> None:
    patch.setattr(events.BoundaryEvent, "learn", nothing)


@wrong("boundary cycle beside")
def what_a_timer_started_ends_with_its_activity(patch: Patch) -> None:
    patch.setattr(events.BoundaryEvent, "outlived", False)


@wrong("event sub-process timer interrupting")
def an_event_sub_process_does_not_interrupt(patch: Patch) -> None:
    patch.setattr(event_subprocess, "_beside", no)


@wrong("event sub-process timer beside")
def an_event_sub_process_holds_its_scope_open(patch: Patch) -> None:
    patch.setattr(event_subprocess.EventSubProcess, "idle", no)


@wrong("terminate end")
def a_terminate_end_forgets_the_other_branches(patch: Patch) -> None:
    patch.setattr(endings, "of_scope", lambda scope: facts.Known({}, {}))


@wrong("parallel instances of user")
def instances_keep_their_item(patch: Patch) -> None:
    patch.setattr(multi_instance, "without", lambda what, names: what)


@wrong("parallel instances of user", rare=True)
def answers_come_in_the_order_of_the_calendar(patch: Patch) -> None:
    original = multi_instance.MultiInstance.merge_child

    def merge(self: Any, workflow: Any, child: Any) -> None:
        child.internal_data["index"] = child.parent.internal_data["done"]
        original(self, workflow, child)

    patch.setattr(multi_instance.MultiInstance, "merge_child", merge)


@wrong("parallel instances of user until enough")
def instances_never_are_enough(patch: Patch) -> None:
    patch.setattr(multi_instance.MultiInstance, "_enough", no)


@wrong("call with mapping")
def all_facts_come_out_of_a_call(patch: Patch) -> None:
    patch.setattr(subprocesses.Call, "carried_out", lambda self, my_task, inner: dict(inner))


@wrong("call with mapping")
def all_facts_go_into_a_call(patch: Patch) -> None:
    patch.setattr(subprocesses.Call, "carried_in", lambda self, my_task: dict(my_task.data))


@wrong("error end")
def errors_are_not_caught(patch: Patch) -> None:
    patch.setattr(signals._Coded, "_matches", no)


@wrong("throw signal")
def signals_are_not_heard(patch: Patch) -> None:
    patch.setattr(signals.Signal, "throw", nothing)


@wrong("boundary message beside", rare=True)
def any_key_will_do(patch: Patch) -> None:
    patch.setattr(messages.MessageDefinition, "takes", lambda self, task, name, key: self.name == name)


@wrong("withdrawal boundary")
def what_is_cancelled_leaves_its_instances_open(patch: Patch) -> None:
    patch.setattr(Task, "cancel", lambda self: self._set_state(gateways.TaskState.CANCELLED))


@wrong("parallel")
def branches_share_what_they_change(patch: Patch) -> None:
    def write(task: Any, given: Any) -> None:
        run = task.workflow.top_workflow.run
        run.tick += 1
        task.data.update(given)
        task.stamps.update(dict.fromkeys(given, run.tick))

    patch.setattr("app.engine.commands.write", write)


@wrong("fragile")
def an_incident_breaks_the_step(patch: Patch) -> None:
    patch.setattr(Task, "run", lambda self: self.complete() if self.task_spec._run_hook(self) else None)


@wrong("parallel")
def compaction_forgets_who_came(patch: Patch) -> None:
    patch.setattr("app.engine.compaction._fold_ends", nothing)


@wrong("exclusive")
def a_choice_takes_every_way(patch: Patch) -> None:
    patch.setattr(gateways.ExclusiveGateway, "chooses", False)


@wrong("boundary escalation beside", "throw escalation")
def an_escalation_is_caught_once(patch: Patch) -> None:
    patch.setattr(events.BoundaryEvent, "stays", property(lambda self: self.event_definition.repeats))
    patch.setattr(events.NoneEventDefinition, "repeats", False, raising=False)
    for kind in (signals.Escalation, signals.Signal, signals.Error, messages.MessageDefinition):
        patch.setattr(kind, "repeats", False, raising=False)


@wrong("error end", "call with mapping")
def an_error_tells_only_what_its_branch_knew(patch: Patch) -> None:
    patch.setattr(signals, "of_scope", lambda scope: facts.known(scope.task_tree))


@wrong("event sub-process message beside")
def an_event_sub_process_runs_once(patch: Patch) -> None:
    patch.setattr(event_subprocess, "Timer", object)


@wrong("parallel instances of user until a veto")
def an_answer_that_is_neither_counts_as_no(patch: Patch) -> None:
    patch.setattr(multi_instance, "yes_or_no", lambda formula, value: value is True)


@wrong("boundary cycle with an end beside", rare=True)
def what_an_event_began_begins_again_when_it_ends(patch: Patch) -> None:
    def on_complete(self: Any, my_task: Any) -> None:
        for child in my_task.children:
            if not child._state & gateways.TaskState.FINISHED_MASK:
                child.task_spec._update(child)
        original(self, my_task)

    original = TaskSpec._on_complete
    patch.setattr(TaskSpec, "_on_complete", on_complete)


@pytest.mark.parametrize("name", MUTANTS)
def test_a_wrong_engine_is_found_out(name: str, monkeypatch: Patch) -> None:
    mutant, needs = MUTANTS[name]
    monkeypatch.setattr(definition, "_kept", OrderedDict())  # a definition read by a wrong engine stays wrong
    mutant(monkeypatch)
    played = 0
    for seed in range(SEEDS * 20):
        match = Match(seed)
        if not all(need in match.made for need in needs):
            continue
        try:
            match.play()
        except (Deviation, EngineFailure):
            return
        played += 1
        if played == SEEDS:
            break
    pytest.fail(f"{played} models were played and nobody noticed")


def test_the_engine_as_it_is_is_not_found_out() -> None:
    """So what the mutants show is their own."""
    Match(0).play()
