"""Moving a running case to another version of its definition (XX-4): first a plan, then the move itself. Pure, like
`advance`: the same case, versions and `now` give the same plan and the same bytes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.engine import state
from app.engine.advance import step_of
from app.engine.compaction import compact
from app.engine.definition import Definition
from app.engine.migration.ahead import Ahead, tell
from app.engine.migration.mover import Mover
from app.engine.migration.notes import Change, MigrationRefused, Plan, Refusal
from app.engine.migration.settings import differences as form_differences
from app.engine.migration.settings import form_file, form_of
from app.engine.types import Step
from app.errors import CaseEnded, Conflict, EngineFailure

__all__ = [
    "Change",
    "MigrationRefused",
    "Plan",
    "Refusal",
    "form_differences",
    "form_file",
    "form_of",
    "migrate",
    "plan",
    "restore",
    "work_out",
]


def plan(old: Definition, new: Definition, state_bytes: bytes, now: datetime) -> Plan:
    """What moving the case from `old`, on which `state_bytes` stands, to `new` at `now` would do to it.

    Raises `CaseEnded`, and `EngineFailure` when it cannot be worked out."""
    return _moved(old, new, state_bytes, now).notes.plan()


def migrate(old: Definition, new: Definition, state_bytes: bytes, now: datetime) -> Step:
    """The case on `new`. Facts, token ids, running clocks, incidents and waits are kept; `Step.events` tells what was
    armed and what was taken away. Commands that follow run on `new`.

    Raises `MigrationRefused`, `CaseEnded` or `EngineFailure`; the old state stays good then."""
    mover = _moved(old, new, state_bytes, now)
    if mover.step is None:
        raise MigrationRefused(tuple(mover.notes.refusals))
    return mover.step


def work_out(old: Definition, new: Definition, state_bytes: bytes, now: datetime) -> tuple[Plan, Step | None]:
    """`plan`, and the step that `migrate` would make, None where it would refuse: for whoever needs both."""
    mover = _moved(old, new, state_bytes, now)
    return mover.notes.plan(), mover.step


def restore(definition: Definition, state_bytes: bytes, now: datetime) -> Step:
    """The step that leads back to an earlier state: everything as it was, its clocks included, and no event."""
    workflow, status = state.load(definition, state_bytes, now)
    return replace(step_of(workflow, status), state=state_bytes)


def _moved(old: Definition, new: Definition, state_bytes: bytes, now: datetime) -> Mover:
    try:
        return _move(old, new, state_bytes, now)
    except (Conflict, EngineFailure):
        raise
    except Exception as error:
        raise EngineFailure(engine_error=type(error).__name__) from error


def _move(old: Definition, new: Definition, state_bytes: bytes, now: datetime) -> Mover:
    if now.tzinfo is None:
        raise EngineFailure("A step needs to know its time zone.")
    workflow, status = state.load(old, state_bytes, now)
    if status != "running":
        raise CaseEnded
    before = Ahead(old, workflow)
    mover = Mover(old, new, workflow)
    mover.move()
    if not mover.notes.refusals:
        tell(mover.notes, before, Ahead(new, workflow), {name for task in workflow.tokens() for name in task.data})
        compact(workflow)
        mover.step = step_of(workflow, status)
        state.load(new, mover.step.state, now)
    return mover
