"""What every new case needs, however it is started: a place, a reference, the columns that never change."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from app import definitions, engine
from app.cases.access import EMPLOYEE
from app.cases.subject import Subject
from app.engine import Outline
from app.workdays import Calendar

Answer = TypeVar("Answer")
#: signs of a reference, how many of them, and how often another is drawn
SIGNS, LENGTH, TRIES = "2346789BCDFGHJKMNPQRTVWXYZ", 6, 5


@dataclass(frozen=True)
class Place:
    """Where a new case belongs."""

    employer_id: str
    provider_id: str
    previous: sa.Row[Any] | None

    def follows_same(self, process_key: str) -> bool:
        """Is it a follow-up: of a case of the same process (XX-A10)?"""
        return self.previous is not None and self.previous.process_key == process_key

    @property
    def given(self) -> dict[str, Any]:
        """Facts that every case has from its start, beside `follow_up`."""
        return {"employer": self.employer_id, "previous": self.previous.id if self.previous is not None else None}


def carried(parties: Mapping[str, list[str]], outline: Outline) -> dict[str, list[str]]:
    """The parties of the case before whom the new process has something for, and the employee if it is about them.
    Nobody else: to be a party opens the case."""
    elements = (one for process in outline.processes for one in process.elements)
    named = {role for one in elements for role in (*one.roles, *one.said_by)}
    named = named - {EMPLOYEE} if outline.beginning.about_nobody else named | {EMPLOYEE}
    return {role: people for role, people in parties.items() if role in named}


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


def new_reference(now: datetime) -> str:
    """A reference for a new case: "R-2026-7KQM4X". Drawn by lot, so that nobody can tell from it how many cases there
    are, and none waits for another to be numbered; no vowels, and nothing that can be misread or misheard as another.

    It may be taken already, once in hundreds of millions: the database refuses it then, see `once_more`.
    """
    return f"R-{now.year}-{''.join(secrets.choice(SIGNS) for _ in range(LENGTH))}"


def once_more(command: Callable[[], Answer]) -> Answer:
    """Run a command that opens a case; again with another reference where the one that it drew is taken."""
    for _ in range(TRIES - 1):
        try:
            return command()
        except sa.exc.IntegrityError as error:
            if "reference" not in str(error.orig):
                raise
    return command()
