"""Who may do what in a case. Rights come from being a party to it, or from the team that has work in it.

A part in a case is held as long as the membership that it needs: who is practitioner no more, or has left the employer,
has the part by name only (decision 13). Memberships are read with each request.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from app.identity import ROLES, Actor
from app.identity.roles import may_hold

EMPLOYEE = "employee"
_FOR_GOOD = frozenset({EMPLOYEE, "flagger"})
#: case roles whose holders may end a case
MAY_CANCEL = frozenset({"referring_manager", "hr", "oh_admin", "specialist", "policy_owner", "sponsor"})
_OFFICE = frozenset({"practitioner", "specialist", "oh_admin"})
_EMPLOYER = frozenset({"hr", "referring_manager"})
_MANAGING = frozenset({"hr", "line_manager"})
_OWN = frozenset({EMPLOYEE})
#: role to the roles whose holders may bring somebody in, or put somebody in another's place (WW-1.3d, WW-1.3e, XX-A5)
MAY_JOIN: Mapping[str, frozenset[str]] = {
    "practitioner": _OFFICE,
    "oh_admin": frozenset({"oh_admin"}),
    "hr": _EMPLOYER,
    "line_manager": _EMPLOYER,
    "referring_manager": _EMPLOYER,
    "specialist": _OFFICE,
    "committee_member": frozenset({"hr"}),
    "district_representative": frozenset({"hr"}),
    "union_coordinator": frozenset({"hr"}),
    "union_executive": frozenset({"hr", "union_coordinator"}),
    "hearing_chair": _MANAGING,
    "appeal_manager": _MANAGING,
    "companion": _OWN,
    "representative": _OWN,
    "treating_physician": _OFFICE | _OWN,
}
#: role to the roles whose holders may take somebody out whom nobody follows. Of a role without a team none: what there
#: is to do would be left to nobody
MAY_LEAVE: Mapping[str, frozenset[str]] = {
    role: who
    for role, who in MAY_JOIN.items()
    if role not in {"line_manager", "referring_manager", "hearing_chair", "appeal_manager"}
}
#: roles that somebody may lay down themselves
MAY_GO = frozenset({"companion", "representative", "committee_member", "practitioner", "specialist", "oh_admin", "hr"})


def may_cancel(roles: frozenset[str], row: Any) -> bool:
    """A line manager ends what no referring manager has begun. `row`: columns of the cases table."""
    return bool(roles & MAY_CANCEL) or ("line_manager" in roles and not row.parties.get("referring_manager"))


def side_org(role: str, employer_id: str, provider_id: str) -> str:
    """The organisation whose people hold the role in a case."""
    return provider_id if role in ROLES and ROLES[role].side == "provider" else employer_id


def holds(actor: Actor, role: str, org_id: str) -> bool:
    """Does the actor still have what it takes to hold the role there? A case is about its employee for good, and what
    somebody flagged stays theirs, wherever they work (XX-5)."""
    return role in _FOR_GOOD or may_hold(role, actor.memberships_in(org_id))


def party_roles(actor: Actor, row: Any) -> frozenset[str]:
    """The roles in which the actor is a party to a case, of those that they may still hold. `row`: columns of the
    cases table."""
    own = (role for role, people in row.parties.items() if actor.person_id in people)
    return frozenset(role for role in own if holds(actor, role, side_org(role, row.employer_id, row.provider_id)))


def may_work(actor: Actor, task: Any) -> bool:
    """May the actor do this open task now? Theirs, or free in a queue of their team."""
    if task.assignee_id is not None:
        return bool(task.assignee_id == actor.person_id and holds(actor, task.role, task.org_id))
    return in_team(actor, task)


def teams(actor: Actor) -> frozenset[tuple[str, str]]:
    """The queues of the actor, as (organisation, role). To be an employee somewhere is no team: it opens nothing."""
    return frozenset((org, role) for org, role in actor.roles if role in ROLES and ROLES[role].kind == "team")


def in_team(actor: Actor, task: Any) -> bool:
    """Does the task stand in a queue of the actor's team, or was it taken from there?

    One that the case gave to a person never stood in a queue, so to the person's colleagues it does not exist.
    """
    queued = task.assignee_id is None or task.claimed_at is not None
    return queued and (task.org_id, task.role) in teams(actor)


def kept(actor: Actor, role: Any, org_id: Any) -> sa.ColumnElement[bool]:
    """`holds` as a condition of the database, over columns of a role and of the organisation whose people hold it."""
    able = (
        sa.and_(org_id == org, role.in_(sorted(one.id for one in ROLES.values() if one.held_by & memberships)))
        for org in sorted(actor.org_ids)
        if (memberships := actor.memberships_in(org))
    )
    return sa.or_(role.in_(sorted(_FOR_GOOD)), *able)


def may_see_task(actor: Actor, task: Any) -> bool:
    """A task is seen by the person it is given to, and by the team in whose queue it stands or stood.

    What the case gave to one person was never in a queue: a colleague in the same role has no part in it (XX-A5).
    """
    return may_work(actor, task) or in_team(actor, task)
