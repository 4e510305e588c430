"""Who may do what in a case. Rights come from being a party to it, or from the team that has work in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.identity import ROLES, Actor

#: case roles whose holders may end a case
MAY_CANCEL = frozenset({"referring_manager", "hr", "oh_admin"})
#: case roles whose holders may start a follow-up review from a case (XX-A10)
MAY_FOLLOW_UP = frozenset({"practitioner", "oh_admin"})


def party_roles(actor: Actor, parties: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """The roles in which the actor is a party to a case."""
    return frozenset(role for role, people in parties.items() if actor.person_id in people)


def may_work(actor: Actor, task: Any) -> bool:
    """May the actor do this open task now? Theirs, or free in a queue of their team."""
    if task.assignee_id is not None:
        return bool(task.assignee_id == actor.person_id)
    return in_team(actor, task)


def teams(actor: Actor) -> frozenset[tuple[str, str]]:
    """The queues of the actor, as (organisation, role). To be an employee somewhere is no team: it opens nothing."""
    return frozenset((org, role) for org, role in actor.roles if role in ROLES and ROLES[role].kind == "team")


def in_team(actor: Actor, task: Any) -> bool:
    """Does the task stand in a queue of the actor's team, or was it taken from there?

    One that the case gave to a person never stood in a queue, so to the person's colleagues it does not exist.
    """
    queued = task.assignee_id is None or task.claimed_at is not None
    return queued and (task.org_id, task.role) in teams(actor)


def may_see_task(actor: Actor, task: Any) -> bool:
    """A task is seen by the person it is given to, and by the team in whose queue it stands or stood.

    What the case gave to one person was never in a queue: a colleague in the same role has no part in it (XX-A5).
    """
    return may_work(actor, task) or in_team(actor, task) or task.closed_by == actor.person_id
