"""What people see of keeping and erasing: the preview, holds, the employee's own page. References, no content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app import db
from app.cases.keeping import holds as holding
from app.cases.keeping import plan, policy
from app.cases.keeping.night import NAME, ended_cases
from app.cases.keeping.tables import erasure, hold, nightly
from app.cases.keyring import read_case_keys
from app.cases.queries.names import Names
from app.cases.subject import about_nobody
from app.cases.tables import case
from app.cases.waymark import Waymark
from app.errors import NotAllowed, NotFound
from app.identity import Actor
from app.identity.scope import looked_after
from app.identity.tables import person
from app.records import CLASSES


@dataclass(frozen=True)
class RetentionLine:
    """One erasure that is announced. `stays`: why it would not go now ("running", "held", "sealed_whole")."""

    id: str
    kind: str
    case_id: str
    reference: str
    process_name: str
    classes: tuple[str, ...]
    rule: str
    announced_at: datetime
    due_at: datetime
    stays: str | None


@dataclass(frozen=True)
class Retention:
    """The preview. `waits_for_leaving`: ended cases of which something counts from a day that nobody has entered.
    `unconfirmed`: orders that wait for a second person, as (id, since)."""

    version: str
    effective: date
    owner: str
    source: str
    notice_days: int
    lines: tuple[RetentionLine, ...]
    waits_for_leaving: int
    unconfirmed: tuple[tuple[str, datetime], ...]
    last_night: date | None


def retention(waymark: Waymark, actor: Actor | None, now: datetime) -> Retention:
    """What would go, when, and what is held. Administrators see the cases of the organisations in which they are one;
    None is the shell. References and counts, nothing of what a case contains. Raises `NotAllowed`, `BadPolicy`."""
    if actor is not None and not actor.has("administrator"):
        raise NotAllowed
    current = policy.in_force()
    with db.reading(waymark.engine) as connection:
        lines = [line for what in _announced(connection) for line in _lines(connection, what, actor)]
        orders = _unconfirmed(connection, actor)
        last = connection.execute(sa.select(nightly.c.night).where(nightly.c.name == NAME)).scalar()
    return Retention(
        current.version,
        current.effective,
        current.owner,
        current.source,
        current.notice.days,
        tuple(sorted(lines, key=lambda line: (line.due_at, line.reference))),
        sum(
            1
            for row, left in ended_cases(waymark)
            if left is None and not about_nobody(row.subject_id) and _mine(actor, row) and _by_leaving(current, row)
        ),
        tuple((row.id, row.announced_at) for row in orders),
        date.fromisoformat(last) if last else None,
    )


def _unconfirmed(connection: sa.Connection, actor: Actor | None) -> Sequence[sa.Row[Any]]:
    """The orders about people whom this administrator looks after."""
    query: sa.Select[Any] = sa.select(erasure.c.id, erasure.c.announced_at).where(erasure.c.state == "unconfirmed")
    if actor is not None:
        about = sa.select(person.c.id).where(person.c.org_id.in_(looked_after(connection, actor, "administrator")))
        query = query.where(erasure.c.person_id.in_(about))
    return connection.execute(query.order_by(erasure.c.announced_at, erasure.c.id)).all()


def _by_leaving(current: policy.Policy, row: Any) -> bool:
    periods = (current.period(row, cls) for cls in plan.present(row))
    return any(one is not None and one.since == "leaving" for one in periods)


def _announced(connection: sa.Connection) -> Sequence[sa.Row[Any]]:
    return connection.execute(sa.select(erasure).where(erasure.c.state == "waiting")).all()


def _lines(connection: sa.Connection, what: sa.Row[Any], actor: Actor | None) -> list[RetentionLine]:
    mine = case.c.id == what.case_id if what.case_id else case.c.subject_id == what.person_id
    rows = connection.execute(sa.select(case).where(mine).order_by(case.c.reference)).all()
    return [_line(connection, what, row) for row in rows if _mine(actor, row) and _left(what, row)]


def _left(what: sa.Row[Any], row: sa.Row[Any]) -> tuple[str, ...]:
    return tuple(cls for cls in plan.present(row) if cls in what.classes)


def _line(connection: sa.Connection, what: sa.Row[Any], row: sa.Row[Any]) -> RetentionLine:
    goes = _left(what, row)
    return RetentionLine(
        what.id,
        what.kind,
        row.id,
        row.reference,
        row.process_name,
        goes,
        what.rule,
        what.announced_at,
        what.due_at,
        plan.stays(connection, row),
    )


def _mine(actor: Actor | None, row: Any) -> bool:
    return actor is None or any(actor.has("administrator", org) for org in (row.employer_id, row.provider_id))


@dataclass(frozen=True)
class HoldView:
    """`reason`: "" when it can no longer be read."""

    id: str
    case_id: str
    reference: str
    process_name: str
    whole_person: bool
    reason: str
    set_by: str
    set_at: datetime
    lifted_by: str
    lifted_at: datetime | None


def holds(waymark: Waymark, actor: Actor) -> list[HoldView]:
    """The holds of cases in which this person may set one: those that stand first, then the newest."""
    with db.reading(waymark.engine) as connection:
        rows = connection.execute(sa.select(hold).order_by(hold.c.set_at.desc(), hold.c.id)).all()
        names = Names(connection)
        found = [view for row in rows if (view := _hold(waymark, connection, actor, row, names)) is not None]
    return sorted(found, key=lambda one: one.lifted_at is not None)


def _hold(
    waymark: Waymark, connection: sa.Connection, actor: Actor, row: sa.Row[Any], names: Mapping[str, str]
) -> HoldView | None:
    about = connection.execute(sa.select(case).where(case.c.id == row.case_id)).one()
    if not holding.may_hold(connection, actor, about):
        return None
    reason = holding.reason_of(read_case_keys(connection, waymark.master_key, about), row)
    return HoldView(
        row.id,
        about.id,
        about.reference,
        about.process_name,
        row.whole_person,
        reason,
        names.get(row.set_by, ""),
        row.set_at,
        names.get(row.lifted_by or "", ""),
        row.lifted_at,
    )


def hold_of(waymark: Waymark, actor: Actor, hold_id: str) -> HoldView:
    """Raises `NotFound`."""
    found = next((one for one in holds(waymark, actor) if one.id == hold_id), None)
    if found is None:
        raise NotFound
    return found


#: what a class is called to the employee themselves
MINE = {
    "public": "how the case was dealt with, such as the kind of appointment",
    "employer": "what your employer was told, such as the referral and the report",
    "restricted": "what only occupational health could see",
    "clinical": "what only your practitioner could see: their notes, and what you told them in confidence",
}


@dataclass(frozen=True)
class ErasureCase:
    """`goes`: in words, what would go. `kept`: (what, why) by the policy. `stays`: why all of it stays for now.
    `erased`: (what, under which rule, when)."""

    case_id: str
    reference: str
    process_name: str
    goes: tuple[str, ...]
    kept: tuple[tuple[str, str], ...]
    stays: str | None
    erased: tuple[tuple[str, str, datetime], ...]


@dataclass(frozen=True)
class ErasureView:
    """The employee's own page. `asked_at`, `due_at`: of the request that stands, None when there is none."""

    cases: tuple[ErasureCase, ...]
    notice_days: int
    asked_at: datetime | None
    due_at: datetime | None

    @property
    def something_goes(self) -> bool:
        return any(one.goes and one.stays is None for one in self.cases)


def my_erasure(waymark: Waymark, actor: Actor) -> ErasureView:
    """What would be erased at this person's request, what is kept and why, and what is gone already."""
    current = policy.in_force()
    with db.reading(waymark.engine) as connection:
        asked = connection.execute(
            sa.select(erasure).where(
                erasure.c.person_id == actor.person_id, erasure.c.kind == "request", erasure.c.state == "waiting"
            )
        ).first()
        found = plan.of_person(connection, actor.person_id, CLASSES, current.request_keep)
    days = current.request_notice.days
    cases = tuple(_erasure_case(one) for one in found)
    return ErasureView(cases, days, asked.announced_at if asked else None, asked.due_at if asked else None)


def _erasure_case(found: plan.CasePlan) -> ErasureCase:
    row = found.row
    gone = tuple((MINE[cls], mark["under"], datetime.fromisoformat(mark["at"])) for cls, mark in row.erased.items())
    return ErasureCase(
        row.id,
        row.reference,
        row.process_name,
        tuple(MINE[cls] for cls in found.goes),
        tuple((MINE[cls], why) for cls, why in found.kept.items()),
        found.stays,
        gone,
    )
