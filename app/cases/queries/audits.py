"""Audits by HR: the samples, the course of each case in them, and what was found (NW-13)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
import sqlalchemy as sa

from app import db, definitions, engine, records
from app.cases.audits.drawing import had_part, key_name, one_of, require_auditing, template
from app.cases.audits.tables import audit, finding, sampled
from app.cases.enclosing import Enclosing
from app.cases.measures.course import KINDS, Course, courses, tells
from app.cases.queries.form_views import form_view
from app.cases.tables import case
from app.cases.views import FormView
from app.cases.waymark import Waymark
from app.engine import Key
from app.expressions import Environment
from app.history import history_event
from app.identity import Actor, calendar_of
from app.records.keys import decrypt


@dataclass(frozen=True)
class SampleRow:
    """One case of a sample. `mine`: this person had a part in it, and may not look at it."""

    number: int
    done: bool
    mine: bool


@dataclass(frozen=True)
class Audit:
    """A sample. `found`: (question, (choice in words, how many), …, words) over the cases that were looked at."""

    id: str
    process_name: str
    since: date
    until: date
    population: int
    drawn_at: datetime
    cases: Sequence[SampleRow]
    found: Sequence[tuple[str, Sequence[tuple[str, int]], Sequence[str]]]

    @property
    def done(self) -> int:
        return sum(one.done for one in self.cases)


@dataclass(frozen=True)
class Step:
    """One step of the course: its name, when, until when it was due, and whether that was kept (None: no date)."""

    name: str
    began: datetime
    ended: datetime | None
    due: datetime | None
    late: bool | None
    rules: tuple[str, ...]


@dataclass(frozen=True)
class AuditCase:
    """The page of one case: its course, without people and without words, and the questions."""

    audit_id: str
    number: int
    process_name: str
    policy: str
    steps: Sequence[Step]
    form: FormView
    done: bool
    mine: bool


def audits(waymark: Waymark, actor: Actor) -> list[Audit]:
    """Samples of the actor's employer, the newest first. Raises `NotFound`."""
    require_auditing(actor)
    with db.reading(waymark.engine) as connection:
        query = sa.select(audit).where(audit.c.employer_id == actor.org_id).order_by(audit.c.drawn_at.desc())
        return [_audit(waymark, connection, actor, row) for row in connection.execute(query).all()]


def audited_processes(waymark: Waymark, actor: Actor) -> list[tuple[str, str]]:
    """(key, name) of the kinds of cases that have ended at the actor's employer. Raises `NotFound`."""
    require_auditing(actor)
    with db.reading(waymark.engine) as connection:
        query = sa.select(case.c.process_key, sa.func.max(case.c.process_name))
        ended = query.where(case.c.employer_id == actor.org_id, case.c.ended_at.isnot(None))
        rows = connection.execute(ended.group_by(case.c.process_key)).all()
        return sorted((row[0], row[1]) for row in rows)


def _audit(waymark: Waymark, connection: sa.Connection, actor: Actor, row: sa.Row[Any]) -> Audit:
    found = connection.execute(sa.select(finding).where(finding.c.audit_id == row.id)).all()
    done = {one.number for one in found}
    cases = connection.execute(sa.select(sampled).where(sampled.c.audit_id == row.id).order_by(sampled.c.number)).all()
    key = records.read_person_key(connection, waymark.master_key, key_name(row.id)).key
    answers = [orjson.loads(decrypt(key, bytes(one.sealed), f"{row.id}/{one.number}".encode())) for one in found]
    return Audit(
        row.id,
        row.process_name,
        row.since,
        row.until,
        row.population,
        row.drawn_at,
        [SampleRow(one.number, one.number in done, had_part(connection, actor, one.case_id)) for one in cases],
        _summed(answers),
    )


def _summed(answers: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[tuple[str, int]], list[str]]]:
    told = []
    for field in template().walk():
        if field.key and answers:
            given = [str(one[field.key]) for one in answers if field.key in one]
            numbers = Counter(given)
            choices = [(one.label, numbers[one.value]) for one in field.options]
            told.append((field.label, choices, [] if field.options else sorted(given)))
    return told


def audit_case(waymark: Waymark, actor: Actor, audit_id: str, number: int, now: datetime) -> AuditCase:
    """One case of a sample. Raises `NotFound`."""
    with db.reading(waymark.engine) as connection:
        row = one_of(connection, actor, audit_id, number)
        mine = had_part(connection, actor, row.case_id)
        held = connection.execute(sa.select(case).where(case.c.id == row.case_id)).one()
        outline = engine.describe(engine.load(definitions.get(connection, held.definition_sha)))
        course = Course("") if mine else _course(connection, row.case_id)
        env = Environment(now=now, calendar=calendar_of(connection, actor.org_id))
    hidden = Enclosing(tells, outline).hidden
    names = {(one.process, one.id): one.name for process in outline.processes for one in process.elements}
    form = form_view(template(), {}, {}, {}, env)
    steps = _steps(course, names, hidden)
    return AuditCase(audit_id, number, held.process_name, course.policy, steps, form, bool(row.done), mine)


def _course(connection: sa.Connection, case_id: str) -> Course:
    event = history_event.c
    query = sa.select(event.case_id, event.at, event.kind, event.body)
    query = query.where(event.case_id == case_id, event.kind.in_(KINDS)).order_by(event.seq)
    return next(iter(courses(connection.execute(query))), Course(case_id))


def _steps(course: Course, names: Mapping[Key, str], hidden: frozenset[Key]) -> list[Step]:
    """With a name of their own; what tells of somebody's health is left out."""
    return [
        Step(names[one.process, one.element], one.began, one.ended, one.due, one.late, one.rules)
        for one in course.passages
        if names.get((one.process, one.element)) and (one.process, one.element) not in hidden
    ]
