"""Is somebody let into a case at this moment?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.cases.emergency.tables import emergency
from app.identity import Actor

#: how a look by emergency access names the role of who looked
ROLE = "emergency"
#: who may ask for it, as a membership in the case's provider
MEMBERSHIP = "practitioner"


def to(connection: sa.Connection, actor: Actor, row: sa.Row[Any], now: datetime) -> sa.Row[Any] | None:
    """The actor's emergency access to the case in `row`, if one is open. It ends by itself, or with the membership."""
    if not actor.has(MEMBERSHIP, row.provider_id) or actor.person_id == row.subject_id:
        return None
    mine = sa.and_(emergency.c.case_id == row.id, emergency.c.actor_id == actor.person_id)
    newest = sa.select(emergency).where(mine, emergency.c.at <= now, emergency.c.until > now)
    return connection.execute(newest.order_by(emergency.c.until.desc()).limit(1)).first()
