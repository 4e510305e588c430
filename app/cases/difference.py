"""What a step changed, worked out against what the case row says was open before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.definitions import is_withdrawal
from app.engine import Counted, Incident, Step, Subscription, Task, Timer

_NONE: Mapping[str, Mapping[str, str]] = {"tasks": {}, "timers": {}}


@dataclass(frozen=True)
class Difference:
    """Rows to write and ids to take away. A timer whose due time moved is written again."""

    new_tasks: list[Task]
    gone_tasks: list[str]
    #: open before and now, whose clock was stopped or runs on
    moved_tasks: list[Task]
    #: new, moved to another due time, stopped or running on
    set_timers: list[Timer]
    gone_timers: list[str]
    new_incidents: list[Incident]
    gone_incidents: list[str]
    new_subscriptions: list[Subscription]
    gone_subscriptions: list[str]


def difference(before: Mapping[str, Any], step: Step) -> Difference:
    """`before`: the `open` column of the case, `{}` for a new case."""
    tasks, incidents = before.get("tasks", []), before.get("incidents", {})
    paused = before.get("paused", _NONE)
    timers = before.get("timers", {}) | paused["timers"]
    open_tasks = {task.id for task in step.tasks}
    due = {timer.id: _standing(timer.due) or timer.due.at.isoformat() for timer in step.timers}
    failed = {incident.task_id for incident in step.incidents}
    waits, awaited = before.get("subscriptions", []), heard(step)
    still = {one.id for one in awaited}
    return Difference(
        [task for task in step.tasks if task.id not in tasks],
        [task_id for task_id in tasks if task_id not in open_tasks],
        [task for task in step.tasks if task.id in tasks and paused["tasks"].get(task.id) != _standing(task.due)],
        [timer for timer in step.timers if timers.get(timer.id) != due[timer.id]],
        [timer_id for timer_id in timers if timer_id not in due],
        [incident for incident in step.incidents if incident.task_id not in incidents],
        [token for token in incidents if token not in failed],
        [one for one in awaited if one.id not in waits],
        [one for one in waits if one not in still],
    )


def heard(step: Step) -> list[Subscription]:
    """What other cases may say to this one; the employee's own word is not theirs to say."""
    return [one for one in step.subscriptions if not is_withdrawal(one.name)]


def open_column(step: Step, incident_ids: Mapping[str, str]) -> dict[str, Any]:
    """The `open` column after the step; `incident_ids` maps failed tokens to rows of the incident table."""
    return {
        "tasks": [task.id for task in step.tasks],
        "timers": {timer.id: timer.due.at.isoformat() for timer in step.timers if timer.due.paused is None},
        "incidents": {incident.task_id: incident_ids[incident.task_id] for incident in step.incidents},
        "subscriptions": [one.id for one in heard(step)],
        **_paused(step),
    }


def _paused(step: Step) -> dict[str, Any]:
    tasks = {task.id: mark for task in step.tasks if (mark := _standing(task.due))}
    timers = {timer.id: mark for timer in step.timers if (mark := _standing(timer.due))}
    return {"paused": {"tasks": tasks, "timers": timers}} if tasks or timers else {}


def _standing(due: Counted | None) -> str | None:
    """What tells one pause of a clock from another, None while it runs."""
    paused = due.paused if due else None
    return f"{paused.since.isoformat()} {paused.process}/{paused.element_id}" if paused else None


def next_due(step: Step, retries: list[datetime]) -> datetime | None:
    """When the worker must look at the case again."""
    return min([timer.due.at for timer in step.timers if timer.due.paused is None] + retries, default=None)
