"""In which roles somebody stands to a case: read from its parties and from the work that was in it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.cases import access
from app.cases.tables import task
from app.identity import Actor


def roles_in(connection: sa.Connection, actor: Actor, row: sa.Row[Any]) -> frozenset[str]:
    """The actor's case roles: as a party, through tasks of their own, and through queues of their team.

    A team sees a case once it has work in it, not before: nothing reaches the provider until the employee has
    agreed (XX-A2), because until then no task stands in a queue of the provider.
    """
    work = connection.execute(
        sa.select(task.c.org_id, task.c.role, task.c.assignee_id, task.c.claimed_at, task.c.closed_by).where(
            task.c.case_id == row.id
        )
    ).all()
    queues = {(one.org_id, one.role) for one in work if one.assignee_id is None or one.claimed_at is not None}
    mine = {one.role for one in work if actor.person_id and actor.person_id in {one.assignee_id, one.closed_by}}
    teams = {role for org, role in actor.roles & queues if org in {row.employer_id, row.provider_id}}
    return access.party_roles(actor, row.parties) | frozenset(teams) | frozenset(mine)
