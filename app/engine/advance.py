"""The one entry: (definition, state, command, now) -> Step. Pure: no clock, no database, no randomness."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.engine import commands, pauses, state
from app.engine.compaction import compact
from app.engine.definition import Definition
from app.engine.run import Run
from app.engine.settle import Budget
from app.engine.types import Cancel, Command, Event, Start, Step
from app.engine.view import View
from app.engine.workflow import CaseWorkflow
from app.errors import Conflict, EngineFailure
from app.workdays import Calendar


def advance(definition: Definition, state_bytes: bytes | None, command: Command, now: datetime) -> Step:
    """The step that `command` makes at `now` (timezone-aware). `state_bytes` is None for `Start` only.

    Raises `TaskClosed`, `NotWaiting` or `CaseEnded` when the case does not wait for the command, `EngineFailure`
    when the step cannot be worked out; nothing has changed then, the old state stays good."""
    try:
        return _advance(definition, state_bytes, command, now)
    except (Conflict, EngineFailure):
        raise
    except Exception as error:
        raise EngineFailure(engine_error=type(error).__name__) from error


def _advance(definition: Definition, state_bytes: bytes | None, command: Command, now: datetime) -> Step:
    if now.tzinfo is None:
        raise EngineFailure("A step needs to know its time zone.")
    budget = Budget()
    if isinstance(command, Start):
        run = Run(command.case_id, now, Calendar.from_dict(command.calendar))
        workflow, status = CaseWorkflow(definition.main, definition.inner, run), "running"
        workflow.pauses = definition.outline.pauses
        commands.start(workflow, command, budget)
    elif state_bytes is None:
        raise EngineFailure("A case begins with Start.")
    else:
        workflow, status = state.load(definition, state_bytes, now)
        was_over = status != "running"
        status = commands.apply(workflow, command, status, budget)
        if was_over:
            return step_of(workflow, status)
    compact(workflow)
    pauses.look(workflow)
    if status == "running" and workflow.completed and not View(workflow).resting:
        status = "completed"
    if status != "running":
        _ended(definition, workflow, status, command)
    return step_of(workflow, status)


def _ended(definition: Definition, workflow: CaseWorkflow, status: str, command: Command) -> None:
    data: dict[str, Any] = {"status": status}
    if isinstance(command, Cancel):
        data["reason"] = command.reason
    outline = definition.outline
    workflow.run.events.append(Event("ended", outline.key, outline.name, outline.key, "", (), data))


def step_of(workflow: CaseWorkflow, status: str) -> Step:
    """The step that `workflow` is at the end of."""
    view = View(workflow)
    run = workflow.run
    return Step(
        state=state.dump(workflow, status),
        status=status,
        events=tuple(run.events),
        tasks=view.tasks(),
        timers=view.timers(),
        incidents=view.incidents(),
        effects=tuple(run.effects),
        subscriptions=view.subscriptions(),
        marks=view.marks(),
        facts=view.facts(),
    )
