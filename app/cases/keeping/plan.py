"""What would go of a case or a person, what stays and why. The preview, the pages and the work itself ask here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.cases.keeping.holds import standing_holds
from app.cases.keeping.policy import Policy
from app.cases.keeping.tables import leaving
from app.cases.tables import case
from app.records import CLASSES, submission, whole

#: why a whole case stays
RUNNING, HELD, WHOLE = "running", "held", "sealed_whole"


@dataclass(frozen=True)
class CasePlan:
    """`goes`: classes that are there and may go. `kept`: class to the policy's reason for keeping it. `stays`: why all
    of it stays for now: "running", "held", or "sealed_whole" (from 0.2.0, until `waymark keys reseal` was run)."""

    row: sa.Row[Any]
    goes: tuple[str, ...]
    kept: Mapping[str, str] = field(default_factory=dict)
    stays: str | None = None


def present(row: Any) -> tuple[str, ...]:
    """The classes of a case that were not erased."""
    return tuple(cls for cls in CLASSES if cls not in row.erased)


def stays(connection: sa.Connection, row: sa.Row[Any]) -> str | None:
    """Why nothing of a case may be erased now; None when it may.

    What is sealed as a whole opens with the person's own key, which other cases may still need: taking data keys away
    would not make it unreadable.
    """
    if row.status == "running":
        return RUNNING
    if standing_holds(connection, row):
        return HELD
    return WHOLE if sealed_whole(connection, row.id) else None


def sealed_whole(connection: sa.Connection, case_id: str) -> bool:
    """Is something of this case sealed by 0.2.0, all classes in one?"""
    found = sa.select(submission.c.id).where(submission.c.case_id == case_id, whole(submission.c.sealed)).limit(1)
    return connection.execute(found).first() is not None


def of_person(
    connection: sa.Connection, person_id: str, classes: Collection[str], kept: Mapping[str, str]
) -> list[CasePlan]:
    """Every case about a person, oldest first. `kept`: classes that a request leaves, with the reason."""
    rows = connection.execute(
        sa.select(case).where(case.c.subject_id == person_id).order_by(case.c.opened_at, case.c.id)
    )
    return [_of_case(connection, row, [cls for cls in classes if cls not in kept], kept) for row in rows]


def _of_case(connection: sa.Connection, row: sa.Row[Any], classes: Iterable[str], kept: Mapping[str, str]) -> CasePlan:
    there = present(row)
    goes = tuple(cls for cls in there if cls in classes)
    left = {cls: kept[cls] for cls in there if cls in kept}
    return CasePlan(row, goes, left, stays(connection, row) if goes else None)


def ended_periods(policy: Policy, row: Any, left_on: str | None, by: datetime) -> dict[str, datetime]:
    """Classes of an ended case that are still there and whose period will have ended by then: class to when it does."""
    found = {cls: policy.goes_after(row, cls, left_on) for cls in present(row)}
    return {cls: at for cls, at in found.items() if at is not None and at <= by}


def left_on(connection: sa.Connection, person_ids: Collection[str]) -> dict[str, str]:
    """When people left: ISO dates; who is not in it has not left, as far as anybody has said."""
    rows = connection.execute(sa.select(leaving).where(leaving.c.person_id.in_(sorted(set(person_ids)))))
    return {row.person_id: row.left_on for row in rows}
