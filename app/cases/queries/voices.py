"""What people said about a policy, for its oversight group: counts and words, never who (NW-13)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
import sqlalchemy as sa

from app import db, records
from app.cases.measures.file import read
from app.cases.queries.form_views import form_view
from app.cases.queries.measures import FOLDER
from app.cases.views import FormView
from app.cases.voices.asking import FORMS, OVERSIGHT, asked, form, key_name
from app.cases.voices.tables import survey, voice
from app.cases.waymark import Waymark
from app.errors import NotFound
from app.expressions import Environment
from app.identity import Actor, calendar_of
from app.identity.people import organisation_of
from app.records.keys import decrypt


@dataclass(frozen=True)
class Said:
    """What was answered to one question. `counts`: (choice in words, how many), in the form's order. `words`: of a
    question without choices, in the order of their letters."""

    question: str
    counts: Sequence[tuple[str, int]]
    words: Sequence[str]


@dataclass(frozen=True)
class SurveyView:
    """A survey as its oversight group sees it. `number` and `answers` are held back (None, ()) while fewer than
    `smallest` have answered, or while it runs: what came in between two looks would be somebody's."""

    id: str
    about: str
    whom: str
    last_day: date
    running: bool
    number: int | None
    smallest: int
    answers: Sequence[Said]


@dataclass(frozen=True)
class Question:
    """The page on which somebody answers: nobody is looked up for it."""

    about: str
    employer: str
    last_day: date
    form: FormView


def surveys(waymark: Waymark, actor: Actor, now: datetime) -> list[SurveyView]:
    """Those of the actor's employer, the newest first. Raises `NotFound` for who is not of its oversight group."""
    if not actor.has(OVERSIGHT, actor.org_id):
        raise NotFound
    smallest = read(FOLDER).smallest
    with db.reading(waymark.engine) as connection:
        today = calendar_of(connection, actor.org_id).local(now).date()
        query = sa.select(survey).where(survey.c.employer_id == actor.org_id).order_by(survey.c.opened_at.desc())
        return [_view(waymark, connection, row, today, smallest) for row in connection.execute(query).all()]


def _view(waymark: Waymark, connection: sa.Connection, row: sa.Row[Any], today: date, smallest: int) -> SurveyView:
    running = today <= row.last_day
    found = [] if running else _heard(waymark, connection, row.id)
    enough = len(found) >= smallest
    return SurveyView(
        row.id,
        row.about,
        FORMS[row.form_id],
        row.last_day,
        running,
        len(found) if enough else None,
        smallest,
        _said(row.form_id, found) if enough else (),
    )


def _heard(waymark: Waymark, connection: sa.Connection, survey_id: str) -> list[dict[str, Any]]:
    key = records.read_person_key(connection, waymark.master_key, key_name(survey_id)).key
    rows = connection.execute(sa.select(voice).where(voice.c.survey_id == survey_id).order_by(voice.c.id)).all()
    return [orjson.loads(decrypt(key, bytes(row.sealed), row.id.encode())) for row in rows]


def _said(form_id: str, found: Sequence[dict[str, Any]]) -> list[Said]:
    told = []
    for field in form(form_id).walk():
        if not field.key:
            continue
        given = [one[field.key] for one in found if field.key in one]
        if field.options:
            numbers = Counter(map(str, given))
            told.append(Said(field.label, [(one.label, numbers[one.value]) for one in field.options], ()))
        else:
            told.append(Said(field.label, (), sorted(str(one) for one in given)))
    return told


def question(waymark: Waymark, survey_id: str, now: datetime) -> Question:
    """What a survey asks; no actor, for nobody is to be known. Raises `SurveyClosed`."""
    with db.reading(waymark.engine) as connection:
        row = asked(connection, survey_id, now)
        employer = organisation_of(connection, row.employer_id)
    env = Environment(now=now, calendar=employer.calendar)
    return Question(row.about, employer.name, row.last_day, form_view(form(row.form_id), {}, {}, {}, env))
