"""A case that follows another one: what it needs of that one, and what of its facts it begins with.

Both look at the case before as the starter sees it, so that neither tells them more than they may know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.cases.newcase import Place
from app.cases.queries.sight import Sight, see
from app.engine import Beginning
from app.errors import Conflict
from app.expressions import Environment, ExpressionError, parse
from app.identity import Actor
from app.workdays import Calendar

#: where the diagram has no sentence of its own
_NEEDS = "This cannot be started from that case yet."
#: what is carried over is what the employer side may know
_EMPLOYER = frozenset({"hr"})


class NotReady(Conflict):
    """This cannot be started from that case yet."""


def before(connection: sa.Connection, actor: Actor, place: Place) -> Sight | None:
    """The case before as the actor sees it; None where there is none."""
    return None if place.previous is None else see(connection, actor, place.previous.id)


def refusal(begins: Beginning, sight: Sight | None, now: datetime) -> str:
    """Why the case before does not allow it, in the diagram's words (`needsText`); "" where it does."""
    if sight is None or not begins.needs:
        return ""
    env = Environment(now=now, calendar=Calendar.from_dict(sight.row.calendar))
    try:
        allowed = parse(begins.needs).evaluate(sight.facts.shown(sight.row.facts), env) is True
    except ExpressionError:
        allowed = False
    return "" if allowed else begins.needs_text or _NEEDS


def require_ready(begins: Beginning, sight: Sight | None, now: datetime) -> None:
    """Raises `NotReady`."""
    said = refusal(begins, sight, now)
    if said:
        raise NotReady(said)


def carried_facts(begins: Beginning, sight: Sight | None) -> Mapping[str, Any]:
    """The facts named in `carry`, as far as both the starter and the employer side may know them: in the new case they
    count as of the class employer."""
    if sight is None or not begins.carry:
        return {}
    public = replace(sight, viewer=replace(sight.viewer, roles=_EMPLOYER, subject=False, emergency=False), over=None)
    known = sight.facts.shown(sight.row.facts, begins.carry)
    return public.facts.shown(known)


def given_facts(key: str, begins: Beginning, place: Place, sight: Sight | None) -> dict[str, Any]:
    """The facts with which a case of the process `key` begins before anybody answers; its start form may read them."""
    return {**carried_facts(begins, sight), "follow_up": place.follows_same(key), **place.given}
