"""Parties that a form names (property `party` of a field): the same as joining, and checked like it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.cases import access
from app.cases.assignment import Parties, with_parties
from app.cases.newcase import Place, carried
from app.cases.parties import conflict, people
from app.cases.parties.joining import require_impartial
from app.engine import Beginning, Definition, Outline
from app.errors import InvalidAnswers, NotAllowed, WaymarkError
from app.forms import Form
from app.identity import Actor
from app.identity.roles import acts_for_organisation, label


class NoSubject(WaymarkError):
    """The start form does not say whom the case is about."""

    status = 422


class OnlyAboutYourself(NotAllowed):
    """You can start this only about yourself."""


class OwnReferral(NotAllowed):
    """Nobody refers themselves on behalf of the organisation. Ask another manager or HR to make the referral."""


#: where the form of a case that follows another names somebody else
SAME_PERSON = "This case follows another one, so it is about the same employee"


@dataclass(frozen=True)
class _About:
    """What the checks need of a case, which may only be about to begin."""

    subject_id: str
    employer_id: str
    provider_id: str


def named(
    connection: sa.Connection, row: Any, definition: Definition, form: Form | None, cleaned: Mapping[str, Any]
) -> Parties:
    """The parties of the case in `row` after a task's form. Raises `InvalidAnswers` at the field, also where somebody
    is named for work that they may not do (NW-10)."""
    if form is None:
        return Parties(row.parties)
    change = with_parties(row.parties, form.parties(cleaned))
    chosen = dict(change.joined)
    _check(connection, row, form, change, chosen)
    barred = [role for role, who in chosen.items() if conflict.ruled_out(connection, row, definition, role, who)]
    if barred:
        raise InvalidAnswers({_path(form, role) or role: str(conflict.NotImpartial.__doc__) for role in barred})
    return change


def at_start(
    connection: sa.Connection, place: Place, outline: Outline, actor: Actor, form: Form, cleaned: Mapping[str, Any]
) -> tuple[str | None, dict[str, list[str]]]:
    """Whom a new case is about, None for nobody, and its parties: those of the case before whom it has something for,
    those in the form, and the starter where the form names nobody else for that.

    Raises `InvalidAnswers` at the field, `NoSubject`, `OwnReferral`, `OnlyAboutYourself`.
    """
    chosen = form.parties(cleaned)
    begins = outline.beginning
    subject_id = None if begins.about_nobody else _subject(place, begins, actor, form, chosen)
    kept = taken_over(place, outline)
    role = _starts_as(place, begins, actor, subject_id, chosen, form)
    named = {**({role: actor.person_id} if role else {}), **chosen}
    change = with_parties(kept, named if subject_id is None else {**named, access.EMPLOYEE: subject_id})
    about = _About(subject_id or "", place.employer_id, place.provider_id)
    _check(connection, about, form, change, {role: who for role, who in change.joined if role in chosen})
    return subject_id, change.now


def taken_over(place: Place, outline: Outline) -> dict[str, list[str]]:
    """Of the parties of the case before those whom the new process has something for. Whoever was there for the
    employee, such as a companion, is not: the employee asks them anew."""
    before = place.previous.parties if place.previous is not None else {}
    found = carried(before, outline)
    return {role: who for role, who in found.items() if acts_for_organisation(role) or role == access.EMPLOYEE}


def _subject(place: Place, begins: Beginning, actor: Actor, form: Form, chosen: Mapping[str, str]) -> str:
    """A case that follows another is about the same person; else the form says whom, or it is the starter's own."""
    named = chosen.get(access.EMPLOYEE)
    if place.previous is not None:
        if named not in {None, place.previous.subject_id}:
            raise InvalidAnswers({_path(form, access.EMPLOYEE) or access.EMPLOYEE: SAME_PERSON})
        return str(place.previous.subject_id)
    if named is None and begins.own_case:
        return str(actor.person_id)
    if named is None:
        raise NoSubject
    return named


def _starts_as(
    place: Place, begins: Beginning, actor: Actor, subject_id: str | None, chosen: Mapping[str, str], form: Form
) -> str | None:
    """The role that the starter takes: the first of `startedAs` that they may hold. None: the form names somebody else
    for it, or they go on in the part that they have in the case before."""
    own = subject_id == actor.person_id
    if own and begins.own_case:
        return access.EMPLOYEE
    able = (role for role in begins.started_as if role != access.EMPLOYEE and _able(actor, role, place))
    role = next(able, None)
    if own and role not in chosen:
        path = _path(form, access.EMPLOYEE)
        raise OwnReferral if path is None else InvalidAnswers({path: str(OwnReferral.__doc__)})
    if role is None and begins.own_case and place.previous is None:
        raise OnlyAboutYourself
    return None if role in chosen else role


def _able(actor: Actor, role: str, place: Place) -> bool:
    return access.holds(actor, role, access.side_org(role, place.employer_id, place.provider_id))


def _check(connection: sa.Connection, about: Any, form: Form, change: Parties, chosen: Mapping[str, str]) -> None:
    """Whoever is named newly may hold the role, and has no part in the case that rules it out."""
    problems = {}
    for role, person in chosen.items():
        path = _path(form, role) or role
        org = access.side_org(role, about.employer_id, about.provider_id)
        if not people.may_hold_now(connection, person, role, org):
            problems[path] = f"Choose somebody who can be {label(role).lower()}"
            continue
        try:
            require_impartial(about, change.now, role, person)
        except NotAllowed as error:
            problems[path] = error.detail
    if problems:
        raise InvalidAnswers(problems)


def _path(form: Form, role: str) -> str | None:
    """Where the form asks for the person in a role."""
    return next((field.path for field in form.walk() if field.party == role), None)
