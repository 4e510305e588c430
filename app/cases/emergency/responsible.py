"""Who is told of an emergency access, and looks at it afterwards: never the person who used it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.cases.emergency.tables import emergency
from app.cases.tables import case, party
from app.identity import Actor, person_ids_of_team
from app.privacy import PRACTITIONER

#: without a practitioner of the case, the team of the provider that runs the office
OFFICE = "oh_admin"


def responsible(connection: sa.Connection, row: sa.Row[Any], actor_id: str) -> list[str]:
    """The case's practitioner; where there is none but the person themself, the provider's office. `row`: of cases."""
    own = [one for one in row.parties.get(PRACTITIONER, ()) if one != actor_id]
    found = own or person_ids_of_team(connection, row.provider_id, OFFICE)
    return [one for one in found if one not in {actor_id, row.subject_id}]


def for_whom(actor: Actor) -> sa.ColumnElement[bool]:
    """The same as a condition on `emergency` joined with `cases`: accesses for which the actor is responsible."""
    named = sa.exists().where(party.c.case_id == case.c.id, party.c.role == PRACTITIONER)
    own = named.where(party.c.person_id == actor.person_id)
    somebody = named.where(party.c.person_id != emergency.c.actor_id)
    orgs = [org for org, held in actor.roles if held == OFFICE]
    office = sa.and_(case.c.provider_id.in_(orgs), ~somebody)
    others = sa.and_(emergency.c.actor_id != actor.person_id, case.c.subject_id != actor.person_id)
    return sa.and_(others, sa.or_(own, office))
