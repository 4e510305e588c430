"""What a step changed, worked out against what the case row says was open before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.definitions import WITHDRAWN
from app.engine import Incident, Step, Subscription, Task, Timer


@dataclass(frozen=True)
class Difference:
    """Rows to write and ids to take away. A timer whose due time moved is written again."""

    new_tasks: list[Task]
    gone_tasks: list[str]
    #: new, or moved to another due time
    set_timers: list[Timer]
    gone_timers: list[str]
    new_incidents: list[Incident]
    gone_incidents: list[str]
    new_subscriptions: list[Subscription]
    gone_subscriptions: list[str]


def difference(before: Mapping[str, Any], step: Step) -> Difference:
    """`before`: the `open` column of the case, `{}` for a new case."""
    tasks, timers = before.get("tasks", []), before.get("timers", {})
    incidents = before.get("incidents", {})
    open_tasks = {task.id for task in step.tasks}
    due = {timer.id: timer.due.at.isoformat() for timer in step.timers}
    failed = {incident.task_id for incident in step.incidents}
    waits, awaited = before.get("subscriptions", []), heard(step)
    still = {one.id for one in awaited}
    return Difference(
        [task for task in step.tasks if task.id not in tasks],
        [task_id for task_id in tasks if task_id not in open_tasks],
        [timer for timer in step.timers if timers.get(timer.id) != due[timer.id]],
        [timer_id for timer_id in timers if timer_id not in due],
        [incident for incident in step.incidents if incident.task_id not in incidents],
        [token for token in incidents if token not in failed],
        [one for one in awaited if one.id not in waits],
        [one for one in waits if one not in still],
    )


def heard(step: Step) -> list[Subscription]:
    """What other cases may say to this one; the employee's own word is not theirs to say."""
    return [one for one in step.subscriptions if one.name != WITHDRAWN]


def open_column(step: Step, incident_ids: Mapping[str, str]) -> dict[str, Any]:
    """The `open` column after the step; `incident_ids` maps failed tokens to rows of the incident table."""
    return {
        "tasks": [task.id for task in step.tasks],
        "timers": {timer.id: timer.due.at.isoformat() for timer in step.timers},
        "incidents": {incident.task_id: incident_ids[incident.task_id] for incident in step.incidents},
        "subscriptions": [one.id for one in heard(step)],
    }


def next_due(step: Step, retries: list[datetime]) -> datetime | None:
    """When the worker must look at the case again."""
    return min([timer.due.at for timer in step.timers] + retries, default=None)
