"""Who may start a process, and where the new case would belong."""

from __future__ import annotations

import sqlalchemy as sa

from app.cases import access
from app.cases.newcase import Place
from app.cases.tables import case
from app.engine import Outline
from app.errors import NotAllowed, NotFound
from app.identity import Actor, provider_of


def find_place(connection: sa.Connection, actor: Actor, previous_case: str | None) -> Place:
    """Employer and provider of a new case: the actor's own employer, or those of the case before."""
    if previous_case is None:
        provider = provider_of(connection, actor.org_id)
        if provider is None:
            raise NotAllowed("Your organisation has no occupational health provider.")
        return Place(actor.org_id, provider, None)
    previous = connection.execute(sa.select(case).where(case.c.id == previous_case)).first()
    if previous is None or not access.party_roles(actor, previous) & access.MAY_FOLLOW_UP:
        raise NotFound
    return Place(previous.employer_id, previous.provider_id, previous)


def require_starter(actor: Actor, outline: Outline, place: Place) -> None:
    """`NotAllowed` unless one of the actor's memberships is among the diagram's `starters`."""
    if place.previous is None and not may_start(actor, outline):
        raise NotAllowed("You may not start this process.")


def may_start(actor: Actor, outline: Outline) -> bool:
    return any(actor.has(role, actor.org_id) for role in outline.starters)
