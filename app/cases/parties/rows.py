"""Parties as rows: who joins gets one, who leaves goes over to those who were in the case."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from app.cases.assignment import Parties
from app.cases.tables import former_party, party
from app.db import Batch


def write(
    batch: Batch,
    connection: sa.Connection,
    case_id: str,
    change: Parties,
    actor_id: str,
    now: datetime,
    why: str = "",
) -> None:
    """Whoever leaves is gone at once; the rest is put into the batch."""
    gone = [_taken_out(connection, case_id, role, person) for role, person in change.left]
    batch.insert(
        former_party,
        [
            {
                "id": str(uuid4()),
                "case_id": case_id,
                "role": row.role,
                "person_id": row.person_id,
                "since": row.since,
                "until": now,
                "added_by": row.added_by,
                "why": row.why,
                "ended_by": actor_id,
                "ended_why": why,
            }
            for row in gone
        ],
    )
    batch.insert(
        party,
        [
            {"case_id": case_id, "role": role, "person_id": person, "since": now, "added_by": actor_id, "why": why}
            for role, person in change.joined
        ],
    )


def _taken_out(connection: sa.Connection, case_id: str, role: str, person: str) -> sa.Row[Any]:
    wanted = party.delete().where(party.c.case_id == case_id, party.c.role == role, party.c.person_id == person)
    return connection.execute(wanted.returning(party)).one()
