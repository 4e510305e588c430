"""Erasure that somebody asks for: the person themselves (UK GDPR Article 17), or two people for them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from app import db, outbox
from app.cases.keeping import plan, policy
from app.cases.keeping.tables import erasure, leaving
from app.cases.tables import task
from app.cases.waymark import Waymark
from app.errors import Conflict, InvalidAnswers, NotAllowed, NotFound
from app.identity import Actor, person_ids_of_team
from app.identity.people import persons, provider_of
from app.identity.scope import looked_after
from app.records import CLASSES

#: key of the notice, in processes/keeping/notices.toml
ASKED = "erasure-asked"
_OPEN = ("unconfirmed", "waiting")


class AlreadyAsked(Conflict):
    """You have asked for this already. It stands, and you can see on this page when it is carried out."""


class NothingAsked(Conflict):
    """There is no request to take back: it has been carried out or taken back already."""


def ask_erasure(waymark: Waymark, actor: Actor, now: datetime) -> str:
    """The employee asks that what is held about them be erased; the request's id. Nothing goes before the policy's
    notice has passed, in which the responsible people may set a hold. Raises `AlreadyAsked`."""
    current = policy.in_force()
    with db.transaction(waymark.engine) as connection:
        if _standing(connection, actor.person_id, ("request",)) is not None:
            raise AlreadyAsked
        row = _row("request", actor.person_id, current, current.request_rule, now)
        row |= {"classes": [one for one in CLASSES if one not in current.request_keep], "asked_by": actor.person_id}
        row["due_at"] = now + current.request_notice
        connection.execute(erasure.insert(), row)
        batch = db.Batch()
        outbox.put(batch, list(_notices(connection, row, current.request_keep)), now)
        batch.run(connection)
    return str(row["id"])


def take_back_erasure(waymark: Waymark, actor: Actor, now: datetime) -> None:
    """The employee takes their request back. Raises `NothingAsked`."""
    with db.transaction(waymark.engine) as connection:
        row = _standing(connection, actor.person_id, ("request",))
        if row is None:
            raise NothingAsked
        closed = erasure.update().where(erasure.c.id == row.id, erasure.c.state == "waiting")
        if not connection.execute(closed.values(state="withdrawn", closed_at=now)).rowcount:
            raise NothingAsked


def order_erasure(
    waymark: Waymark, actor: Actor, person_id: str, reason: str, now: datetime, *, name_too: bool = False
) -> str:
    """An administrator orders that everything about a person be erased, the classes that a request leaves as well; the
    order's id. It does nothing until a second person confirms it. Raises `NotAllowed`, `NotFound`, `AlreadyAsked`."""
    if not reason.strip():
        raise InvalidAnswers({"reason": "Enter the reason for the order"})
    current = policy.in_force()
    with db.transaction(waymark.engine) as connection:
        if not actor.has("administrator"):
            raise NotAllowed("Only an administrator can order an erasure.")
        found = persons(connection, [person_id]).get(person_id)
        if found is None or not _administers(connection, actor, found.org_id):
            raise NotFound("There is no such person.")
        if _standing(connection, person_id, ("order",)) is not None:
            raise AlreadyAsked
        row = _row("order", person_id, current, "an order of the controller", now)
        row |= {"classes": list(CLASSES), "asked_by": actor.person_id, "reason": reason.strip()}
        connection.execute(erasure.insert(), {**row, "name_too": name_too, "state": "unconfirmed"})
    return str(row["id"])


def confirm_erasure(waymark: Waymark, actor: Actor, order_id: str, now: datetime) -> datetime:
    """A second person confirms an order; when it is carried out. Raises `NotFound`, `NotAllowed`, `NothingAsked`."""
    current = policy.in_force()
    with db.transaction(waymark.engine) as connection:
        row = connection.execute(sa.select(erasure).where(erasure.c.id == order_id, erasure.c.kind == "order")).first()
        if row is None:
            raise NotFound("There is no such order.")
        if actor.person_id in {row.asked_by, row.person_id} or not _may_confirm(connection, actor, row.person_id):
            raise NotAllowed(
                "A second person has to confirm it: another administrator, human resources of the employer, or "
                "an occupational health administrator of the provider."
            )
        due = now + current.request_notice
        said = erasure.update().where(erasure.c.id == order_id, erasure.c.state == "unconfirmed")
        values = {"state": "waiting", "confirmed_by": actor.person_id, "announced_at": now, "due_at": due}
        if not connection.execute(said.values(values)).rowcount:
            raise NothingAsked("This order has been confirmed or closed already.")
        batch = db.Batch()
        told = {"id": order_id, "person_id": row.person_id, "classes": row.classes, "due_at": due}
        outbox.put(batch, list(_notices(connection, told, {})), now)
        batch.run(connection)
    return due


