"""Parties that a form names (property `party` of a field): the same as joining, and checked like it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.cases import access
from app.cases.assignment import Parties, with_parties
from app.cases.newcase import Place
from app.cases.parties import people
from app.cases.parties.joining import require_impartial
from app.errors import InvalidAnswers, NotAllowed, WaymarkError
from app.forms import Form
from app.identity.roles import label


class NoSubject(WaymarkError):
    """The start form does not say whom the case is about."""

    status = 422


class OwnReferral(NotAllowed):
    """Nobody refers themselves on behalf of the organisation. Ask another manager or HR to make the referral."""


@dataclass(frozen=True)
class _About:
    """What the checks need of a case, which may only be about to begin."""

    subject_id: str
    employer_id: str
    provider_id: str


def named(connection: sa.Connection, row: Any, form: Form | None, cleaned: Mapping[str, Any]) -> Parties:
    """The parties of the case in `row` after a task's form. Raises `InvalidAnswers` at the field."""
    if form is None:
        return Parties(row.parties)
    change = with_parties(row.parties, form.parties(cleaned))
    _check(connection, row, form, change, dict(change.joined))
    return change


def at_start(
    connection: sa.Connection, place: Place, form: Form, cleaned: Mapping[str, Any], more: Mapping[str, str]
) -> dict[str, list[str]]:
    """The parties of a new case: those of the case before, those in the form, and `more` where the form names none.

    Raises `InvalidAnswers` at the field, `NoSubject`, `OwnReferral`.
    """
    chosen = form.parties(cleaned)
    change = with_parties(place.parties, {**more, **chosen})
    subject_id = next(iter(change.now.get(access.EMPLOYEE, ())), None)
    if subject_id is None:
        raise NoSubject
    about = _About(subject_id, place.employer_id, place.provider_id)
    if subject_id in {person for role, person in change.joined if role in more}:
        raise (
            OwnReferral
            if _path(form, access.EMPLOYEE) is None
            else InvalidAnswers({str(_path(form, access.EMPLOYEE)): str(OwnReferral.__doc__)})
        )
    _check(connection, about, form, change, {role: who for role, who in change.joined if role in chosen})
    return change.now


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
