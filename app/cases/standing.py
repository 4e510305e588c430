"""In which roles somebody stands to a case: read from its parties and from the work that was in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.cases import access
from app.cases.tables import task
from app.identity import Actor


@dataclass(frozen=True)
class Standing:
    """`parties`: roles that the case gave to this person. `teams`: roles through a team that has or had work here."""

    parties: frozenset[str]
    teams: frozenset[str]

    @property
    def roles(self) -> frozenset[str]:
        return self.parties | self.teams


def standing(connection: sa.Connection, actor: Actor, row: sa.Row[Any]) -> Standing:
    """How the actor stands to the case in `row` (columns of the cases table).

    A team sees a case once it has work in it, not before: nothing reaches the provider until the employee has
    agreed (XX-A2), because until then no task stands in a queue of the provider.
    """
    queued = sa.or_(task.c.assignee_id.is_(None), task.c.claimed_at.isnot(None))
    own = sa.or_(task.c.assignee_id == actor.person_id, task.c.closed_by == actor.person_id)
    # a case that has gone round for years has thousands of tasks of the few kinds
    kinds = sa.select(task.c.org_id, task.c.role, queued.label("queued"), own.label("own")).distinct()
    work = connection.execute(kinds.where(task.c.case_id == row.id)).all()
    queues = {(one.org_id, one.role) for one in work if one.queued}
    mine = {one.role for one in work if actor.person_id and one.own}
    teams = {role for org, role in access.teams(actor) & queues if org in {row.employer_id, row.provider_id}}
    parties = access.party_roles(actor, row.parties)
    return Standing(parties, frozenset(teams | mine) - parties)
