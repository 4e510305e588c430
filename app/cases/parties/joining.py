"""Joining a case and leaving it, each a command with a reason (WW-1.3d, WW-1.3e, XX-A5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app import db
from app.cases import access
from app.cases.assignment import with_parties, without
from app.cases.consenting import keep_reason
from app.cases.locking import lock
from app.cases.noting import as_step, note
from app.cases.parties import people, reasons, rows
from app.cases.parties.conflict import NotImpartial
from app.cases.parties.handing import Change, hand_over
from app.cases.standing import Standing, standing
from app.cases.step import actor_id
from app.cases.waymark import Waymark
from app.errors import Conflict, NotAllowed, NotFound
from app.history import Entry
from app.identity import ROLES, Actor
from app.identity.roles import acts_for_organisation

#: rules that a change of the role carries out
RULES: Mapping[str, list[str]] = {
    "practitioner": ["XX-A5", "WW-1.3e"],
    "companion": ["WW-1.3d"],
    "representative": ["WW-1.3d"],
}


class MayNotChangePeople(NotAllowed):
    """You may not decide who has this part in the case."""


class NobodyFollows(NotAllowed):
    """There has to be somebody in this part of the case. Name who follows instead."""


class AlreadyInCase(Conflict):
    """This person has this part in the case already."""


class NotInCase(Conflict):
    """This person does not have this part in the case any more."""


class OnBothSides(NotAllowed):
    """Nobody is with the employee and acts for an organisation in the same case. Choose somebody else."""


def join(
    waymark: Waymark,
    actor: Actor,
    case_id: str,
    role: str,
    person_id: str,
    reason: str,
    now: datetime,
    why: str = "other",
) -> None:
    """Bring somebody into a case; in a role for one person they follow the one before. `why`: see `reasons.WHY`;
    `reason`: words, sealed like an answer.

    Raises `NotFound`, `CaseEnded`, `MayNotChangePeople`, `InvalidAnswers` (person, why, reason), `AlreadyInCase`,
    `NotImpartial`, `OnBothSides`.
    """
    reasons.require(why, reason, role, joining=True)
    with db.transaction(waymark.engine) as connection:
        held = lock(connection, case_id)
        if role not in may_join(known(connection, actor, held.row)):
            raise MayNotChangePeople
        held.require_running()
        _require_person(connection, held.row, role, person_id)
        change = Change(held, with_parties(held.parties, {role: person_id}), why)
        _write(connection, waymark, change, "join", role, person_id, reason, actor, now)


def leave(
    waymark: Waymark,
    actor: Actor,
    case_id: str,
    role: str,
    person_id: str,
    reason: str,
    now: datetime,
    why: str = "other",
) -> None:
    """Take somebody out of a case. They see it no more; their open tasks go to the queue.

    Raises `NotFound`, `MayNotChangePeople`, `NobodyFollows`, `InvalidAnswers` (why, reason), `NotInCase`.
    """
    reasons.require(why, reason, role, joining=False)
    with db.transaction(waymark.engine) as connection:
        held = lock(connection, case_id)
        how = known(connection, actor, held.row)
        if role in access.MAY_JOIN and role not in access.MAY_LEAVE:
            raise NobodyFollows
        if role not in may_leave(how) and not (person_id == actor.person_id and role in how.parties & access.MAY_GO):
            raise MayNotChangePeople
        if person_id not in held.parties.get(role, ()):
            raise NotInCase
        change = Change(held, without(held.parties, role, person_id), why)
        _write(connection, waymark, change, "leave", role, person_id, reason, actor, now)


def known(connection: sa.Connection, actor: Actor, row: Any) -> Standing:
    """How the actor stands to the case; `NotFound` for somebody who does not."""
    found = standing(connection, actor, row)
    if not found.roles:
        raise NotFound
    return found


def may_join(how: Standing) -> list[str]:
    """Roles into which somebody of this standing may bring people."""
    return [role for role, who in access.MAY_JOIN.items() if who & how.acting and ROLES[role].kind != "contact"]


def may_leave(how: Standing) -> list[str]:
    return [role for role, who in access.MAY_LEAVE.items() if who & how.acting and ROLES[role].kind != "contact"]


def require_impartial(row: Any, parties: Mapping[str, Any], role: str, person_id: str) -> None:
    """`NotImpartial` where somebody would act in their own case, `OnBothSides` where they are with the employee."""
    if not acts_for_organisation(role) and role != access.EMPLOYEE and person_id == row.subject_id:
        raise NotImpartial("This case is about them, so they are in it already.")
    if acts_for_organisation(role) and person_id == row.subject_id:
        raise NotImpartial("This case is about this person, so they cannot act in it for an organisation.")
    sides = {acts_for_organisation(one) for one, who in parties.items() if person_id in who and one != access.EMPLOYEE}
    if sides - {acts_for_organisation(role)} and role != access.EMPLOYEE:
        raise OnBothSides


def _require_person(connection: sa.Connection, row: Any, role: str, person_id: str) -> None:
    people.require_choice(connection, person_id, role, access.side_org(role, row.employer_id, row.provider_id))
    if person_id in row.parties.get(role, ()):
        raise AlreadyInCase
    require_impartial(row, row.parties, role, person_id)


def _write(
    connection: sa.Connection,
    waymark: Waymark,
    change: Change,
    command: str,
    role: str,
    person_id: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    held, batch = change.held, db.Batch()
    commitments = keep_reason(batch, connection, waymark, held, reason, actor, now)
    rows.write(batch, connection, held.id, change.parties, actor_id(actor), now, change.why)
    batch.run(connection)
    hand_over(connection, change)
    told = {
        "role": role,
        "person": person_id,
        "replaced": [person for _role, person in change.parties.left if person != person_id],
        "why": change.why,
        "rules": RULES.get(role, []),
        "commitments": commitments,
        **as_step(held),
    }
    columns = {"parties": change.parties.now, "version": held.row.version + 1, "changed_at": now}
    note(connection, held, [Entry(f"command.{command}", told)], actor_id(actor), now, **columns)
