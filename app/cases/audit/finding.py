"""Finding cases in the auditors' room. That somebody looked, and for what, stands in the register of looks.

What the columns of a case tell is asked of the database. Whether something happened in a case is asked of its history,
page by page, and counts only where the auditor may know of it: a search must not tell what the replay withholds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app import db
from app.cases.audit.happened import Happened, acted, asked, missed, went_past
from app.cases.audit.heads import head_of
from app.cases.audit.sight import note_search, require_auditor
from app.cases.audit.views import FoundCase, FoundPage, Sought
from app.cases.tables import case, former_party, party
from app.cases.waymark import Waymark
from app.errors import NotFound
from app.history import history_event
from app.identity import Actor
from app.identity.people import employers_of, organisation_of
from app.identity.tables import organisation, person

#: cases on a page, pages that can be turned, and cases whose history is asked at once
PAGE, LAST_PAGE, CHUNK = 25, 1000, 200
_COLUMNS = (
    *(case.c.id, case.c.reference, case.c.process_key, case.c.process_name, case.c.definition_version, case.c.status),
    *(case.c.opened_at, case.c.ended_at, case.c.subject_id, case.c.definition_sha, case.c.earlier_shas),
)


@dataclass(frozen=True)
class _Search:
    """`people`: ids of those who are called as was typed; None when nobody was looked for."""

    connection: sa.Connection
    actor: Actor
    wanted: Sought
    orgs: Sequence[str]
    people: Sequence[str] | None

    def rows(self) -> Iterator[sa.Row[Any]]:
        """Cases that fit, the newest first."""
        query, checks = self._query(), list(self._checks())
        for begin in range(0, LAST_PAGE * PAGE, CHUNK):
            found = self.connection.execute(query.limit(CHUNK).offset(begin)).all()
            left = {row.id for row in found}
            for check in checks:
                left &= check([row for row in found if row.id in left]) if left else set()
            yield from (row for row in found if row.id in left)
            if len(found) < CHUNK:
                return

    def _query(self) -> sa.Select[Any]:
        query = sa.select(*_COLUMNS, organisation.c.name.label("employer"))
        query = query.join(organisation, organisation.c.id == case.c.employer_id)
        where = [case.c.provider_id.in_(self.orgs), *self._columns(), *self._days()]
        if self.people is not None:
            where.append(case.c.id.in_(self._touched()))
        return query.where(*where).order_by(case.c.opened_at.desc(), case.c.id)

    def _columns(self) -> Iterator[sa.ColumnElement[bool]]:
        wanted = self.wanted
        pairs = (
            (case.c.reference, wanted.reference.strip().upper()),
            (case.c.process_key, wanted.process),
            (case.c.employer_id, wanted.employer),
            (case.c.status, wanted.state),
        )
        yield from (column == value for column, value in pairs if value)
        if wanted.version is not None:
            yield case.c.definition_version == wanted.version

    def _days(self) -> Iterator[sa.ColumnElement[bool]]:
        since, until = self.period()
        begun, ended = case.c.opened_at, case.c.ended_at
        if self.wanted.days == "ran":
            yield from [begun < until] if until else []
            yield from [sa.or_(ended.is_(None), ended >= since)] if since else []
            return
        column = ended if self.wanted.days == "ended" else begun
        yield from [column >= since] if since else []
        yield from [column < until] if until else []

    def period(self) -> tuple[datetime | None, datetime | None]:
        """The moments between which the days lie, by the clocks of the auditor's place."""
        zone = ZoneInfo(organisation_of(self.connection, self.actor.org_id).tz)
        days = ((self.wanted.since, 0), (self.wanted.until, 1))
        moments = [
            datetime.combine(day + timedelta(more), time(), zone).astimezone(UTC) if day else None for day, more in days
        ]
        return moments[0], moments[1]

    def _touched(self) -> sa.CompoundSelect[Any]:
        """Cases in which these people have a part, had one or did something."""
        ids = self.people or ()
        parts = [sa.select(one.c.case_id).where(one.c.person_id.in_(ids)) for one in (party, former_party)]
        did = sa.select(history_event.c.case_id).where(history_event.c.actor_id.in_(ids)).distinct()
        return sa.union(*parts, did)

    def _checks(self) -> Iterator[Happened]:
        """What the history must tell, each of it."""
        if self.people is not None:
            yield acted(self.connection, self.people)
        if self.wanted.rule:
            how = went_past if self.wanted.how == "past" else asked
            yield how(self.connection, self.actor, self.wanted.rule)
        if self.wanted.late:
            yield lambda rows: {case_id for case_id, number in missed(self.connection, rows).items() if number}


