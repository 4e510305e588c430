"""Who may into the workshop: process owners of a provider. To everybody else it is as if it were not there."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from app import db
from app.cases.waymark import Waymark
from app.errors import NotFound
from app.identity import Actor, scope
from app.identity.people import organisation_of, persons

OWNER = "process_owner"
#: who did what the system did, or somebody whom the actor does not look after
NAMELESS = "Waymark"


def require_owner(connection: sa.Connection, actor: Actor) -> None:
    """Raises NotFound for others than process owners of a provider."""
    orgs = {org for org, held in actor.roles if held == OWNER}
    if not any(organisation_of(connection, org).kind == "provider" for org in orgs):
        raise NotFound


def may_enter(waymark: Waymark, actor: Actor) -> bool:
    """Is the workshop there for this person?"""
    if not actor.has(OWNER):
        return False
    with db.reading(waymark.engine) as connection:
        try:
            require_owner(connection, actor)
        except NotFound:
            return False
    return True


def looked_after(connection: sa.Connection, actor: Actor) -> frozenset[str]:
    """Organisations whose people are named to the actor, and whose cases are counted for them."""
    return scope.looked_after(connection, actor, OWNER)


def names(connection: sa.Connection, actor: Actor, person_ids: Iterable[str]) -> dict[str, str]:
    """Person id to name, for everybody: who is not looked after by the actor has none."""
    wanted = set(person_ids)
    orgs = looked_after(connection, actor)
    known = {one.id: one.name for one in persons(connection, wanted).values() if one.org_id in orgs}
    return {one: known.get(one, NAMELESS) for one in wanted}
