"""What every new case needs, however it is started: a place, a reference, the columns that never change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app import definitions, engine
from app.cases.subject import Subject
from app.cases.tables import reference_counter
from app.engine import Outline
from app.workdays import Calendar


@dataclass(frozen=True)
class Place:
    """Where a new case belongs."""

    employer_id: str
    provider_id: str
    previous: sa.Row[Any] | None

    @property
    def parties(self) -> Mapping[str, list[str]]:
        """Parties that a follow-up takes over from the case before: who it is about, who looks after them."""
        if self.previous is None:
            return {}
        keep = {"employee", "referring_manager", "line_manager", "hr", "practitioner"}
        return {role: people for role, people in self.previous.parties.items() if role in keep}


def fixed_columns(
    deployed: definitions.Deployed, place: Place, calendar: Calendar, subject: Subject, now: datetime
) -> dict[str, Any]:
    """The columns of a case that never change, and its first version."""
    return {
        "id": subject.case_id,
        "reference": subject.reference,
        "process_key": deployed.key,
        "process_name": deployed.name,
        "definition_sha": deployed.sha256,
        "definition_version": deployed.version,
        "version": 1,
        "subject_id": subject.subject_id,
        "employer_id": place.employer_id,
        "provider_id": place.provider_id,
        "previous_case_id": place.previous.id if place.previous else None,
        "calendar": calendar.as_dict(),
        "opened_at": now,
    }


def outline_of(deployed: definitions.Deployed) -> Outline:
    return engine.describe(engine.load(deployed.bundle))


def start_rules(outline: Outline) -> list[str]:
    """Rule ids of the event that starts a case."""
    main = outline.processes[0]
    return [rule for one in main.elements if one.kind == "startEvent" and one.scope == main.id for rule in one.rules]


def next_reference(connection: sa.Connection, now: datetime) -> str:
    """The next number of the year; two starts at once wait for each other here, and only here."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    counted = (
        insert(reference_counter)
        .values(year=now.year, last=1)
        .on_conflict_do_update(index_elements=["year"], set_={"last": reference_counter.c.last + 1})
        .returning(reference_counter.c.last)
    )
    return f"R-{now.year}-{connection.execute(counted).scalar_one():05d}"
