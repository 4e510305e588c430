"""The pages about deadlines, for auditors of a provider: which were met and which missed, in one quarter (XX-2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app import db, definitions
from app.cases.audit.sight import note_in_register, require_auditor
from app.cases.deadlines import heat, periods, reading
from app.cases.deadlines.house import House
from app.cases.deadlines.reading import Span
from app.cases.deadlines.views import Deadlines, Period, StepLine, VersionDeadlines
from app.cases.waymark import Waymark
from app.definitions import Deployed
from app.errors import NotFound
from app.identity import Actor
from app.identity.people import organisation_of


def deadlines(waymark: Waymark, actor: Actor, quarter: str | None, now: datetime) -> Deadlines:
    """Of all versions. `quarter`: "2026-3", None for the running one. That it was read is noted first.

    Raises `NotFound`: to everybody but auditors of a provider, and for what is no quarter."""
    with db.reading(waymark.engine) as connection:
        span, period = _span(connection, actor, quarter, now)
        house = House(connection, span, reading.versions(connection, span))
        steps = house.read(connection, now)
    note_in_register(waymark, actor, "deadlines", {"quarter": period.id}, now)
    return Deadlines(period, house.smallest, house.by_rule(steps), house.by_version(steps))


def version_deadlines(
    waymark: Waymark, actor: Actor, key: str, version: int, quarter: str | None, part: str | None, now: datetime
) -> VersionDeadlines:
    """Of one version, by step. `part`: id of one of its processes, None for the first. Raises as `deadlines`, and for a
    version or a part that is not there, or that may not be known."""
    with db.reading(waymark.engine) as connection:
        span, period = _span(connection, actor, quarter, now)
        found = _deployed(connection, key, version)
        house = House(connection, span, [found.sha256, *reading.versions(connection, span)])
        steps = [one for one in house.read(connection, now) if (one.where.key, one.where.version) == (key, version)]
    parts = house.parts(found.sha256)
    chosen = part if part is not None else next(iter(parts), "")
    if chosen not in parts:
        raise NotFound
    lines = house.by_step(one for one in steps if one.where.process == chosen)
    asked = {"quarter": period.id, "process": key, "version": version, "part": chosen}
    note_in_register(waymark, actor, "deadlines", asked, now)
    picture = _picture(house, found, chosen, lines)
    return VersionDeadlines(
        period, house.smallest, key, version, found.name, list(parts.items()), chosen, lines, picture
    )


def _picture(house: House, found: Deployed, part: str, lines: Sequence[StepLine]) -> str | None:
    processes = house.outlines[found.sha256].processes
    file = next(one.file for one in processes if one.id == part)
    return heat.picture(found.bundle.files[file], lines)


def _deployed(connection: sa.Connection, key: str, version: int) -> Deployed:
    for one in definitions.list_deployments(connection, key):
        if one.version == version:
            return one
    raise NotFound


def _span(connection: sa.Connection, actor: Actor, quarter: str | None, now: datetime) -> tuple[Span, Period]:
    orgs = require_auditor(connection, actor)
    zone = ZoneInfo(organisation_of(connection, orgs[0]).tz)
    today: date = now.astimezone(zone).date()
    first = periods.first_day(quarter, today)
    return Span(orgs, *periods.bounds(first, zone)), periods.period(first, today)
