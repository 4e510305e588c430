"""Whose affairs somebody looks after: administrators and process owners of an organisation those of their own, those of
a provider also those of the employers that it serves. To an employer nobody else exists (decision 15)."""

from __future__ import annotations

import sqlalchemy as sa

from app.identity.actor import Actor
from app.identity.people import employers_of


def looked_after(conn: sa.Connection, actor: Actor, *memberships: str) -> frozenset[str]:
    """Organisation ids; empty for somebody who holds none of the memberships."""
    own = {org for org, held in actor.roles if held in memberships}
    return frozenset(own | {served for org in own for served in employers_of(conn, org)})
