"""Who may into the workshop: process owners of a provider. To everybody else it is as if it were not there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from app import db
from app.cases.waymark import Waymark
from app.definitions.drafts import Head
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


@dataclass(frozen=True)
class People:
    """Who did something, as far as the actor may know: people whom they look after. `known`: person id to name;
    `hidden`: ids of the others."""

    known: Mapping[str, str]
    hidden: frozenset[str]

    def name(self, person_id: str) -> str:
        return self.known.get(person_id, NAMELESS)


def people(connection: sa.Connection, actor: Actor, person_ids: Iterable[str]) -> People:
    """Among these ids; what the system did has an id of no person, and is not hidden."""
    orgs = looked_after(connection, actor)
    found = persons(connection, person_ids).values()
    known = {one.id: one.name for one in found if one.org_id in orgs}
    return People(known, frozenset(one.id for one in found) - known.keys())


def require_own(connection: sa.Connection, actor: Actor, draft: Head) -> None:
    """A draft is there for owners of the provider whose owner began it, and for nobody else. Raises NotFound."""
    require_owner(connection, actor)
    if draft.created_by not in people(connection, actor, [draft.created_by]).known:
        raise NotFound
