"""The meetings of a case on a page of their own, and the next one as a file for a calendar.

As for appointments, what a calendar is told is the reference, the word "Meeting", when and where: never what kind of
meeting it is, nor whom it is about.
"""

from __future__ import annotations

from flask import Response, render_template

from app.cases.views import MeetingAt, MeetingsView
from app.web.blueprint import bp
from app.web.calendars import calendar_file, entry, one_line
from app.web.doors import doors
from app.web.security import session


@bp.get("/cases/<case_id>/meeting")
def meeting(case_id: str) -> str:
    mine = session()
    found: MeetingsView = doors().queries.meetings(doors().w, mine.actor, case_id, mine.now)
    return render_template("meeting.html", found=found)


@bp.get("/cases/<case_id>/meeting.ics")
def meeting_ics(case_id: str) -> Response:
    mine = session()
    found: MeetingAt = doors().queries.meeting_time(doors().w, mine.actor, case_id, mine.now)
    summary = f"Meeting: {found.reference}"
    event = entry(f"meeting-{found.case_id}", summary, found.at, mine.now, f"/cases/{found.case_id}/meeting")
    event.add("status", "CONFIRMED" if found.agreed else "TENTATIVE")
    # another time replaces the one before it in the calendar
    event.add("sequence", found.times - 1)
    if found.place:
        event.add("location", one_line(found.place))
    return calendar_file("meeting.ics", [event])
