"""Opening a survey, and giving an answer to it. Whoever answers is nobody here: no session, no address, no time."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import orjson
import sqlalchemy as sa

from app import db, forms, records
from app.cases.guards import guards
from app.cases.voices.tables import survey, voice
from app.cases.waymark import Waymark
from app.errors import InvalidAnswers, NotAllowed, NotFound
from app.expressions import Environment
from app.forms import Form
from app.identity import Actor, calendar_of
from app.records.keys import encrypt
from app.settings import ROOT

#: who may open one and read what came in
OVERSIGHT = "oversight"
#: forms that may be asked, and whom each is for
FORMS: Mapping[str, str] = {
    "feedback-colleague": "Colleagues",
    "feedback-manager": "Managers, HR and union",
}
FOLDER = ROOT / "forms"
#: characters of what a survey is about, and days that it may take answers
LONGEST, SHORTEST_DAYS, LONGEST_DAYS = 200, 7, 180
#: bytes of randomness in an address
CODE = 16


class SurveyClosed(NotFound):
    """This survey does not take answers any more. Thank you for wanting to help."""


def form(form_id: str) -> Form:
    return forms.load((FOLDER / f"{form_id}.form").read_bytes())


def open_survey(waymark: Waymark, actor: Actor, form_id: str, about: str, last_day: date | None, now: datetime) -> str:
    """Open a survey among the people of the actor's own employer; its id, which is the secret part of its address.

    Without a last day all that is missing is named together. Raises `NotAllowed`, `InvalidAnswers`."""
    if not actor.has(OVERSIGHT, actor.org_id):
        raise NotAllowed
    about = " ".join(about.split())
    with db.transaction(waymark.engine) as connection:
        today = calendar_of(connection, actor.org_id).local(now).date()
        _check(form_id, about, last_day, today)
        survey_id = secrets.token_hex(CODE)
        records.person_key_for(connection, waymark.master_key, key_name(survey_id), now)
        connection.execute(
            survey.insert().values(
                id=survey_id,
                employer_id=actor.org_id,
                form_id=form_id,
                about=about,
                opened_at=now,
                opened_by=actor.person_id,
                last_day=last_day,
            )
        )
    return survey_id


def _check(form_id: str, about: str, last_day: date | None, today: date) -> None:
    wrong = {}
    if form_id not in FORMS:
        wrong["form"] = "Select who is asked"
    if not about or len(about) > LONGEST:
        wrong["about"] = f"Enter which policy it is about, in at most {LONGEST} characters"
    if last_day is None:
        wrong["last_day"] = "Enter the last day"
    elif not today + timedelta(days=SHORTEST_DAYS) <= last_day <= today + timedelta(days=LONGEST_DAYS):
        wrong["last_day"] = f"The last day must be between {SHORTEST_DAYS} and {LONGEST_DAYS} days from today"
    if wrong:
        raise InvalidAnswers(wrong)


def key_name(survey_id: str) -> str:
    """By which the survey's own key stands among people's keys: it is wrapped, rotated and ended like theirs."""
    return f"survey/{survey_id}"


def asked(connection: sa.Connection, survey_id: str, now: datetime) -> sa.Row[Any]:
    """The survey, while it takes answers. Raises `SurveyClosed`, also where there is none: an address that is tried out
    tells nothing."""
    row = connection.execute(sa.select(survey).where(survey.c.id == survey_id)).first()
    if row is None or calendar_of(connection, row.employer_id).local(now).date() > row.last_day:
        raise SurveyClosed
    return row


def answer(waymark: Waymark, survey_id: str, answers: Mapping[str, Any], now: datetime) -> None:
    """Keep one answer. `now` says whether the survey is still open, and is not kept. Raises `SurveyClosed`,
    `InvalidAnswers`."""
    with db.transaction(waymark.engine) as connection:
        row = asked(connection, survey_id, now)
        env = Environment(now=now, calendar=calendar_of(connection, row.employer_id))
        guard = guards(connection, row.employer_id)
        cleaned = form(row.form_id).validate(answers, {}, {}, env, guard=guard)
        key = records.read_person_key(connection, waymark.master_key, key_name(survey_id)).key
        voice_id = secrets.token_hex(CODE)
        sealed = encrypt(key, orjson.dumps(cleaned), voice_id.encode())
        connection.execute(voice.insert().values(id=voice_id, survey_id=survey_id, sealed=sealed))
