"""What moving cases to another version would do, for those who own the process: references and steps, nothing that a
case contains (XX-1, XX-4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app import db
from app.cases import moving
from app.cases.moving import AlreadyThere, Move, Target
from app.cases.tables import case, migration
from app.cases.waymark import Waymark
from app.engine import Change, Refusal
from app.errors import CaseEnded, NotFound
from app.identity import Actor


@dataclass(frozen=True)
class MovePreview:
    """One case. `seen`: the count of its steps, to be sent along when it is moved. What would tell where the case
    stands is veiled."""

    case_id: str
    reference: str
    process_name: str
    from_version: int
    to_version: int
    seen: int
    possible: bool
    changes: list[Change]
    refusals: list[Refusal]


@dataclass(frozen=True)
class Undoable:
    """A case that was moved and in which nothing has happened since: it can go back as it was."""

    case_id: str
    reference: str
    from_version: int
    to_version: int
    at: datetime
    reason: str


def undoable(
    waymark: Waymark, actor: Actor, process_key: str, case_id: str | None = None, limit: int = 50
) -> list[Undoable]:
    """Cases of a process that the actor owns and could move back, those moved last first; of one case only with
    `case_id`. Raises `NotFound` for others than process owners."""
    if not actor.has("process_owner"):
        raise NotFound
    orgs = [org for org, role in actor.roles if role == "process_owner"]
    query = (
        sa.select(migration, case.c.reference)
        .join(case, sa.and_(case.c.id == migration.c.case_id, case.c.version == migration.c.case_version))
        .where(
            case.c.process_key == process_key,
            case.c.status == "running",
            migration.c.undone_at.is_(None),
            sa.or_(case.c.employer_id.in_(orgs), case.c.provider_id.in_(orgs)),
            *([case.c.id == case_id] if case_id is not None else []),
        )
        .order_by(migration.c.at.desc(), case.c.reference)
        .limit(limit)
    )
    with db.reading(waymark.engine) as connection:
        rows = connection.execute(query).all()
    return [Undoable(row.case_id, row.reference, row.from_version, row.to_version, row.at, row.reason) for row in rows]


def left_to_move(waymark: Waymark, actor: Actor, process_key: str, to: int | None = None) -> int:
    """How many running cases of a process that the actor owns are on another version. Raises `NoSuchVersion`."""
    with db.reading(waymark.engine) as connection:
        return len(moving.cases_of(connection, actor, process_key, moving.target(connection, process_key, to).sha256))


def move(
    waymark: Waymark,
    actor: Actor,
    case_id: str,
    now: datetime,
    to: int | None = None,
    *,
    process_key: str | None = None,
) -> MovePreview:
    """The preview for one case. `process_key`: of which process it must be. Raises `NotFound` (not an owner's case),
    `NoSuchVersion`, `CaseEnded`, `AlreadyThere`."""
    with db.reading(waymark.engine) as connection:
        row = connection.execute(sa.select(case).where(case.c.id == case_id)).first()
        if row is None or not moving.may_move(actor, row) or process_key not in (None, row.process_key):
            raise NotFound
        return _preview(Move(connection, row, moving.target(connection, row.process_key, to), now))


def moves(
    waymark: Waymark, actor: Actor, process_key: str, now: datetime, to: int | None = None, after: str = ""
) -> Iterator[MovePreview]:
    """The preview for every running case of a process that the actor owns and that is on another version, one by one,
    by reference, those behind the reference `after`.

    Raises `NotFound` for others than process owners, `NoSuchVersion`."""
    if not actor.has("process_owner"):
        raise NotFound
    with db.reading(waymark.engine) as connection:
        wanted = moving.target(connection, process_key, to)
        case_ids = moving.cases_of(connection, actor, process_key, wanted.sha256, after)
    for case_id in case_ids:
        found = _still(waymark, case_id, wanted, now)
        if found is not None:
            yield found


def case_called(waymark: Waymark, actor: Actor, process_key: str, reference: str) -> str:
    """Id of the case of that process with this reference. `NotFound` unless the actor may move it."""
    with db.reading(waymark.engine) as connection:
        row = connection.execute(sa.select(case).where(case.c.reference == reference)).first()
    if row is None or row.process_key != process_key or not moving.may_move(actor, row):
        raise NotFound(f"There is no case {reference} that you may move.")
    return str(row.id)


def _still(waymark: Waymark, case_id: str, to: Target, now: datetime) -> MovePreview | None:
    """None for a case that has ended or was moved meanwhile."""
    with db.reading(waymark.engine) as connection:
        row = connection.execute(sa.select(case).where(case.c.id == case_id)).one()
        try:
            return _preview(Move(connection, row, to, now))
        except (AlreadyThere, CaseEnded):
            return None


def _preview(found: Move) -> MovePreview:
    row, plan = found.row, found.plan
    return MovePreview(
        row.id,
        row.reference,
        row.process_name,
        row.definition_version,
        found.to.version,
        row.version,
        plan.possible,
        found.veil.changes(plan),
        found.veil.refusals(plan),
    )
