"""Legal hold: while one stands, nothing of a case, or of a person, is erased. People set and lift it, with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from app import db
from app.cases.keeping.tables import hold
from app.cases.keeping.telling import tell
from app.cases.locking import lock, lock_row
from app.cases.standing import standing
from app.cases.subject import about_nobody
from app.cases.tables import case
from app.cases.waymark import Waymark
from app.errors import Conflict, InvalidAnswers, NotFound
from app.history import Entry
from app.identity import Actor
from app.records import CaseKeys, RecordUnreadable, decrypt, encrypt

#: case roles whose holders may set and lift a hold
MAY_HOLD = frozenset({"hr", "oh_admin", "practitioner"})
#: longest reason, in characters
REASON_LENGTH = 2000
#: the class under which a reason is kept, because everybody who may set a hold may read it; where that was erased, the
#: next that was not
REASON_CLASSES = ("employer", "restricted", "clinical", "public")


class AlreadyLifted(Conflict):
    """This hold has been lifted already."""


def set_hold(
    waymark: Waymark, actor: Actor, reference: str, reason: str, now: datetime, *, whole_person: bool = False
) -> str:
    """Hold a case, or everything about its employee; the hold's id. Raises `NotFound`, `InvalidAnswers`.

    The reason is sealed and not in the history: it is for those who may set holds, not for the employee.
    """
    if not reason.strip():
        raise InvalidAnswers({"reason": "Enter why this must be kept"})
    if len(reason) > REASON_LENGTH:
        raise InvalidAnswers({"reason": f"Reason must be {REASON_LENGTH:,} characters or fewer"})
    with db.transaction(waymark.engine) as connection:
        case_id = connection.execute(sa.select(case.c.id).where(case.c.reference == reference.strip())).scalar()
        if case_id is None:
            raise NotFound("There is no such case of yours.")
        held = lock(connection, case_id)
        if not may_hold(connection, actor, held.row):
            raise NotFound("There is no such case of yours.")
        if whole_person and about_nobody(held.row.subject_id):
            raise InvalidAnswers({"covers": "This case is about nobody. Choose “This case”"})
        hold_id = str(uuid4())
        keys = held.keys(connection, waymark.master_key, now)
        connection.execute(
            hold.insert(),
            {
                "id": hold_id,
                "case_id": case_id,
                "subject_id": held.row.subject_id,
                "whole_person": whole_person,
                "reason": encrypt(_key(keys), reason.strip().encode(), f"hold/{hold_id}".encode()),
                "set_by": actor.person_id,
                "set_at": now,
            },
        )
        entry = Entry("command.hold", {"hold": hold_id, "whole_person": whole_person, "rules": ["XX-3"]})
        tell(connection, held.row, [entry], actor, now)
    return hold_id


def lift_hold(waymark: Waymark, actor: Actor, hold_id: str, now: datetime) -> None:
    """End a hold. What it kept goes at its next night, if it was announced for long enough. Raises `NotFound`,
    `AlreadyLifted`."""
    with db.transaction(waymark.engine) as connection:
        case_id = connection.execute(sa.select(hold.c.case_id).where(hold.c.id == hold_id)).scalar()
        if case_id is None:
            raise NotFound
        row = lock_row(connection, case_id)
        if not may_hold(connection, actor, row):
            raise NotFound
        lifted = hold.update().where(hold.c.id == hold_id, hold.c.lifted_at.is_(None))
        if not connection.execute(lifted.values(lifted_at=now, lifted_by=actor.person_id)).rowcount:
            raise AlreadyLifted
        tell(connection, row, [Entry("command.lift_hold", {"hold": hold_id, "rules": ["XX-3"]})], actor, now)


def _key(keys: CaseKeys) -> bytes:
    """Raises `RecordUnreadable` when nothing is left that could be held."""
    return keys.data_key(next((cls for cls in REASON_CLASSES if keys.readable(cls)), REASON_CLASSES[0]))


def reason_of(keys: CaseKeys, row: sa.Row[Any]) -> str:
    """Why a hold was set; "" when that was erased, after the hold was lifted."""
    for cls in REASON_CLASSES:
        try:
            return decrypt(keys.data_key(cls), row.reason, f"hold/{row.id}".encode()).decode()
        except RecordUnreadable:
            continue
    return ""


def may_hold(connection: sa.Connection, actor: Actor, row: Any) -> bool:
    """Who has a part in the case in one of these roles, and human resources of the employer, whose duty it is."""
    if actor.person_id == row.subject_id:
        return False
    return actor.has("hr", row.employer_id) or bool(standing(connection, actor, row).roles & MAY_HOLD)


def standing_holds(connection: sa.Connection, row: Any) -> list[sa.Row[Any]]:
    """The holds that keep a case now. `row`: `id` and `subject_id` of the case."""
    covers = sa.or_(hold.c.case_id == row.id, sa.and_(hold.c.subject_id == row.subject_id, hold.c.whole_person))
    return list(connection.execute(sa.select(hold).where(covers, hold.c.lifted_at.is_(None)).order_by(hold.c.set_at)))
