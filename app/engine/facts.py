"""The facts of a case, or of a part of it, as its open tokens have them now."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

from app.engine.patches.merging import Facts, merge3, merge_branches
from app.engine.run import OPEN

_RESTING = OPEN | TaskState.ERROR
_ARRIVED = TaskState.READY | TaskState.WAITING | TaskState.CANCELLED | TaskState.ERROR


def of_scope(scope: Any) -> Facts:
    """Merged over the open branches of a process or sub-process as a join would merge them."""
    tokens = [task for task in scope.tasks.values() if _counts(task)]
    if not tokens:
        return dict(scope.task_tree.data)
    tokens.sort(key=lambda task: task.last_state_change)
    facts = merge_branches(tokens)
    for task in tokens:
        facts = merge3(task.data, facts, of_token(task))
    return facts


def _counts(task: Any) -> bool:
    """Open, or come to a join that has not used it. Not an event sub-process that waits, nor an instance that is not
    done: its activity speaks for it."""
    if isinstance(task.task_spec, UnstructuredJoin):
        return bool(task._state & _ARRIVED) and not task._children
    if not task._state & _RESTING or task.task_spec.idle(task):
        return False
    return not (task.triggered and isinstance(task.parent.task_spec, LoopTask))


def of_token(task: Any) -> Facts:
    """The facts of one token, with what the sub-process or the instances that it holds have changed so far."""
    facts: Facts = task.task_spec.facts_now(task)
    return facts


def with_called(workflow: Any) -> Facts:
    """The facts of the case; where it does not know a name, those of the processes that it calls."""
    facts: Facts = {}
    for number, scope in workflow.subprocesses.items():
        task = workflow.get_task_from_id(number)
        if task.task_spec.hides_facts and task._state & OPEN:
            facts.update(of_scope(scope))
    return {**facts, **of_scope(workflow)}
