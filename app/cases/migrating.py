"""Moving running cases to another version of their process, and back (XX-4). Each case in its own transaction."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import uuid4

import sqlalchemy as sa

from app import db, definitions, engine
from app.cases import incidents, moving
from app.cases.ending import REASON_LENGTH
from app.cases.locking import lock_row
from app.cases.moving import AlreadyThere, Held, Move, Target
from app.cases.step import Told, actor_id, write
from app.cases.subject import subject_of
from app.cases.tables import case, migration, task
from app.cases.waymark import Waymark
from app.engine import MigrationRefused, Refusal, Step
from app.errors import CaseEnded, Conflict, InvalidAnswers, NotAllowed, NotFound, WaymarkError
from app.history import Head
from app.identity import Actor

log = logging.getLogger("waymark.migrating")
RULES = ["XX-4"]


class MovedOn(Conflict):
    """This case has gone on since you looked. Look at the preview again before you move it."""


class NotMoved(Conflict):
    """This case was not moved to another version, or has been moved back already."""


class GoneOn(Conflict):
    """Something has happened in this case since it was moved, so it cannot simply go back. Move it to the version that
    you want; the preview says what that does."""


@dataclass(frozen=True)
class Moved:
    """What became of one case. `outcome`: "moved", "refused" (with `refusals`), "passed" (somebody was faster, or the
    case has ended) or "failed". `why`: a sentence for all but the first."""

    case_id: str
    reference: str
    outcome: Literal["moved", "refused", "passed", "failed"]
    why: str = ""
    refusals: tuple[Refusal, ...] = ()


def migrate(
    waymark: Waymark,
    actor: Actor,
    case_id: str,
    reason: str,
    now: datetime,
    *,
    to: int | None = None,
    seen: int | None = None,
) -> int:
    """Move one case to version `to` of its process (None: the one in force). Returns that version's number.

    `seen`: the count of the case's steps that the preview showed (None: not checked). Raises `NotFound` (not an owner's
    case), `NoSuchVersion`, `CaseEnded`, `AlreadyThere`, `MovedOn`, `MigrationRefused`, `InvalidAnswers` (no reason);
    nothing is changed then.
    """
    _require_reason(reason)
    with db.transaction(waymark.engine) as connection:
        row = _owned(connection, actor, case_id)
        move = Move(connection, row, moving.target(connection, row.process_key, to), now)
        if seen is not None and seen != row.version:
            raise MovedOn
        _write(connection, move, move.step(), reason, actor, now)
        return move.to.version


def migrate_all(
    waymark: Waymark, actor: Actor, process_key: str, reason: str, now: datetime, *, to: int | None = None
) -> Iterator[Moved]:
    """Move every running case of a process that the actor owns, one transaction each; what became of each, as it comes.

    A case that cannot be moved holds up no other. Broken off and called again, it goes on with those that are left.
    """
    _require_reason(reason)
    if not actor.has("process_owner"):
        raise NotAllowed("Only process owners move cases.")
    with db.reading(waymark.engine) as connection:
        wanted = moving.target(connection, process_key, to)
        case_ids = moving.cases_of(connection, actor, process_key, wanted.sha256)
    for case_id in case_ids:
        yield _one(waymark, actor, case_id, reason, now, wanted)


def migrate_these(
    waymark: Waymark,
    actor: Actor,
    process_key: str,
    seen: Mapping[str, int],
    reason: str,
    now: datetime,
    *,
    to: int | None = None,
) -> Iterator[Moved]:
    """Move the cases whose preview somebody looked at, one transaction each; what became of each, as it comes.

    `seen`: case id to the count of its steps that the preview showed; a case that has gone on since stays, and is told.
    Ids of cases that are not the actor's, or of another process, are passed over without a word."""
    _require_reason(reason)
    if not actor.has("process_owner"):
        raise NotAllowed("Only process owners move cases.")
    with db.reading(waymark.engine) as connection:
        wanted = moving.target(connection, process_key, to)
        chosen = sa.and_(case.c.id.in_(sorted(seen)), case.c.process_key == process_key)
        rows = connection.execute(sa.select(case).where(chosen).order_by(case.c.reference)).all()
    for case_id in [row.id for row in rows if moving.may_move(actor, row)]:
        yield _one(waymark, actor, case_id, reason, now, wanted, seen[case_id])


