"""How policies work, for the oversight group of an employer and for auditors (NW-13): counts, never a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app import db, definitions, engine
from app.cases.enclosing import Enclosing
from app.cases.measures.counting import Clause, Seen, Series, clauses, seen, series
from app.cases.measures.course import KINDS, Course, courses, tells
from app.cases.measures.file import Measures, read
from app.cases.queries.names import Names
from app.cases.tables import case
from app.cases.waymark import Waymark
from app.definitions import rules as ledger
from app.engine import Key
from app.errors import NotFound
from app.history import history_event
from app.identity import Actor
from app.identity.people import Organisation, employers_of, organisation_of
from app.settings import ROOT

OVERSIGHT, AUDITOR = "oversight", "auditor"
FOLDER = ROOT / "processes"


@dataclass(frozen=True)
class Figures:
    """What the page shows. `quarters`: the heads of `trend`, the oldest first. `policies` and `teams` hold the heads of
    their tables, of the last four quarters."""

    employer: Organisation
    employers: Sequence[Organisation]
    smallest: int
    quarters: Sequence[str]
    trend: Sequence[Series]
    policies: Sequence[str]
    by_policy: Sequence[Series]
    teams: Sequence[str]
    by_team: Sequence[Series]
    clauses: Sequence[Clause]


def measures(waymark: Waymark, actor: Actor, employer_id: str | None, now: datetime) -> Figures:
    """The figures of an employer; None: the first that the actor oversees. Raises `NotFound` for who oversees none."""
    wanted = read(FOLDER)
    with db.reading(waymark.engine) as connection:
        mine = overseen(connection, actor)
        if not mine or employer_id not in {None, *(one.id for one in mine)}:
            raise NotFound
        employer = next((one for one in mine if one.id == employer_id), mine[0])
        heads = quarters(now.astimezone(ZoneInfo(employer.tz)).date(), wanted.quarters)
        cases = _courses(connection, employer, heads[0])
        names = _names(connection, cases)
    return _figures(wanted, mine, employer, heads, cases, names, now)


def overseen(connection: sa.Connection, actor: Actor) -> list[Organisation]:
    """The employers whose figures somebody may see: their own as a member of the oversight group, those that their
    provider serves as its auditor."""
    own = [org for org, role in actor.roles if role == OVERSIGHT]
    audited = [org for org, role in actor.roles if role == AUDITOR]
    served = [employer for org in audited for employer in employers_of(connection, org)]
    return [organisation_of(connection, org) for org in dict.fromkeys([*own, *served])]


def quarters(today: date, number: int) -> list[date]:
    """First days of the last `number` quarters, the running one last."""
    first = today.year * 4 + (today.month - 1) // 3 - number + 1
    return [date(at // 4, at % 4 * 3 + 1, 1) for at in range(first, first + number)]


def _courses(connection: sa.Connection, employer: Organisation, since: date) -> list[Course]:
    """Of the employer's cases that were touched since; without the steps that tell of somebody's health."""
    begin = datetime(since.year, since.month, since.day, tzinfo=ZoneInfo(employer.tz)).astimezone(UTC)
    of_them = sa.and_(case.c.employer_id == employer.id, case.c.changed_at >= begin)
    event = history_event.c
    query = (
        sa.select(event.case_id, event.at, event.kind, event.body)
        .join(case, case.c.id == event.case_id)
        .where(of_them, event.kind.in_(KINDS))
        .order_by(event.case_id, event.seq)
    )
    hidden = _hidden(connection, of_them)
    found = list(courses(connection.execute(query)))
    for one in found:
        one.passages = [passage for passage in one.passages if (passage.process, passage.element) not in hidden]
    return found


def _hidden(connection: sa.Connection, of_them: sa.ColumnElement[bool]) -> frozenset[Key]:
    shas = connection.execute(sa.select(case.c.definition_sha).where(of_them).distinct()).scalars()
    outlines = [engine.describe(engine.load(definitions.get(connection, sha))) for sha in shas]
    return Enclosing(tells, *outlines).hidden


def _names(connection: sa.Connection, cases: Sequence[Course]) -> Mapping[str, str]:
    people = Names(connection)
    return {lead: people.get(lead, "") for lead in {one.team for one in cases} if lead}


def _figures(
    wanted: Measures,
    mine: Sequence[Organisation],
    employer: Organisation,
    heads: Sequence[date],
    cases: Sequence[Course],
    names: Mapping[str, str],
    now: datetime,
) -> Figures:
    zone, year = ZoneInfo(employer.tz), heads[-4:]
    times = {one.id: seen(one, cases) for one in wanted.measures}
    labels = [name_of(head) for head in heads]

    def quarter(at: datetime) -> str:
        local = at.astimezone(zone).date()
        return name_of(date(local.year, (local.month - 1) // 3 * 3 + 1, 1))

    recent = {key: [one for one in all_ if one.at.astimezone(zone).date() >= year[0]] for key, all_ in times.items()}
    policies = sorted({one.policy for all_ in recent.values() for one in all_ if one.policy})
    teams = sorted({names[one.team] for all_ in recent.values() for one in all_ if names.get(one.team)})

    def table(
        source: Mapping[str, list[Seen]], heads: Sequence[str], head_of: Callable[[Seen], str | None]
    ) -> list[Series]:
        return [series(one, source[one.id], heads, head_of, wanted.smallest) for one in wanted.measures]

    timed = frozenset(key for key, rule in ledger.load(FOLDER).items() if rule.timed)
    return Figures(
        employer,
        mine,
        wanted.smallest,
        labels,
        table(times, labels, lambda one: quarter(one.at)),
        policies,
        table(recent, policies, lambda one: one.policy),
        teams,
        table(recent, teams, lambda one: names.get(one.team)),
        clauses(cases, timed, now, wanted.smallest),
    )


def name_of(quarter: date) -> str:
    """Of the quarter that begins on a day, for example “Jul to Sep 2026”."""
    months = ("Jan to Mar", "Apr to Jun", "Jul to Sep", "Oct to Dec")
    return f"{months[quarter.month // 3]} {quarter.year}"
