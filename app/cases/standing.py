"""In which roles somebody stands to a case: read from its parties and from the work that was in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.cases import access
from app.cases.tables import task
from app.identity import Actor
from app.identity.roles import acts_for_organisation


@dataclass(frozen=True)
class Standing:
    """`parties`: roles that the case gave to this person. `teams`: roles through a team that has or had work here."""

    parties: frozenset[str]
    teams: frozenset[str]

    @property
    def roles(self) -> frozenset[str]:
        return self.parties | self.teams

    @property
    def acting(self) -> frozenset[str]:
        """Roles in which they may bring people in and take them out: a practitioner only as the one of the case."""
        return self.parties | (self.teams - {"practitioner"})


def standing(connection: sa.Connection, actor: Actor, row: sa.Row[Any]) -> Standing:
    """How the actor stands to the case in `row` (columns of the cases table).

    A team sees a case once it has work in it, not before: nothing reaches the provider until the employee has
    agreed (XX-A2), because until then no task stands in a queue of the provider. To have done a task opens nothing to
    somebody who has left the team or the case. Whom the case is about has no part in it on behalf of an organisation.
    """
    parties = access.party_roles(actor, row)
    if actor.person_id == row.subject_id:
        return Standing(frozenset(role for role in parties if not acts_for_organisation(role)), frozenset())
    queued = sa.or_(task.c.assignee_id.is_(None), task.c.claimed_at.isnot(None))
    # a case that has gone round for years has thousands of tasks of the few kinds
    kinds = sa.select(task.c.org_id, task.c.role).distinct().where(task.c.case_id == row.id, queued)
    queues = {(one.org_id, one.role) for one in connection.execute(kinds)}
    teams = {role for org, role in access.teams(actor) & queues if org in {row.employer_id, row.provider_id}}
    return Standing(parties, frozenset(teams) - parties)
