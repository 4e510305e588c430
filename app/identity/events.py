"""What was done to accounts: a row that nobody can change, and a line in the log. Ids only, no names, no addresses."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.identity.tables import identity_event, person

log = logging.getLogger("waymark.identity")

#: kinds, with the words shown to administrators
KINDS: dict[str, str] = {
    "account-created": "Account created at the first login by the organisation",
    "account-bound": "Bound to the login of the organisation",
    "account-closed": "Account closed",
    "account-reopened": "Account opened again",
    "membership-added": "Role given",
    "membership-ended": "Role taken away",
    "password-changed": "Password changed",
    "reset-sent": "Link for a new password sent",
    "reset-used": "New password set by the link",
    "second-step-on": "Second step set up",
    "second-step-off": "Second step switched off",
    "second-step-reset": "Second step reset",
    "recovery-codes-made": "New recovery codes made",
    "recovery-code-used": "Recovery code used",
    "sessions-ended": "Logged out everywhere",
    "token-created": "API token created",
    "token-revoked": "API token revoked",
}


@dataclass(frozen=True)
class Event:
    """One row as an administrator reads it. `actor`: a name, or empty when nobody of ours did it."""

    at: datetime
    kind: str
    actor: str
    detail: Mapping[str, Any]
    reason: str

    @property
    def words(self) -> str:
        return KINDS.get(self.kind, self.kind)


def record(
    conn: sa.Connection,
    kind: str,
    person_id: str,
    now: datetime,
    *,
    actor_id: str = "",
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add one. `detail`: ids and roles only; `reason` is what an administrator typed and never goes into the log."""
    if kind not in KINDS:
        raise ValueError(kind)
    row = {"id": str(uuid.uuid4()), "at": now, "actor_id": actor_id, "person_id": person_id, "kind": kind}
    conn.execute(sa.insert(identity_event).values(**row, detail=dict(detail or {}), reason=reason))
    log.info(kind, extra={"person": person_id, "actor": actor_id, **(detail or {})})


def of_person(conn: sa.Connection, person_id: str, limit: int = 50) -> list[Event]:
    """What was done to somebody's account, the latest first."""
    query = (
        sa.select(identity_event, person.c.name.label("actor"))
        .outerjoin(person, person.c.id == identity_event.c.actor_id)
        .where(identity_event.c.person_id == person_id)
        .order_by(identity_event.c.at.desc(), identity_event.c.id)
        .limit(limit)
    )
    return [Event(row.at, row.kind, row.actor or "", row.detail, row.reason) for row in conn.execute(query)]
