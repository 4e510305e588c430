"""Who may start a process, from which case, and where the new case would belong."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from app.cases.newcase import Place
from app.cases.standing import standing
from app.cases.subject import about_nobody
from app.cases.tables import case
from app.engine import Outline
from app.errors import NotAllowed, NotFound
from app.identity import Actor, provider_of
from app.identity.people import employers_of, organisation_of


def place_for(
    connection: sa.Connection, actor: Actor, outline: Outline, previous_case: str | None, employer: str | None = None
) -> Place:
    """Where a case of this process that the actor starts belongs: with their own employer, or where the case before
    does, which it then follows. `employer`: for whom somebody of the provider starts what is about nobody.

    Raises `NotAllowed` (no starter), `NotFound` (no such case or employer, or none to go on from like this).
    """
    if previous_case is not None:
        row = connection.execute(sa.select(case).where(case.c.id == previous_case)).first()
        if row is None or not follows(outline, row, standing(connection, actor, row).acting):
            raise NotFound
        # nothing of a case about an employee goes along into one about nobody, not even that there was one
        alone = outline.beginning.about_nobody and not about_nobody(row.subject_id)
        return Place(row.employer_id, row.provider_id, None if alone else row)
    if not may_start(actor, outline):
        raise NotAllowed("You may not start this process.")
    if of_provider(connection, actor):
        return _at_provider(connection, actor, outline, employer or actor.org_id)
    return _at_employer(connection, actor, employer)


def of_provider(connection: sa.Connection, actor: Actor) -> bool:
    return organisation_of(connection, actor.org_id).kind == "provider"


def _at_provider(connection: sa.Connection, actor: Actor, outline: Outline, employer: str) -> Place:
    """Who belongs to a provider starts only what is about nobody: an employee reaches it by their consent (XX-A2)."""
    if not outline.beginning.about_nobody:
        raise NotAllowed("An employer starts this, or you do from a case of yours.")
    if employer not in {actor.org_id, *employers_of(connection, actor.org_id)}:
        raise NotFound
    return Place(employer, actor.org_id, None)


def _at_employer(connection: sa.Connection, actor: Actor, employer: str | None) -> Place:
    if employer not in {None, actor.org_id}:
        raise NotFound
    provider = provider_of(connection, actor.org_id)
    if provider is None:
        raise NotAllowed("Your organisation has no occupational health provider.")
    return Place(actor.org_id, provider, None)


def follows(outline: Outline, row: sa.Row[Any], acting: Collection[str]) -> bool:
    """May somebody who acts there in these roles start this process from the case in `row` (property `from`)? `acting`:
    of their standing; a practitioner is there only as the one of the case, others also for a team that works in it
    (XX-A10)."""
    roles = outline.beginning.roles_in(row.process_key)
    return outline.start_form is not None and fits(outline, row) and not roles.isdisjoint(acting)


def fits(outline: Outline, row: Any) -> bool:
    """Could a case of this process be started from the case in `row`? One about nobody never leads to one about
    somebody (WW-2.3a), and is followed only by a process that names it. One about somebody may lead to one about
    nobody, of which nothing says so. `row`: columns of the cases table."""
    begins = outline.beginning
    return not about_nobody(row.subject_id) or (begins.about_nobody and row.process_key in begins.may_follow)


def may_start(actor: Actor, outline: Outline) -> bool:
    """One of the actor's memberships is among the diagram's `starters`, and it may begin by itself."""
    alone = outline.start_form is not None and not outline.beginning.from_only
    return alone and any(actor.has(role, actor.org_id) for role in outline.starters)
