"""Starting a case (XX-A1), also as a follow-up from an earlier one (XX-A10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app import db, definitions, engine, records
from app.cases import access, receipts
from app.cases.answers import submission_row
from app.cases.assignment import with_parties
from app.cases.options import Offered
from app.cases.results import next_tasks
from app.cases.step import Subject, Told, write
from app.cases.tables import case, reference_counter
from app.cases.views import Started, TaskRef
from app.cases.waymark import Waymark
from app.engine import Outline, Start
from app.errors import NotAllowed, NotFound, WaymarkError
from app.expressions import Environment
from app.history import Head
from app.identity import Actor, calendar_of, provider_of
from app.workdays import Calendar


class NoSubject(WaymarkError):
    """The start form does not say whom the case is about."""

    status = 422


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


def start(
    waymark: Waymark,
    actor: Actor,
    process_key: str,
    answers: Mapping[str, Any],
    now: datetime,
    key: str | None = None,
    previous_case: str | None = None,
) -> Started:
    """Start a case from its start form. `key`: idempotency key; the same key gives the first case again.

    Raises `NotAllowed` (not a starter), `NotFound`, `InvalidAnswers`, `NoSubject`, `EngineFailure`.
    """
    return receipts.again(key, lambda: _start(waymark, actor, process_key, answers, now, key, previous_case))


def _start(
    waymark: Waymark,
    actor: Actor,
    process_key: str,
    answers: Mapping[str, Any],
    now: datetime,
    key: str | None,
    previous_case: str | None,
) -> Started:
    request = receipts.request_digest("start", process_key, answers, previous_case)
    with db.transaction(waymark.engine) as connection:
        first = receipts.earlier(connection, actor.person_id, key, request)
        if first is not None:
            return _started(first)
        deployed = definitions.current(connection, process_key)
        if deployed is None:
            raise NotFound
        place = find_place(connection, actor, previous_case)
        require_starter(actor, _outline(deployed), place)
        opening = Opening(waymark, actor, deployed, place, calendar_of(connection, place.employer_id), now)
        batch = db.Batch()
        result = opening.write(batch, connection, _case_id(actor, key), opening.checked(connection, answers))
        receipts.keep(batch, actor.person_id, key, request, result, now)
        batch.run(connection)
        return _started(result)


@dataclass(frozen=True)
class Opening:
    """A case about to be opened: by whom, from which version, where, counted in which calendar, when."""

    waymark: Waymark
    actor: Actor
    deployed: definitions.Deployed
    place: Place
    calendar: Calendar
    now: datetime

    def checked(self, connection: sa.Connection, answers: Mapping[str, Any]) -> dict[str, Any]:
        """The start form's clean answers. Raises `InvalidAnswers`."""
        form, place = self.deployed.start_form, self.place
        options = Offered(connection, place.employer_id, place.provider_id)
        env = Environment(now=self.now, calendar=self.calendar)
        return form.validate(answers, {"follow_up": place.previous is not None}, options, env)

    def write(
        self, batch: db.Batch, connection: sa.Connection, case_id: str, cleaned: dict[str, Any]
    ) -> dict[str, Any]:
        """The first step and its rows: the case at once, the rest into the batch. Returns the receipt's answer."""
        deployed, place, now = self.deployed, self.place, self.now
        parties, _changed = with_parties(place.parties, self._chosen(cleaned))
        subject_id = next(iter(parties.get("employee", ())), None)
        if subject_id is None:
            raise NoSubject
        facts = {
            **deployed.start_form.routing(cleaned),
            "employer": place.employer_id,
            "follow_up": place.previous is not None,
        }
        begin = Start(case_id, facts, self.calendar.as_dict())
        step = engine.advance(engine.load(deployed.bundle), None, begin, now)
        reference = _next_reference(connection, now)
        told = self._told(facts, parties, self._sealed(batch, connection, case_id, subject_id, cleaned))
        subject = Subject(case_id, reference, place.employer_id, place.provider_id, deployed.sha256)
        values = write(batch, connection, subject, {}, Head(), step, told, self.actor, now)
        connection.execute(case.insert(), {**self._fixed(case_id, reference, subject_id), **values})
        refs = next_tasks(self.actor, step, parties, place.employer_id, place.provider_id)
        return {
            "case_id": case_id,
            "reference": reference,
            "next": [[ref.id, ref.name, ref.mine] for ref in refs],
        }

    def _chosen(self, cleaned: Mapping[str, Any]) -> dict[str, str]:
        """Parties named in the form, and the person who refers."""
        chosen = dict(self.deployed.start_form.parties(cleaned))
        if self.place.previous is None:
            chosen.setdefault("referring_manager", self.actor.person_id)
        return chosen

    def _sealed(
        self, batch: db.Batch, connection: sa.Connection, case_id: str, subject_id: str, cleaned: dict[str, Any]
    ) -> dict[str, str]:
        """Put the sealed answers into the batch; their commitments."""
        key = records.person_key_for(connection, self.waymark.master_key, subject_id, self.now)
        sha, form = self.deployed.sha256, self.deployed.start_form
        sealed, row = submission_row(key, case_id, None, subject_id, sha, form.id, cleaned, self.actor, self.now)
        batch.insert(records.submission, [row])
        return sealed.commitments

    def _told(self, facts: Mapping[str, Any], parties: Mapping[str, list[str]], commitments: Mapping[str, str]) -> Told:
        return Told(
            "start",
            {
                "process": self.deployed.key,
                "facts": facts,
                "calendar": self.calendar.as_dict(),
                "form": self.deployed.start_form.id,
                "commitments": commitments,
                "parties": parties,
                "previous": self.place.previous.id if self.place.previous else None,
                "rules": _start_rules(_outline(self.deployed)),
            },
            new_parties=[(role, person) for role, people in parties.items() for person in people],
            parties=parties,
        )

    def _fixed(self, case_id: str, reference: str, subject_id: str) -> dict[str, Any]:
        """The columns of a case that never change, and its first version."""
        return {
            "id": case_id,
            "reference": reference,
            "process_key": self.deployed.key,
            "process_name": self.deployed.name,
            "definition_sha": self.deployed.sha256,
            "definition_version": self.deployed.version,
            "version": 1,
            "subject_id": subject_id,
            "employer_id": self.place.employer_id,
            "provider_id": self.place.provider_id,
            "previous_case_id": self.place.previous.id if self.place.previous else None,
            "calendar": self.calendar.as_dict(),
            "opened_at": self.now,
        }


