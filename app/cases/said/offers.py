"""Which of the messages that a case waits for somebody may say.

Where an element waits several times (multi-instance), each wait is an offer of its own. Those that sit on an open task
which is this person's to do are then the only ones that they are offered: nobody declines for another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from app import engine
from app.cases import access
from app.cases.parties import conflict
from app.cases.queries.sight import Sight
from app.cases.standing import standing
from app.cases.tables import subscription, task
from app.engine import Element
from app.errors import NotFound, SaidTooLate
from app.identity.tables import person


@dataclass(frozen=True)
class Offer:
    """`wait`: its row of the subscription table, with what it sits on. `role`: in which they say it. `number`, `many`:
    which of how many at this element they are offered."""

    wait: sa.Row[Any]
    element: Element
    role: str
    barred: conflict.ConflictOfInterest | None = None
    number: int = 1
    many: int = 1


_WAITS = (
    sa.select(
        subscription,
        *(task.c[name] for name in ("assignee_id", "claimed_at", "role", "org_id")),
        person.c.name.label("holder"),
    )
    .select_from(
        subscription.outerjoin(task, sa.and_(task.c.id == subscription.c.task_id, task.c.state == "open")).outerjoin(
            person, person.c.id == task.c.assignee_id
        )
    )
    .where(subscription.c.case_id == sa.bindparam("wanted"), subscription.c.said)
    .order_by(subscription.c.process, subscription.c.element_id, subscription.c.since, subscription.c.id)
)


def offers(connection: sa.Connection, sight: Sight) -> list[Offer]:
    """Everything that the person may say in this case now, in a steady order."""
    rows = connection.execute(_WAITS, {"wanted": sight.row.id}).all()
    roles = acting(connection, sight) if rows else frozenset()
    found: list[Offer] = []
    for (process, element_id), waits in groupby(rows, key=lambda row: (row.process, row.element_id)):
        element = engine.describe(sight.definition).element(process, element_id)
        if element is not None and roles & set(element.said_by) and sight.course.shows(process, element_id):
            found += _at(connection, sight, element, roles, waits)
    return found


def none_there(connection: sa.Connection, sight: Sight, wait: str) -> NotFound | SaidTooLate:
    """Why a wait is not among the offers: it is over, for somebody whom this diagram offers something at some time; it
    is none of theirs, for anybody else, and while it is open to others."""
    roles = acting(connection, sight)
    ever = any(
        roles & set(one.said_by) and sight.course.shows(one.process, one.id)
        for process in engine.describe(sight.definition).processes
        for one in process.elements
    )
    return SaidTooLate() if ever and wait not in sight.row.open.get("subscriptions", ()) else NotFound()


def acting(connection: sa.Connection, sight: Sight) -> frozenset[str]:
    """Roles in which they may act for themselves: as the employee only who the case is about."""
    roles = standing(connection, sight.actor, sight.row).acting
    return roles if sight.viewer.subject else roles - {access.EMPLOYEE}


def _at(
    connection: sa.Connection, sight: Sight, element: Element, roles: frozenset[str], waits: Iterable[sa.Row[Any]]
) -> list[Offer]:
    role, barred = _impartial(connection, sight, element, [one for one in element.said_by if one in roles])
    all_of = list(waits)
    own = [row for row in all_of if row.org_id is not None and access.may_work(sight.actor, row)]
    offered = [Offer(row, element, role, barred) for row in (own or all_of)]
    return [replace(one, number=number, many=len(offered)) for number, one in enumerate(offered, 1)]


def _impartial(
    connection: sa.Connection, sight: Sight, element: Element, roles: list[str]
) -> tuple[str, conflict.ConflictOfInterest | None]:
    """The first of their roles in which nothing rules it out; else the first, and what does."""
    row, me = sight.row, sight.actor.person_id
    apart = conflict.apart(sight.definition).get((element.process, element.id))
    found: dict[str, conflict.ConflictOfInterest | None] = {}
    for role in roles:
        work = conflict.Work(row.id, row.subject_id, row.parties, role, apart)
        found[role] = conflict.conflicts(connection, work, {me}).get(me)
        if found[role] is None:
            return role, None
    return next(iter(found.items()))
