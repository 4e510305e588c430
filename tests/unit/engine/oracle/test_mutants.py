"""Controls: an engine that is made wrong in one place is found out by the token game, and soon."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.task import Task

from app.engine import clocks, facts
from app.engine.patches import endings, joins
from app.engine.specs import event_subprocess, events, gateways, messages, multi_instance, signals, subprocesses, timers
from app.errors import EngineFailure
from tests.unit.engine.oracle.match import Deviation, Match

#: So many models at most until each is found.
SEEDS = 300
Patch = pytest.MonkeyPatch


def nothing(*_: Any, **__: Any) -> None:
    return None


def no(*_: Any, **__: Any) -> bool:
    return False


def joins_keep_what_they_used(patch: Patch) -> None:
    def run(self: Any, my_task: Any) -> bool:
        tasks = my_task.workflow.tasks
        arrived = joins._arrivals(self, my_task)
        facts.give(my_task, facts.merged(facts.known(tasks[task._parent]) for task in [*arrived, my_task]))
        return True

    patch.setattr(UnstructuredJoin, "_run_hook", run)


def the_last_branch_wins(patch: Patch) -> None:
    patch.setattr(joins, "merged", lambda parts: list(parts)[-1])


def joins_do_not_wait(patch: Patch) -> None:
    patch.setattr(joins.ParallelGateway, "_check_threshold_unstructured", lambda self, my_task: True)


def inclusive_joins_do_not_wait(patch: Patch) -> None:
    patch.setattr(gateways.InclusiveGateway, "_check_threshold_unstructured", lambda self, my_task: True)


def inclusive_joins_forget_incidents(patch: Patch) -> None:
    patch.setattr(gateways, "_ACTIVE", gateways._ACTIVE & ~gateways.TaskState.ERROR)


def an_end_goes_over_the_head_of_an_incident(patch: Patch) -> None:
    def may_fire(self: Any, my_task: Any) -> bool:
        live = [t for t in my_task.workflow.tasks.values() if t._state & gateways.TaskState.NOT_FINISHED_MASK]
        return all(t is my_task or t.task_spec.idle(t) for t in live)

    patch.setattr(_EndJoin, "_check_threshold_unstructured", may_fire)


def a_finished_activity_keeps_its_clocks(patch: Patch) -> None:
    patch.setattr(BoundaryEventJoin, "_check_threshold_structured", lambda self, my_task: (True, []))


def due_timers_fire_together(patch: Patch) -> None:
    def fire_due(workflow: Any, budget: Any) -> None:
        for timer in clocks.armed(workflow):
            if timer.at <= workflow.run.now:
                clocks._fire(timer)
        clocks.settle(workflow, budget)

    patch.setattr("app.engine.commands.fire_due", fire_due)


def a_repeated_timer_makes_up_for_downtime(patch: Patch) -> None:
    patch.setattr(timers, "MAX_MISSED", 0)


def a_boundary_event_knows_what_was_known_before(patch: Patch) -> None:
    patch.setattr(events.BoundaryEvent, "learn", nothing)


def what_a_timer_started_ends_with_its_activity(patch: Patch) -> None:
    patch.setattr(events.BoundaryEvent, "outlived", False)


def an_event_sub_process_does_not_interrupt(patch: Patch) -> None:
    patch.setattr(event_subprocess, "_beside", no)


def an_event_sub_process_holds_its_scope_open(patch: Patch) -> None:
    patch.setattr(event_subprocess.EventSubProcess, "idle", no)


def a_terminate_end_forgets_the_other_branches(patch: Patch) -> None:
    patch.setattr(endings, "of_scope", lambda scope: facts.Known({}, {}))


def instances_keep_their_item(patch: Patch) -> None:
    patch.setattr(multi_instance, "without", lambda what, names: what)


def answers_come_in_the_order_of_the_calendar(patch: Patch) -> None:
    original = multi_instance.MultiInstance.merge_child

    def merge(self: Any, workflow: Any, child: Any) -> None:
        child.internal_data["index"] = child.parent.internal_data["done"]
        original(self, workflow, child)

    patch.setattr(multi_instance.MultiInstance, "merge_child", merge)


def instances_never_are_enough(patch: Patch) -> None:
    patch.setattr(multi_instance.MultiInstance, "_enough", no)


def all_facts_come_out_of_a_call(patch: Patch) -> None:
    patch.setattr(subprocesses.Call, "carried_out", lambda self, my_task, inner: dict(inner))


def all_facts_go_into_a_call(patch: Patch) -> None:
    patch.setattr(subprocesses.Call, "carried_in", lambda self, my_task: dict(my_task.data))


def errors_are_caught_anywhere(patch: Patch) -> None:
    patch.setattr(signals._Coded, "_matches", lambda self, task: task.task_spec.name.startswith("b_"))


def signals_are_not_heard(patch: Patch) -> None:
    patch.setattr(signals.Signal, "throw", nothing)


def any_key_will_do(patch: Patch) -> None:
    patch.setattr(messages.MessageDefinition, "takes", lambda self, task, name, key: self.name == name)


def what_is_cancelled_leaves_its_instances_open(patch: Patch) -> None:
    patch.setattr(Task, "cancel", lambda self: self._set_state(gateways.TaskState.CANCELLED))


def branches_share_what_they_change(patch: Patch) -> None:
    def write(task: Any, given: Any) -> None:
        run = task.workflow.top_workflow.run
        run.tick += 1
        task.data.update(given)
        task.stamps.update(dict.fromkeys(given, run.tick))

    patch.setattr("app.engine.commands.write", write)


def an_incident_breaks_the_step(patch: Patch) -> None:
    patch.setattr(Task, "run", lambda self: self.complete() if self.task_spec._run_hook(self) else None)


def compaction_forgets_who_came(patch: Patch) -> None:
    patch.setattr("app.engine.compaction._fold_ends", nothing)


def a_choice_takes_every_way(patch: Patch) -> None:
    patch.setattr(gateways.ExclusiveGateway, "chooses", False)


MUTANTS: list[Callable[[Patch], None]] = [
    value for name, value in list(globals().items()) if callable(value) and getattr(value, "__module__", "") == __name__
]
MUTANTS = [mutant for mutant in MUTANTS if mutant not in (nothing, no)]


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.__name__ for mutant in MUTANTS])
def test_a_wrong_engine_is_found_out(mutant: Callable[[Patch], None], monkeypatch: Patch) -> None:
    mutant(monkeypatch)
    for seed in range(SEEDS):
        match = Match(seed)
        try:
            match.play()
        except (Deviation, EngineFailure):
            return
    pytest.fail(f"{SEEDS} models were played and nobody noticed")


def test_the_engine_as_it_is_is_not_found_out() -> None:
    """So what the mutants show is their own."""
    Match(0).play()
    assert TaskSpec.idle is not no