def _case_id(actor: Actor, key: str | None) -> str:
    """With a key the id follows from it: two requests at once cannot make two cases."""
    return str(uuid5(NAMESPACE_URL, f"{actor.person_id}/{key}") if key else uuid4())


def _outline(deployed: definitions.Deployed) -> Outline:
    return engine.describe(engine.load(deployed.bundle))


def find_place(connection: sa.Connection, actor: Actor, previous_case: str | None) -> Place:
    """Employer and provider of a new case: the actor's own employer, or those of the case before."""
    if previous_case is None:
        provider = provider_of(connection, actor.org_id)
        if provider is None:
            raise NotAllowed("Your organisation has no occupational health provider.")
        return Place(actor.org_id, provider, None)
    previous = connection.execute(sa.select(case).where(case.c.id == previous_case)).first()
    if previous is None or not access.party_roles(actor, previous.parties) & access.MAY_FOLLOW_UP:
        raise NotFound
    return Place(previous.employer_id, previous.provider_id, previous)


def require_starter(actor: Actor, outline: Outline, place: Place) -> None:
    """`NotAllowed` unless one of the actor's memberships is among the diagram's `starters`."""
    if place.previous is None and not may_start(actor, outline):
        raise NotAllowed("You may not start this process.")


def may_start(actor: Actor, outline: Outline) -> bool:
    return any(actor.has(role, actor.org_id) for role in outline.starters)


def _start_rules(outline: Outline) -> list[str]:
    """Rule ids of the event that starts a case."""
    main = outline.processes[0]
    return [rule for one in main.elements if one.kind == "startEvent" and one.scope == main.id for rule in one.rules]


def _next_reference(connection: sa.Connection, now: datetime) -> str:
    """The next number of the year; two starts at once wait for each other here, and only here."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    counted = (
        insert(reference_counter)
        .values(year=now.year, last=1)
        .on_conflict_do_update(index_elements=["year"], set_={"last": reference_counter.c.last + 1})
        .returning(reference_counter.c.last)
    )
    return f"R-{now.year}-{connection.execute(counted).scalar_one():05d}"


def _started(answer: Mapping[str, Any]) -> Started:
    return Started(answer["case_id"], answer["reference"], tuple(TaskRef(*item) for item in answer["next"]))
