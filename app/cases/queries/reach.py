"""Which cases are somebody's: what `standing` says of one case, as a condition for many."""

from __future__ import annotations

import sqlalchemy as sa

from app.cases import access
from app.cases.tables import case, party, task
from app.identity import ROLES, Actor
from app.identity.roles import SHORT
from app.identity.tables import person

_PROVIDER = sorted(role.id for role in ROLES.values() if role.side == "provider")
#: words of a search that are read
WORDS = 8


def reachable(actor: Actor) -> sa.ColumnElement[bool]:
    """Of a row of the cases table: may this person look into it? The same answer as `sight.see` gives for one case.

    Asked for each case, newest first, so that a page of a long list reads no more than it shows.
    """
    me = actor.person_id
    queued = sa.or_(task.c.assignee_id.is_(None), task.c.claimed_at.isnot(None))
    queues = [
        sa.and_(
            task.c.org_id == org,
            task.c.role == role,
            queued,
            task.c.org_id.in_([case.c.employer_id, case.c.provider_id]),
        )
        for org, role in sorted(access.teams(actor))
    ]
    org = sa.case((party.c.role.in_(_PROVIDER), case.c.provider_id), else_=case.c.employer_id)
    part = sa.exists().where(
        party.c.case_id == case.c.id, party.c.person_id == me, access.kept(actor, party.c.role, org)
    )
    return sa.or_(part, sa.exists().where(task.c.case_id == case.c.id, sa.or_(sa.false(), *queues)))


def called(text: str, subject: sa.FromClause = person) -> sa.ColumnElement[bool]:
    """Every word stands in the case's reference or in the employee's name, or is short for a role that somebody has in
    the case (HMCS). Nothing else of a case can be searched."""
    return sa.and_(sa.true(), *(_fits(word, subject) for word in text.split()[:WORDS]))


def _fits(word: str, subject: sa.FromClause) -> sa.ColumnElement[bool]:
    found = [case.c.reference.icontains(word, autoescape=True), subject.c.name.icontains(word, autoescape=True)]
    role = SHORT.get(word.lower())
    if role is not None:
        found.append(sa.exists().where(party.c.case_id == case.c.id, party.c.role == role))
    return sa.or_(*found)
