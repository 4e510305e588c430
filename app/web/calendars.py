"""Deadlines and appointments as files for a calendar (RFC 5545). A calendar is read by others, on a desk or a phone:

an entry says the reference and that a task is due, or "Appointment"; never what a task is called, whom it is about or
which process it belongs to, for that can itself tell.
"""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Response
from icalendar import Calendar, Event

from app.cases.views import AppointmentView, TaskRow
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.security import session


@bp.get("/inbox.ics")
def inbox_ics() -> Response:
    """One's own tasks that have a date."""
    mine = session()
    found = doors().queries.all_tasks(doors().w, mine.actor, "mine", now=mine.now)
    return calendar_file("deadlines.ics", [_deadline(one, mine.now) for one in found if one.due_at])


@bp.get("/cases/<case_id>/appointment.ics")
def appointment_ics(case_id: str) -> Response:
    mine = session()
    found: AppointmentView = doors().queries.appointment(doors().w, mine.actor, case_id, mine.now)
    event = entry(f"appointment-{found.case_id}", "Appointment", found.at, mine.now, f"/cases/{found.case_id}")
    event.add("status", "CONFIRMED" if found.agreed else "TENTATIVE")
    # another time replaces the one before it in the calendar
    event.add("sequence", found.times - 1)
    if found.place:
        event.add("location", one_line(found.place))
    return calendar_file("appointment.ics", [event])


def _deadline(one: TaskRow, now: datetime) -> Event:
    assert one.due_at is not None  # noqa: S101 # the caller has looked
    event = entry(f"task-{one.id}", f"Task due: {one.reference}", one.due_at, now, f"/tasks/{one.id}")
    event.add("transp", "TRANSPARENT")
    return event


def entry(name: str, summary: str, at: datetime, now: datetime, path: str) -> Event:
    """The same name gives the same UID, so that a file taken again changes the entry and adds none."""
    base = doors().w.settings.base_url
    event = Event()
    event.add("uid", f"{name}@{urlsplit(base).hostname or 'waymark'}")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", at.astimezone(UTC))
    event.add("summary", one_line(summary))
    event.add("url", base.rstrip("/") + path)
    event.add("class", "PRIVATE")
    return event


def one_line(text: str) -> str:
    """Without line breaks and control characters, which some calendars take for the end of a property."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def calendar_file(name: str, events: list[Event]) -> Response:
    calendar = Calendar()
    calendar.add("prodid", "-//Waymark//Waymark//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for event in events:
        calendar.add_component(event)
    response = Response(calendar.to_ical(), content_type="text/calendar; charset=utf-8; method=PUBLISH")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