def stop_order(waymark: Waymark, actor: Actor, order_id: str, now: datetime) -> None:
    """Whoever may order or confirm an erasure may stop it before it is carried out."""
    with db.transaction(waymark.engine) as connection:
        row = connection.execute(sa.select(erasure).where(erasure.c.id == order_id, erasure.c.kind == "order")).first()
        if row is None or not _may_confirm(connection, actor, row.person_id):
            raise NotFound("There is no such order.")
        closed = erasure.update().where(erasure.c.id == order_id, erasure.c.state.in_(_OPEN))
        if not connection.execute(closed.values(state="withdrawn", closed_at=now)).rowcount:
            raise NothingAsked("This order is over.")


def set_leaving(waymark: Waymark, actor: Actor, person_id: str, left_on: str | None, now: datetime) -> None:
    """Enter the day on which a person left (ISO date), None for one who has come back. Administrators and human
    resources of the employer may. Raises `NotFound`, `InvalidAnswers`."""
    with db.transaction(waymark.engine) as connection:
        found = persons(connection, [person_id]).get(person_id)
        if found is None or not (_administers(connection, actor, found.org_id) or actor.has("hr", found.org_id)):
            raise NotFound("There is no such person.")
        connection.execute(leaving.delete().where(leaving.c.person_id == person_id))
        if left_on is not None:
            try:
                day = datetime.fromisoformat(left_on).date().isoformat()
            except ValueError:
                raise InvalidAnswers({"left_on": "Enter a date, such as 2026-03-31"}) from None
            row = {"person_id": person_id, "left_on": day, "entered_by": actor.person_id, "entered_at": now}
            connection.execute(leaving.insert(), row)


def _row(kind: str, person_id: str, current: policy.Policy, rule: str, now: datetime) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "kind": kind,
        "person_id": person_id,
        "rule": rule,
        "policy": current.version,
        "name_too": False,
        "announced_at": now,
        "due_at": now + current.request_notice,
        "state": "waiting",
    }


def _standing(connection: sa.Connection, person_id: str, kinds: Collection[str]) -> sa.Row[Any] | None:
    """The person's own row is held, so that two clicks make one request."""
    asked = sa.select(erasure).where(
        erasure.c.person_id == person_id, erasure.c.kind.in_(kinds), erasure.c.state.in_(_OPEN)
    )
    return connection.execute(asked.with_for_update()).first()


def _may_confirm(connection: sa.Connection, actor: Actor, person_id: str) -> bool:
    org = persons(connection, [person_id])[person_id].org_id
    provider = provider_of(connection, org)
    team = actor.has("hr", org) or bool(provider and actor.has("oh_admin", provider))
    return team or _administers(connection, actor, org)


def _administers(connection: sa.Connection, actor: Actor, org_id: str) -> bool:
    """To an administrator the people of other employers do not exist."""
    return org_id in looked_after(connection, actor, "administrator")


def _notices(connection: sa.Connection, row: Mapping[str, Any], kept: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """To those who could set a hold, for each case of which something would go. No name, no reason, no health data."""
    for found in plan.of_person(connection, row["person_id"], row["classes"], kept):
        if not found.goes:
            continue
        for person in sorted(_responsible(connection, found.row) - {row["person_id"]}):
            yield {
                "case_id": found.row.id,
                "task_id": None,
                "recipient_id": person,
                "template": ASKED,
                "params": {"reference": found.row.reference, "due": row["due_at"].isoformat()},
            }


def _responsible(connection: sa.Connection, row: sa.Row[Any]) -> set[str]:
    """Human resources, the case's practitioner, and the provider's office once it had work in the case (XX-A2)."""
    people = {*person_ids_of_team(connection, row.employer_id, "hr"), *row.parties.get("practitioner", ())}
    worked = sa.select(task.c.id).where(task.c.case_id == row.id, task.c.org_id == row.provider_id).limit(1)
    if connection.execute(worked).first() is not None:
        people |= set(person_ids_of_team(connection, row.provider_id, "oh_admin"))
    return people
