"""Who sees a case: the one place that turns "may this person look?" into rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app import definitions, engine
from app.cases import access
from app.cases.tables import case, task
from app.errors import NotFound
from app.identity import Actor
from app.privacy import Viewer


@dataclass(frozen=True)
class Sight:
    """A case as one person sees it. `roles`: the case roles in which they look."""

    row: sa.Row[Any]
    bundle: engine.Bundle
    roles: frozenset[str]
    viewer: Viewer

    @property
    def definition(self) -> engine.Definition:
        return engine.load(self.bundle)


def see(connection: sa.Connection, actor: Actor, case_id: str) -> Sight:
    """The case, if the actor is a party to it or their team has work in it; `NotFound` otherwise."""
    row = connection.execute(sa.select(case).where(case.c.id == case_id)).first()
    if row is None:
        raise NotFound
    roles = roles_in(connection, actor, row)
    if not roles:
        raise NotFound
    viewer = Viewer(roles=roles, subject=actor.person_id == row.subject_id)
    return Sight(row, definitions.get(connection, row.definition_sha), roles, viewer)


def roles_in(connection: sa.Connection, actor: Actor, row: sa.Row[Any]) -> frozenset[str]:
    """The case roles of the actor: as a party, and through teams that have or had work in the case."""
    parties = access.party_roles(actor, row.parties)
    work = connection.execute(
        sa.select(task.c.org_id, task.c.role).where(task.c.case_id == row.id, task.c.assignee_id.is_(None)).distinct()
    )
    queues = [(role, org) for org, role in work]
    mine = connection.execute(
        sa.select(task.c.role)
        .where(
            task.c.case_id == row.id,
            sa.or_(task.c.assignee_id == actor.person_id, task.c.closed_by == actor.person_id),
        )
        .distinct()
    ).scalars()
    return parties | access.team_roles(actor, row.employer_id, row.provider_id, queues) | frozenset(mine)
