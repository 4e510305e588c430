"""What others see of a case, for those who answer for it: its practitioner, before anything is released, and the
employee whom it is about (XX-A6, XX-A7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app import db, privacy
from app.cases.queries.answers import readable
from app.cases.queries.casefile import shown
from app.cases.queries.sight import Sight, looking, see
from app.cases.tables import task
from app.cases.views import Onlooker, SeenBy, Sharing
from app.cases.waymark import Waymark
from app.definitions.sources import sources
from app.engine import Bundle
from app.errors import NotFound
from app.forms import Field, Form
from app.identity import ROLES, Actor, person_ids_of_team, persons
from app.identity.people import actor_of_person
from app.identity.roles import label


def onlookers(waymark: Waymark, actor: Actor, case_id: str) -> list[Onlooker]:
    """Everybody else who sees the case, by name. `NotFound` unless the actor is its practitioner or its employee."""
    with db.reading(waymark.engine) as connection:
        return _onlookers(connection, _own(connection, actor, case_id))


def seen_by(
    waymark: Waymark, actor: Actor, case_id: str, person_id: str, now: datetime, *, once_released: bool = False
) -> SeenBy:
    """The case exactly as `person_id` gets it now, or would get it once everything that waits for release is released;
    never more than the actor may see. Raises `NotFound`."""
    with db.reading(waymark.engine) as connection:
        own = _own(connection, actor, case_id)
        who = next((one for one in _onlookers(connection, own) if one.person_id == person_id), None)
        if who is None:
            raise NotFound
        other = actor_of_person(connection, person_id)
        waiting = _waiting(own)
        sights = [replace(see(connection, other, case_id, facts), over=own) for facts in ({}, waiting)]
        views = [shown(waymark, connection, one, now) for one in (sights if waiting else sights[:1])]
        before = {(one.title, *field) for one in views[0].submissions for field in one.fields}
        then = [(one.title, *field) for one in views[-1].submissions for field in one.fields]
        added = [one for one in then if one not in before]
        chosen = views[-1] if once_released else views[0]
    # what is seen later holds what is seen now; the page shows the difference
    sights[len(views) - 1].note(waymark, now)
    return SeenBy(who, chosen, once_released and bool(waiting), bool(waiting), added)


def who_may_see(waymark: Waymark, actor: Actor, case_id: str, now: datetime) -> list[Sharing]:
    """For what has been answered in the case: who else may see it now, and why. What nobody else may see comes last,
    with no people. `NotFound` unless the actor is the case's practitioner or its employee."""
    with looking(waymark, actor, case_id, now) as (connection, own):
        if not own.may_look_over:
            raise NotFound
        found: dict[tuple[str, tuple[str, ...], str, bool], list[str]] = {}
        others = list(_viewers(connection, own))
        for form, answers in _newest(waymark, connection, own):
            for field in _answered(form.components, answers):
                for people, ground, part in _audience(form, field, answers, others) or [((), "", False)]:
                    found.setdefault((field.purpose, people, ground, part), []).append(field.label or field.key)
        shares = [
            Sharing(purpose, tuple(dict.fromkeys(what)), people, ground, part)
            for (purpose, people, ground, part), what in found.items()
        ]
        return sorted(shares, key=lambda one: not one.people)


def _own(connection: sa.Connection, actor: Actor, case_id: str) -> Sight:
    own = see(connection, actor, case_id)
    if not own.may_look_over:
        raise NotFound
    return own


def _onlookers(connection: sa.Connection, own: Sight) -> list[Onlooker]:
    """Parties, and the people of teams that have or had work in the case."""
    held: dict[str, list[str]] = {}
    for role, people in own.row.parties.items():
        for one in people:
            held.setdefault(one, []).append(role)
    for org, role in _queues(connection, own):
        for one in person_ids_of_team(connection, org, role):
            held.setdefault(one, []).append(role)
    names = persons(connection, held.keys() - {own.actor.person_id})
    found = [
        Onlooker(one.id, one.name, tuple(dict.fromkeys(label(role) for role in held[one.id]))) for one in names.values()
    ]
    return sorted(found, key=lambda one: (one.name, one.person_id))


def _queues(connection: sa.Connection, own: Sight) -> list[tuple[str, str]]:
    queued = sa.or_(task.c.assignee_id.is_(None), task.c.claimed_at.isnot(None))
    rows = connection.execute(
        sa.select(task.c.org_id, task.c.role).where(task.c.case_id == own.row.id, queued).distinct()
    )
    return sorted((row.org_id, row.role) for row in rows if row.role in ROLES and ROLES[row.role].kind == "team")


def _waiting(own: Sight) -> dict[str, Any]:
    """The facts that something still waits for, as if they were set."""
    if own.viewer.stopped:
        return {}
    forms = [form for bundle in _bundles(own) for form in sources(bundle).forms.values()]
    names = {name for form in forms for one in form.walk() for name in (one.after_fact, one.draft_until) if name}
    return {name: True for name in sorted(names) if not privacy.is_set(own.row.facts.get(name))}


def _bundles(own: Sight) -> tuple[Bundle, ...]:
    return (own.bundle, *own.earlier)


def _viewers(connection: sa.Connection, own: Sight) -> Iterator[tuple[Onlooker, privacy.Viewer]]:
    for who in _onlookers(connection, own):
        with suppress(NotFound):
            yield who, see(connection, actor_of_person(connection, who.person_id), own.row.id).viewer


def _newest(waymark: Waymark, connection: sa.Connection, own: Sight) -> Iterator[tuple[Form, Mapping[str, Any]]]:
    """The newest answers to each form."""
    read: set[str] = set()
    for one in readable(waymark, connection, own):
        if one.form.id not in read:
            read.add(one.form.id)
            # that something was answered can itself tell
            own.seen.fields(one.thing, one.shown)
            yield one.form, one.answers


def _answered(fields: tuple[Field, ...], answers: Mapping[str, Any]) -> Iterator[Field]:
    for one in fields:
        if one.type == "group":
            inner = answers.get(one.key, {}) if one.key else answers
            yield from _answered(one.children, inner)
        elif one.key and answers.get(one.key) not in (None, "", []):
            yield one


def _audience(
    form: Form, field: Field, answers: Mapping[str, Any], others: list[tuple[Onlooker, privacy.Viewer]]
) -> list[tuple[tuple[str, ...], str, bool]]:
    """(people, why in words, only a part of it): one entry for each ground."""
    found: dict[tuple[privacy.Ground, bool], list[str]] = {}
    for who, viewer in others:
        ground = privacy.grounds(form, viewer).get(field.path)
        if ground is not None:
            found.setdefault((ground, False), []).append(who.name)
        elif field.type == "dynamiclist" and field.key in privacy.redact(form, answers, viewer):
            found.setdefault((privacy.Ground.SHARED, True), []).append(who.name)
    return [(tuple(names), privacy.GROUND_WORDS[ground], part) for (ground, part), names in found.items()]