def _one(
    waymark: Waymark, actor: Actor, case_id: str, reason: str, now: datetime, to: Target, seen: int | None = None
) -> Moved:
    with db.reading(waymark.engine) as connection:
        reference = connection.execute(sa.select(case.c.reference).where(case.c.id == case_id)).scalar_one()
    try:
        migrate(waymark, actor, case_id, reason, now, to=to.version, seen=seen)
    except MigrationRefused as refused:
        return Moved(case_id, reference, "refused", refused.detail, refused.refusals)
    except (AlreadyThere, CaseEnded, MovedOn, NotFound) as passed:
        return Moved(case_id, reference, "passed", passed.detail)
    except (WaymarkError, sa.exc.DBAPIError) as error:
        if isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated:
            raise
        log.warning("moving failed", extra={"case": case_id, "error": type(error).__name__})
        return Moved(case_id, reference, "failed", incidents.in_words(error))
    return Moved(case_id, reference, "moved")


def migrate_back(waymark: Waymark, actor: Actor, case_id: str, reason: str, now: datetime) -> int:
    """Undo the last move of a case: the very state that it had, its clocks included, as long as nothing has happened
    since. What people have taken or written meanwhile stays theirs. Returns the version's number.

    Raises `NotFound`, `CaseEnded`, `NotMoved`, `GoneOn`, `InvalidAnswers`; nothing is changed then."""
    _require_reason(reason)
    with db.transaction(waymark.engine) as connection:
        row = _owned(connection, actor, case_id)
        last = _last_move(connection, row)
        _write_back(connection, row, last, reason, actor, now)
        return int(last.from_version)


def _last_move(connection: sa.Connection, row: sa.Row[Any]) -> sa.Row[Any]:
    """The move that brought the case where it is, if nothing has happened since."""
    query = sa.select(migration).where(migration.c.case_id == row.id).order_by(migration.c.case_version.desc()).limit(1)
    last = connection.execute(query).first()
    if last is None or last.undone_at is not None:
        raise NotMoved
    if row.status != "running":
        raise CaseEnded
    if row.version != last.case_version:
        raise GoneOn
    return last


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidAnswers({"reason": "Enter the reason for moving cases"}, "Enter the reason for moving cases.")
    if len(reason) > REASON_LENGTH:
        raise InvalidAnswers({"reason": f"Reason must be {REASON_LENGTH:,} characters or fewer"})


def _owned(connection: sa.Connection, actor: Actor, case_id: str) -> sa.Row[Any]:
    """The case, locked, if the actor may move it. Its definition need not be readable: it may be what is broken."""
    if not actor.has("process_owner"):
        raise NotFound
    row = lock_row(connection, case_id)
    if not moving.may_move(actor, row):
        raise NotFound
    return row


def _write(connection: sa.Connection, move: Move, step: Step, reason: str, actor: Actor, now: datetime) -> None:
    row, to = move.row, move.to
    anew = moving.asks_anew(step, move.held, move.old, to.definition)
    changes = [
        {"kind": one.kind, "process": one.process, "element": one.element, "what": one.sentence, "names": one.names}
        for one in move.plan.changes
    ]
    data = {
        "from_definition": row.definition_sha,
        "from_version": row.definition_version,
        "to_version": to.version,
        "reason": reason,
        "changes": changes,
        "rules": RULES,
    }
    batch = db.Batch()
    _rows(batch, connection, row, to, step, Told("migrate", data, parties=row.parties), actor, now)
    batch.update(task, ["id"], moving.task_rows(move.held, step, row, bump=anew))
    batch.insert(
        migration,
        [
            {
                "id": str(uuid4()),
                "case_id": row.id,
                "from_sha": row.definition_sha,
                "from_version": row.definition_version,
                "to_sha": to.sha256,
                "to_version": to.version,
                "state": row.state,
                "holders": _holders(move.held, step),
                "case_version": row.version + 1,
                "reason": reason,
                "actor_id": actor_id(actor),
                "at": now,
            }
        ],
    )
    batch.run(connection)


