"""The meetings of a case, each as a thing of its own: from what its forms were answered, and only what the reader may
see of that (XX-1, UN-9). Every look at health data on the way is noted (UN-8).

A form belongs to a meeting by the names of its answers, `SECTIONS`: a diagram that asks for a meeting uses them, and
its meeting is shown here. A case may hold several one after the other, as formal stages do: what prepares a meeting
after one that was held or called off begins the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app import privacy, records
from app.cases.locking import form_of
from app.cases.options import Offered
from app.cases.queries.answers import Read, files_of, readable
from app.cases.queries.meeting_parts import decided
from app.cases.queries.meeting_words import AT, BEFORE, CHOSEN, MARKS, OVER, PLACE, SECTIONS, Section
from app.cases.queries.names import Names
from app.cases.queries.sight import Sight, looking
from app.cases.views import MeetingAt, MeetingPart, MeetingsView, MeetingView, SubmissionView
from app.cases.waymark import Waymark
from app.errors import NotFound
from app.identity import Actor

#: submissions of meeting forms that are read of one case; one meeting has some twenty
MOST = 400


def meetings(waymark: Waymark, actor: Actor, case_id: str, now: datetime) -> MeetingsView:
    """The meetings of a case, the newest first. `NotFound` when it has none that this person may know of."""
    with looking(waymark, actor, case_id, now) as (connection, sight):
        told = _told(waymark, connection, sight)
        show = _Show(sight, Names(connection), Offered(connection, sight.row.employer_id, sight.row.provider_id))
        held = [show.meeting(number, one) for number, one in enumerate(told, 1)]
        found = [one for one in reversed(held) if one.parts]
        if not found:
            raise NotFound
        raci, policy = decided(connection, sight)
        ahead = _ahead(sight, told[-1], found[0].at, now)
        row = sight.row
        return MeetingsView(case_id, row.reference, row.process_name, found, raci, ahead, policy)


def meeting_time(waymark: Waymark, actor: Actor, case_id: str, now: datetime) -> MeetingAt:
    """When and where the next meeting is, for a calendar; `NotFound` when there is none to come, or when and where is
    not this person's to know. It leaves in a file, and that is noted first. Raises `LookNotWritten`."""
    with looking(replace(waymark, way="file"), actor, case_id, now) as (connection, sight):
        told = (_told(waymark, connection, sight) or [[]])[-1]
        at = _when(told, sight)
        if at is None or not _ahead(sight, told, at, now):
            raise NotFound
        where = next((one for one in reversed(told) if PLACE in one.answers), None)
        if where is not None:
            sight.seen.fields(where.thing, [one for one in where.shown if one.path == PLACE])
        place = "" if where is None else str(where.answers[PLACE])
        reply = next((one.answers["date_reply"] for one in reversed(told) if "date_reply" in one.answers), "accept")
        times = sum(AT in one.answers or one.answers.get("chosen") in CHOSEN for one in told)
        return MeetingAt(case_id, sight.row.reference, at, place, reply == "accept", times)


def has_meeting(connection: sa.Connection, sight: Sight) -> bool:
    """Was something entered about a meeting, of which this person may know? Without opening answers."""
    forms = list(_forms(sight))
    table = records.submission
    entered = sa.select(table.c.id).where(table.c.case_id == sight.row.id, table.c.form_id.in_(forms)).limit(1)
    return bool(forms) and connection.execute(entered).first() is not None


def _ahead(sight: Sight, told: Sequence[Read], at: datetime | None, now: datetime) -> bool:
    """Is it still to come, by what was said last?"""
    last = next((one.answers for one in reversed(told) if {"keep", AT} & one.answers.keys()), {})
    return sight.row.status == "running" and last.get("keep") != "cancel" and at is not None and at > now


def _when(told: Sequence[Read], sight: Sight) -> datetime | None:
    """The date that was set last, by itself or by choosing one of those offered."""
    at, offered = None, dict[str, Any]()
    for one in told:
        offered |= {name: one.answers[name] for name in CHOSEN.values() if name in one.answers}
        at = one.answers.get(AT) or offered.get(CHOSEN.get(str(one.answers.get("chosen")), "")) or at
    return _moment(at, sight) if at else None


def _forms(sight: Sight) -> Iterator[str]:
    """Ids of the forms of which this person may see an answer that belongs to a meeting; none where the case's process
    has no meetings."""
    names = frozenset().union(*(one.keys for one in SECTIONS))
    found = dict[str, set[str]]()
    for name in sight.bundle.files:
        if name.endswith(".form"):
            form = form_of(sight.bundle, name.removesuffix(".form"))
            asked = {one.key for one in form.components if one.key in names and not one.readonly}
            found[form.id] = asked - privacy.hidden_keys(form, sight.viewer)
    if any(asked & MARKS for asked in found.values()):
        yield from (form for form, asked in found.items() if asked)


def _told(waymark: Waymark, connection: sa.Connection, sight: Sight) -> list[list[Read]]:
    """What was answered for each meeting, the first meeting and the first answer first."""
    forms = list(_forms(sight))
    found = list(islice(readable(waymark, connection, sight, forms), MOST)) if forms else []
    return apart(found[::-1])


def apart(told: Sequence[Read]) -> list[list[Read]]:
    """The answers meeting by meeting: what prepares one, after one that is over, begins the next."""
    groups: list[list[Read]] = [[]]
    over = False
    for one in told:
        if over and BEFORE & one.answers.keys():
            groups.append([])
            over = False
        groups[-1].append(one)
        over = over or any(one.answers.get(name) in values for name, values in OVER.items())
    return [group for group in groups if group]


@dataclass
class _Show:
    sight: Sight
    names: Names
    options: Offered
    #: what was shown of each submission already: an answer stands in one place
    _done: set[tuple[str, str]] = field(default_factory=set)

    def meeting(self, number: int, told: Sequence[Read]) -> MeetingView:
        found = [MeetingPart(one.id, one.title, self._entries(one, told)) for one in SECTIONS]
        return MeetingView(number, _when(told, self.sight), [one for one in found if one.entries])

    def _entries(self, section: Section, told: Sequence[Read]) -> list[SubmissionView]:
        return [view for one in _meant(section, told) if (view := self._entry(section, one)).fields]

    def _entry(self, section: Section, one: Read) -> SubmissionView:
        given = {**one.answers, **one.erased}
        keys = {key for key in given if key in section.keys and (section.again or (one.id, key) not in self._done)}
        self._done |= {(one.id, key) for key in keys}
        self.sight.seen.fields(one.thing, [each for each in one.shown if each.path.partition(".")[0] in keys])
        lines = one.form.lines({key: given[key] for key in given if key in keys}, self.options)
        who = self.names.get(one.actor_id, "Waymark")
        return SubmissionView(one.form.title, one.at, who, lines, files=files_of(one))


def _meant(section: Section, told: Sequence[Read]) -> list[Read]:
    """The submissions that a section speaks of, in order: the newest of each form, of each form and person, or all."""
    fitting = [one for one in told if section.keys & one.answers.keys()]
    if section.which == "all":
        return fitting
    last = {(one.form.id, one.actor_id if section.which == "each" else ""): one.id for one in fitting}
    return [one for one in fitting if one.id in last.values()]


def _moment(value: Any, sight: Sight) -> datetime:
    """Typed without a zone: by the clocks of the place where the case's deadlines are counted."""
    at = datetime.fromisoformat(str(value))
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(sight.row.calendar["tz"]))
