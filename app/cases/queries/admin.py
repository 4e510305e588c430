"""For administrators: people, incidents, deployments. Nothing that a case contains."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app import db, definitions, engine, privacy
from app.cases.tables import case, incident
from app.cases.veil import Veil
from app.cases.views import DeploymentView, IncidentView, PersonView
from app.cases.waymark import Waymark
from app.definitions.sources import hidden, sources
from app.engine import Bundle
from app.errors import NotFound
from app.identity import Actor
from app.identity.people import list_users, persons
from app.identity.roles import MEMBERSHIPS


def people(waymark: Waymark, actor: Actor) -> list[PersonView]:
    """Everybody with an account, by name. `NotFound` unless the actor is an administrator."""
    _require_administrator(actor)
    with db.reading(waymark.engine) as connection:
        users = list_users(connection)
        found = persons(connection, {user.person_id for user in users})
    views = [
        PersonView(
            user.person_id,
            user.name,
            user.username,
            found[user.person_id].email,
            user.org_name,
            [MEMBERSHIPS[role] for _org, role in user.roles],
            user.active,
        )
        for user in users
    ]
    return sorted(views, key=lambda view: (view.organisation, view.name))


def incidents(waymark: Waymark, actor: Actor) -> list[IncidentView]:
    """What failed: parked first, then what is still tried again, then what was resolved last."""
    _require_administrator(actor)
    rank = sa.case((incident.c.state == "parked", 0), (incident.c.state == "retrying", 1), else_=2)
    query = (
        sa.select(incident, case.c.reference, case.c.process_name, case.c.definition_sha)
        .join(case, case.c.id == incident.c.case_id)
        .order_by(rank, incident.c.opened_at.desc())
        .limit(200)
    )
    with db.reading(waymark.engine) as connection:
        return [_incident(connection, row) for row in connection.execute(query).all()]


def _incident(connection: sa.Connection, row: sa.Row[Any]) -> IncidentView:
    element, detail = _told(definitions.get(connection, row.definition_sha), row)
    return IncidentView(
        row.id,
        row.case_id,
        row.reference,
        row.process_name,
        element,
        detail,
        row.opened_at,
        row.attempts,
        row.next_try_at,
        row.state,
        row.message_id is not None,
    )


def _told(bundle: Bundle, row: sa.Row[Any]) -> tuple[str, str]:
    """Name and sentence. Who looks after the machine sees nothing that a case contains: a step that not everybody may
    know of is told as the step around it, and what a hidden fact did wrong without the fact."""
    veil = Veil(engine.describe(engine.load(bundle)))
    step = veil.around(row.process, row.element_id)
    found = sources(bundle)
    kept = hidden([found], privacy.EVERYBODY, veil.shows)
    if step is None and not kept & found.set_by((row.process, row.element_id)):
        return row.element_name or row.element_id, row.detail
    return (
        step or row.element_name or row.element_id,
        "A step could not be carried out. What it is about is hidden here.",
    )


def deployments(waymark: Waymark, actor: Actor) -> list[DeploymentView]:
    """Every deployed version, with the number of cases that run on it."""
    if not (actor.has("administrator") or actor.has("process_owner")):
        raise NotFound
    with db.reading(waymark.engine) as connection:
        running: dict[tuple[str, int], int] = {
            (key, version): count
            for key, version, count in connection.execute(
                sa.select(case.c.process_key, case.c.definition_version, sa.func.count())
                .where(case.c.status == "running")
                .group_by(case.c.process_key, case.c.definition_version)
            )
        }
        found = definitions.list_deployments(connection)
        names = persons(connection, {one.deployed_by for one in found})
    return [
        DeploymentView(
            one.key,
            one.name,
            one.version,
            one.deployed_at,
            names[one.deployed_by].name if one.deployed_by in names else "Waymark",
            one.reason,
            running.get((one.key, one.version), 0),
        )
        for one in found
    ]


def _require_administrator(actor: Actor) -> None:
    if not actor.has("administrator"):
        raise NotFound
