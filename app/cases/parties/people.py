"""Who may be given a part: people with the membership that it needs, whose account is open."""

from __future__ import annotations

import sqlalchemy as sa

from app.errors import InvalidAnswers
from app.identity import ROLES, people_with_membership


def choices(connection: sa.Connection, role: str, org_id: str) -> dict[str, str]:
    """Person id to name, by name, of everybody who may hold the role in the organisation, guests included."""
    if role not in ROLES or not ROLES[role].held_by:
        return {}
    return dict(people_with_membership(connection, org_id, *sorted(ROLES[role].held_by)))


def guests(connection: sa.Connection, org_id: str) -> set[str]:
    """Ids of people from outside: whom one employee has brought in is no other employee's business."""
    return {person for person, _name in people_with_membership(connection, org_id, "guest")}


def may_hold_now(connection: sa.Connection, person_id: str, role: str, org_id: str) -> bool:
    """Does this person hold what the role needs, with an account that is not closed?"""
    return person_id in choices(connection, role, org_id)


def require_choice(connection: sa.Connection, person_id: str, role: str, org_id: str, path: str = "person") -> None:
    """Raises `InvalidAnswers` at `path`; the same words for somebody who is not there and for one of elsewhere."""
    if not may_hold_now(connection, person_id, role, org_id):
        raise InvalidAnswers({path: "Choose somebody from the list"})
