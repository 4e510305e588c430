"""Moving on, until only people, clocks and messages can, what the engine moves on by itself."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.util.task import TaskState

from app.engine.compaction import compact
from app.engine.failures import GoesRound
from app.engine.workflow import CaseWorkflow

#: Elements that one command may run before it is taken to go round for ever.
MAX_STEPS = 5_000
#: A long way is compacted on the way, or each step would cost more than the last.
COMPACT_EVERY = 200


class Budget:
    """The steps that one command may still take."""

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self.left = steps


def settle(workflow: CaseWorkflow, budget: Budget) -> None:
    """Run every automatic token, first come first served, until none is ready. When the budget is spent, the
    tokens still ready rest as incidents."""
    run = workflow.run
    while run.ready:
        task = run.ready.popleft()
        if task._state != TaskState.READY or task.workflow.tasks.get(task.id) is not task:
            continue
        if budget.left <= 0 and task.task_spec.element is not None:
            stop(task)
            continue
        budget.left -= 1
        task.run()
        if budget.left % COMPACT_EVERY == 0:
            compact(workflow)


def stop(task: Any) -> None:
    """The token rests as an incident, because the budget is spent."""
    name = task.task_spec.element.label
    said = f"The process ran {MAX_STEPS:,} steps without coming to rest and was stopped at “{name}”. It goes round."
    task.workflow.top_workflow.run.fail(task, GoesRound(said))