def _holders(held: Mapping[str, Held], step: Step) -> dict[str, list[Any]]:
    """Who had the tasks whose role is another now."""
    lost = [held[new.id].row for new in step.tasks if held[new.id].row.role != new.role]
    return {
        row.id: [row.role, row.assignee_id, row.org_id, row.claimed_at.isoformat() if row.claimed_at else None]
        for row in lost
    }


def _write_back(
    connection: sa.Connection, row: sa.Row[Any], last: sa.Row[Any], reason: str, actor: Actor, now: datetime
) -> None:
    bundle = definitions.get(connection, last.from_sha)
    old, new = engine.load(bundle), engine.load(definitions.get(connection, row.definition_sha))
    to = Target(row.process_key, last.from_version, last.from_sha, old.outline.name, old)
    step, held = engine.restore(old, last.state, now), moving.held(connection, row.id)
    if any(moving.given_away(held[one.id], one) for one in step.tasks):
        raise GoneOn("Somebody of another role has begun to write since this case was moved. Let them finish first.")
    data = {
        "from_definition": row.definition_sha,
        "from_version": row.definition_version,
        "to_version": last.from_version,
        "reason": reason,
        "rules": RULES,
    }
    batch = db.Batch()
    _rows(batch, connection, row, to, step, Told("migrate_back", data, parties=row.parties), actor, now)
    tasks = moving.task_rows(held, step, row, bump=moving.asks_anew(step, held, new, old))
    batch.update(task, ["id"], [_given_back(one, last.holders.get(one["id"])) for one in tasks])
    batch.update(migration, ["id"], [{"id": last.id, "undone_at": now}])
    batch.run(connection)


def _given_back(row: dict[str, Any], holder: list[Any] | None) -> dict[str, Any]:
    """A task that the move took from somebody goes back to them."""
    if holder is None:
        return row
    _role, person, org, claimed = holder
    return {
        **row,
        "assignee_id": person,
        "org_id": org,
        "claimed_at": datetime.fromisoformat(claimed) if claimed else None,
    }


def _rows(
    batch: db.Batch,
    connection: sa.Connection,
    row: sa.Row[Any],
    to: Target,
    step: Step,
    told: Told,
    actor: Actor,
    now: datetime,
) -> None:
    """The case's row, its timers, incidents and history, as for any other step; from then on it runs on `to`."""
    subject = replace(subject_of(row), definition_sha=to.sha256)
    # a timer that runs on may have another name or kind: all are written again
    before = {**row.open, "timers": dict.fromkeys(row.open["timers"], "")}
    if paused := row.open.get("paused"):
        before["paused"] = {**paused, "timers": dict.fromkeys(paused["timers"], "")}
    head = Head(row.history_seq, row.history_hash)
    values = write(batch, connection, subject, before, head, step, told, actor, now)
    earlier = [sha for sha in [*row.earlier_shas, row.definition_sha] if sha != to.sha256]
    version = {
        "id": row.id,
        "version": row.version + 1,
        "process_name": to.name,
        "definition_sha": to.sha256,
        "definition_version": to.version,
        "earlier_shas": list(dict.fromkeys(earlier)),
    }
    batch.update(case, ["id"], [{**version, **values}], strict=True)
    if row.failures:
        incidents.resolve(connection, row.id, actor_id(actor), now)
