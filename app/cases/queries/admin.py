"""For administrators: people, incidents, deployments. Nothing that a case contains, and nothing of organisations that
they do not look after."""

from __future__ import annotations

import sqlalchemy as sa

from app import db, definitions
from app.cases.tables import case, incident
from app.cases.views import DeploymentView, IncidentView, PersonView
from app.cases.waymark import Waymark
from app.errors import NotFound
from app.identity import Actor, desk, scope
from app.identity.people import list_users, persons
from app.identity.roles import MEMBERSHIPS


def people(waymark: Waymark, actor: Actor) -> list[PersonView]:
    """Everybody with an account whom this administrator looks after, by name. `NotFound` for others."""
    _require_administrator(actor)
    with db.reading(waymark.engine) as connection:
        users = list_users(connection, desk.organisations_of(connection, actor))
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
        sa.select(incident, case.c.reference, case.c.process_name)
        .join(case, case.c.id == incident.c.case_id)
        .order_by(rank, incident.c.opened_at.desc())
        .limit(200)
    )
    with db.reading(waymark.engine) as connection:
        orgs = scope.looked_after(connection, actor, "administrator")
        return [
            IncidentView(
                row.id,
                row.case_id,
                row.reference,
                row.process_name,
                row.element_name or row.element_id,
                row.detail,
                row.opened_at,
                row.attempts,
                row.next_try_at,
                row.state,
                row.message_id is not None,
            )
            for row in connection.execute(query.where(case.c.employer_id.in_(orgs)))
        ]


def deployments(waymark: Waymark, actor: Actor) -> list[DeploymentView]:
    """Every deployed version, with the number of cases that run on it where the actor looks after them. Processes are
    the same for all; who deployed one, and in which words, is for those who look after that person."""
    if not (actor.has("administrator") or actor.has("process_owner")):
        raise NotFound
    with db.reading(waymark.engine) as connection:
        orgs = scope.looked_after(connection, actor, "administrator", "process_owner")
        running: dict[tuple[str, int], int] = {
            (key, version): count
            for key, version, count in connection.execute(
                sa.select(case.c.process_key, case.c.definition_version, sa.func.count())
                .where(case.c.status == "running", case.c.employer_id.in_(orgs))
                .group_by(case.c.process_key, case.c.definition_version)
            )
        }
        found = definitions.list_deployments(connection)
        known = persons(connection, {one.deployed_by for one in found})
    names = {one.id: one.name for one in known.values() if one.org_id in orgs}
    return [
        DeploymentView(
            one.key,
            one.name,
            one.version,
            one.deployed_at,
            names.get(one.deployed_by, "Waymark"),
            one.reason if one.deployed_by in names or one.deployed_by not in known else "",
            running.get((one.key, one.version), 0),
        )
        for one in found
    ]


def _require_administrator(actor: Actor) -> None:
    if not actor.has("administrator"):
        raise NotFound
