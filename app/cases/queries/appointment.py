"""The appointment of a case, for a calendar: only for those who may read its time and place (XX-1, XX-A4).

A form that offers one has a field `appointment_at` (date and time), and may have one called `place`; the answer to it
is a field `appointment_reply`, "accept" when the time is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app import privacy
from app.cases.locking import form_of
from app.cases.queries.answers import Read, readable
from app.cases.queries.sight import Sight, looking
from app.cases.views import AppointmentView
from app.cases.waymark import Waymark
from app.errors import NotFound
from app.forms import Form
from app.identity import Actor

AT, PLACE, REPLY = "appointment_at", "place", "appointment_reply"
ACCEPTED = "accept"


def appointment(waymark: Waymark, actor: Actor, case_id: str, now: datetime) -> AppointmentView:
    """The time that is offered or agreed now. `NotFound` when there is none, or it is not this person's to know.

    It leaves in a file, and that is noted first. Raises `LookNotWritten`.
    """
    with looking(replace(waymark, way="file"), actor, case_id, now) as (connection, sight):
        if sight.row.status != "running":
            raise NotFound
        told = list(readable(waymark, connection, sight, [form.id for form in _forms(sight)]))
        reply = next((one for one in told if REPLY in one.answers), None)
        offers = [one for one in told if AT in one.answers and _may_know(one.form, sight)]
        if not offers or _turned_down(reply, offers[0]):
            raise NotFound
        agreed = reply is not None and reply.at >= offers[0].at
        for one, keys in ((offers[0], {AT, PLACE}), (reply, {REPLY})):
            if one is not None:
                sight.seen.fields(one.thing, (field for field in one.shown if field.path in keys))
    answers = offers[0].answers
    at = _moment(answers[AT], sight)
    return AppointmentView(case_id, sight.row.reference, at, str(answers.get(PLACE) or ""), agreed, len(offers))


def has_appointment(sight: Sight, now: datetime) -> bool:
    """Is there one to come that this person may know of? From what routes the case alone, without opening answers."""
    at = sight.row.facts.get(AT)
    if sight.row.status != "running" or not at or sight.row.facts.get(REPLY) not in {None, ACCEPTED}:
        return False
    return _moment(at, sight) > now and any(AT in _keys(form) and _may_know(form, sight) for form in _forms(sight))


def _may_know(form: Form, sight: Sight) -> bool:
    """Time and place belong together: an entry without its place would say that something is kept back."""
    return not {AT, PLACE} & privacy.hidden_keys(form, sight.viewer)


def _forms(sight: Sight) -> Iterator[Form]:
    """The forms in which an appointment is offered or answered."""
    for name in sight.bundle.files:
        if name.endswith(".form"):
            form = form_of(sight.bundle, name.removesuffix(".form"))
            if _keys(form) & {AT, REPLY}:
                yield form


def _keys(form: Form) -> set[str]:
    return {one.key for one in form.components}


def _turned_down(reply: Read | None, offer: Read) -> bool:
    """Another time was asked for since it was offered."""
    return reply is not None and reply.at >= offer.at and reply.answers[REPLY] != ACCEPTED


def _moment(value: Any, sight: Sight) -> datetime:
    """Typed without a zone: by the clocks of the place where the case's deadlines are counted."""
    at = datetime.fromisoformat(str(value))
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(sight.row.calendar["tz"]))
