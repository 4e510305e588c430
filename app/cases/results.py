"""What a person is told after a command: what comes next, and whether it is theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.cases import access
from app.cases.assignment import assign
from app.cases.views import TaskRef
from app.engine import Step
from app.identity import Actor


def next_tasks(
    actor: Actor, step: Step, parties: Mapping[str, Sequence[str]], employer_id: str, provider_id: str
) -> tuple[TaskRef, ...]:
    """Open tasks that the actor may do now; what others do next is not told here."""
    refs = []
    for task in step.tasks:
        person, org = assign(task.role, parties, employer_id, provider_id)
        if person == actor.person_id or (person is None and (org, task.role) in access.teams(actor)):
            refs.append(TaskRef(task.id, task.name, True))
    return tuple(refs)
