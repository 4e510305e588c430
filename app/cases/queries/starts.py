"""What a person may start, by itself or from a case, and the form that starts it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from app import db, definitions, engine
from app.cases.newcase import outline_of
from app.cases.options import options_for
from app.cases.queries import following
from app.cases.queries.answers import prefill
from app.cases.queries.form_views import form_view
from app.cases.queries.sight import Sight, see
from app.cases.standing import standing
from app.cases.starters import follows, may_start, of_provider, place_for
from app.cases.views import FormView, Startable
from app.cases.waymark import Waymark
from app.definitions import Deployed
from app.errors import NotFound
from app.expressions import Environment
from app.identity import Actor, calendar_of
from app.identity.people import employers_of, organisation_of


def startable(
    waymark: Waymark, actor: Actor, previous_case: str | None = None, *, now: datetime | None = None
) -> list[Startable]:
    """What the actor may start, by name: by itself, or from the case `previous_case`; then `now` must be given, and
    what that case does not allow yet says why. Raises `NotFound` for a case that is none of theirs."""
    with db.reading(waymark.engine) as connection:
        if previous_case is not None and now is not None:
            return starts_from(connection, see(connection, actor, previous_case), now)
        found = [(one, outline_of(one)) for one in definitions.current_all(connection)]
        able = [(one, outline) for one, outline in found if may_start(actor, outline)]
        if able and of_provider(connection, actor):
            able = [(one, outline) for one, outline in able if outline.beginning.about_nobody]
        return _by_name(_startable(one, outline) for one, outline in able)


def starts_from(connection: sa.Connection, sight: Sight, now: datetime) -> list[Startable]:
    """What whoever has this sight may start from the case. Nobody starts anything over another's shoulder."""
    if sight.over is not None:
        return []
    acting = standing(connection, sight.actor, sight.row).acting
    found = [(one, outline_of(one)) for one in definitions.current_all(connection)] if acting else []
    return _by_name(
        _startable(one, outline, following.refusal(outline.beginning, sight, now))
        for one, outline in found
        if follows(outline, sight.row, acting)
    )


def _startable(one: Deployed, outline: engine.Outline, barred_by: str = "") -> Startable:
    begins = outline.beginning
    about = "nobody" if begins.about_nobody else "yourself" if begins.own_case else "employee"
    return Startable(one.key, one.name, outline.documentation, outline.start_form or "", one.version, about, barred_by)


def _by_name(found: Iterable[Startable]) -> list[Startable]:
    return sorted(found, key=lambda one: (one.name.casefold(), one.key))


def deployed_keys(waymark: Waymark) -> frozenset[str]:
    """Keys of the processes in force."""
    with db.reading(waymark.engine) as connection:
        return frozenset(one.key for one in definitions.current_all(connection))


def starters(waymark: Waymark) -> frozenset[str]:
    """Memberships that may start any of the processes in force by itself."""
    with db.reading(waymark.engine) as connection:
        outlines = [outline_of(one) for one in definitions.current_all(connection)]
        return frozenset(role for one in outlines if not one.beginning.from_only for role in one.starters)


def start_places(waymark: Waymark, actor: Actor, process_key: str) -> list[tuple[str, str]]:
    """(id, name) of the organisations for which the actor may start the process by itself, the own one first; more than
    one only where somebody of a provider starts what is about nobody. Raises `NotFound`, `NotAllowed`."""
    with db.reading(waymark.engine) as connection:
        deployed = definitions.current(connection, process_key)
        if deployed is None:
            raise NotFound
        own = place_for(connection, actor, outline_of(deployed), None).employer_id
        served = employers_of(connection, actor.org_id) if of_provider(connection, actor) else []
        names = {one: organisation_of(connection, one).name for one in (own, *served)}
        return [(own, names.pop(own)), *sorted(names.items(), key=lambda one: one[1])]


def start_form(
    waymark: Waymark,
    actor: Actor,
    process_key: str,
    previous_case: str | None = None,
    employer: str | None = None,
    *,
    now: datetime,
) -> FormView:
    """The start form; from another case filled in with what is known there (XX-A10). `employer`: as for `start`.

    Raises `NotFound`, `NotAllowed`, `following.NotReady`.
    """
    with db.reading(waymark.engine) as connection:
        deployed = definitions.current(connection, process_key)
        if deployed is None:
            raise NotFound
        outline = outline_of(deployed)
        place = place_for(connection, actor, outline, previous_case, employer)
        form = deployed.start_form
        options = options_for(connection, form.options_keys, place.employer_id, place.provider_id)
        before = following.before(connection, actor, place)
        following.require_ready(outline.beginning, before, now)
        answers = prefill(waymark, connection, before, form) if before is not None else {}
        env = Environment(now=now, calendar=calendar_of(connection, place.employer_id))
        facts = following.given_facts(process_key, outline.beginning, place, before)
        read = {name: value for name, value in facts.items() if name in form.reads | {"follow_up"}}
        if before is not None:
            before.saw_facts({name: value for name, value in read.items() if name in outline.beginning.carry})
    if before is not None:
        before.note(waymark, now)
    return replace(form_view(form, options, answers, read, env), follows=before is not None)