def _midnight(day: date, more: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=more), time(), zone).astimezone(UTC)


def find_cases(waymark: Waymark, actor: Actor, wanted: Sought, page: int, now: datetime) -> FoundPage:
    """A page of the cases that fit. Raises `NotFound` to everybody but an auditor of a provider."""
    if not 1 <= page <= LAST_PAGE:
        raise NotFound
    with db.reading(waymark.engine) as connection:
        orgs = require_auditor(connection, actor)
        search = _Search(connection, actor, wanted, orgs, _called(connection, orgs, wanted.person))
        rows = list(islice(search.rows(), (page - 1) * PAGE, page * PAGE + 1))
        found = _views(connection, rows[:PAGE], search.people or ())
        processes = _choices(connection, orgs, case.c.process_key, case.c.process_name)
        employers, asked_for = _employers(connection, orgs), _asked(search, page)
    note_search(waymark, actor, asked_for, now)
    return FoundPage(found, page, len(rows) > PAGE, processes, employers)


def _called(connection: sa.Connection, orgs: Sequence[str], typed: str) -> list[str] | None:
    """Ids of those with this full name, of the providers themselves and of the employers that they serve."""
    name = " ".join(typed.split()).lower()
    if not name:
        return None
    near = {*orgs, *(employer for org in orgs for employer in employers_of(connection, org))}
    same = sa.or_(sa.func.lower(person.c.name) == name, person.c.id == name)
    return sorted(connection.execute(sa.select(person.c.id).where(same, person.c.org_id.in_(near))).scalars())


def _views(connection: sa.Connection, rows: Sequence[sa.Row[Any]], people: Sequence[str]) -> list[FoundCase]:
    """Whom a case is about is told only to who looked for that very person."""
    late = missed(connection, rows)
    about = {row.subject_id for row in rows} & set(people)
    names = (
        connection.execute(sa.select(person.c.id, person.c.name).where(person.c.id.in_(about))).all() if about else []
    )
    called = {row.id: row.name for row in names}
    return [FoundCase(head_of(row, row.employer), late.get(row.id, 0), called.get(row.subject_id, "")) for row in rows]


def _choices(
    connection: sa.Connection, orgs: Sequence[str], key: sa.ColumnElement[str], name: sa.ColumnElement[str]
) -> list[tuple[str, str]]:
    query = sa.select(key, sa.func.max(name)).where(case.c.provider_id.in_(orgs)).group_by(key)
    return sorted(((row[0], row[1]) for row in connection.execute(query)), key=lambda one: one[1].lower())


def _employers(connection: sa.Connection, orgs: Sequence[str]) -> list[tuple[str, str]]:
    ids = connection.execute(sa.select(case.c.employer_id).where(case.c.provider_id.in_(orgs)).distinct()).scalars()
    found = [(one, organisation_of(connection, one).name) for one in ids.all()]
    return sorted(found, key=lambda one: one[1].lower())


def _asked(search: _Search, page: int) -> dict[str, Any]:
    """As it is noted: ids, days and choices, for what was typed may be a name."""
    wanted = search.wanted
    told = {name: getattr(wanted, name) for name in ("process", "version", "employer", "state", "rule")}
    if wanted.reference:
        query = sa.select(case.c.id).where(case.c.reference == wanted.reference.strip().upper())
        told["cases"] = list(search.connection.execute(query).scalars())
    if wanted.since or wanted.until:
        told |= {"days": wanted.days, "since": str(wanted.since or ""), "until": str(wanted.until or "")}
    if search.people is not None:
        told["people"] = list(search.people)
    if wanted.rule:
        told["how"] = wanted.how
    return {name: value for name, value in told.items() if value not in ("", None)} | {
        "late": wanted.late,
        "page": page,
    }
