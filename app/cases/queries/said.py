"""What somebody may say to a case at any time, and the form on which they do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app import db, engine
from app.cases.locking import form_of
from app.cases.options import options_for
from app.cases.queries.answers import prefill
from app.cases.queries.form_views import NO_FORM, form_view
from app.cases.queries.names import Names
from app.cases.queries.sight import Sight, looking, see
from app.cases.said.offers import Offer, acting, none_there, offers
from app.cases.views import FormView, Sayable, SayView
from app.cases.waymark import Waymark
from app.errors import CaseEnded, NotFound
from app.expressions import Environment
from app.forms import Form
from app.identity import Actor
from app.workdays import Calendar


def sayable(connection: sa.Connection, sight: Sight) -> list[Sayable]:
    """All of it, in a steady order. A case that has ended waits for nothing."""
    found = offers(connection, sight)
    for one in found:
        sight.saw_step(one.element.process, one.element.id)
    return [_sayable(one) for one in found]


def _sayable(one: Offer) -> Sayable:
    element, wait = one.element, one.wait
    return Sayable(
        id=wait.id,
        name=element.label,
        why=element.documentation,
        process=element.process,
        element=element.id,
        role=one.role,
        rules=element.rules,
        since=wait.since,
        holder=wait.holder or "",
        number=one.number,
        many=one.many,
        barred_by=one.barred.detail if one.barred else "",
    )


def say(waymark: Waymark, actor: Actor, case_id: str, wait: str, now: datetime) -> SayView:
    """The page on which this wait is answered. Raises `NotFound`, `SaidTooLate`, `CaseEnded`,
    `conflict.ConflictOfInterest`."""
    with looking(waymark, actor, case_id, now) as (connection, sight):
        offer = _offer(connection, sight, wait)
        row = sight.row
        sight.saw_step(offer.element.process, offer.element.id)
        subject = Names(connection).get(row.subject_id, "")
        form = _shown(waymark, connection, sight, offer, now)
        return SayView(_sayable(offer), row.id, row.reference, row.process_name, subject, form)


def say_form(
    waymark: Waymark, actor: Actor, case_id: str, wait: str, now: datetime
) -> tuple[Form, Mapping[str, Any], Calendar]:
    """The form, the facts that its conditions read, and the calendar: all that a post needs.
    Raises as `say`."""
    with db.reading(waymark.engine) as connection:
        sight = see(connection, actor, case_id)
        offer = _offer(connection, sight, wait)
        form = _form(sight, offer.element.form)
        return form, _read_by(sight, offer, form, now), Calendar.from_dict(sight.row.calendar)


def say_gone(waymark: Waymark, actor: Actor, case_id: str, process: str, element: str) -> tuple[str, FormView]:
    """The words and the form of what somebody was about to say when the case went on: to give back what they had typed.
    Raises `NotFound` where it never was theirs to say."""
    with db.reading(waymark.engine) as connection:
        sight = see(connection, actor, case_id)
        found = engine.describe(sight.definition).element(process, element)
        if found is None or not acting(connection, sight) & set(found.said_by):
            raise NotFound
        if not sight.course.shows(process, element):
            raise NotFound
        form = _form(sight, found.form)
        options = options_for(connection, form.options_keys, sight.row.employer_id, sight.row.provider_id)
        return found.label, form_view(form, options, {}, {})


def _offer(connection: sa.Connection, sight: Sight, wait: str) -> Offer:
    if sight.row.status != "running":
        raise CaseEnded
    found = next((one for one in offers(connection, sight) if one.wait.id == wait), None)
    if found is None:
        raise none_there(connection, sight, wait)
    if found.barred is not None:
        raise found.barred
    return found


def _form(sight: Sight, form_id: str | None) -> Form:
    return form_of(sight.bundle, form_id) if form_id else NO_FORM


def _read_by(sight: Sight, offer: Offer, form: Form, now: datetime) -> dict[str, Any]:
    """The facts that the form reads and this person may know."""
    if not form.reads:
        return {}
    facts = engine.facts_at(sight.definition, sight.row.state, offer.wait.id, now)
    return sight.facts.shown(facts, form.reads)


def _shown(waymark: Waymark, connection: sa.Connection, sight: Sight, offer: Offer, now: datetime) -> FormView:
    form = _form(sight, offer.element.form)
    options = options_for(connection, form.options_keys, sight.row.employer_id, sight.row.provider_id)
    read = _read_by(sight, offer, form, now)
    sight.saw_facts(read)
    env = Environment(now=now, calendar=Calendar.from_dict(sight.row.calendar))
    return form_view(form, options, prefill(waymark, connection, sight, form), read, env)
