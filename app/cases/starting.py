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
from app.forms import Form
from app.history import Head
from app.identity import Actor, calendar_of, provider_of


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
        definition = engine.load(deployed.bundle)
        outline = engine.describe(definition)
        place = find_place(connection, actor, previous_case)
        require_starter(actor, outline, place)
        form = deployed.start_form
        options = Offered(connection, place.employer_id, place.provider_id)
        env = Environment(now=now, calendar=calendar_of(connection, place.employer_id))
        cleaned = form.validate(answers, {"follow_up": place.previous is not None}, options, env)
        batch = db.Batch()
        result = _opened(batch, connection, waymark, actor, deployed, definition, place, form, cleaned, key, now)
        receipts.keep(batch, actor.person_id, key, request, result, now)
        batch.run(connection)
        return _started(result)


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


def _opened(
    batch: db.Batch,
    connection: sa.Connection,
    waymark: Waymark,
    actor: Actor,
    deployed: definitions.Deployed,
    definition: engine.Definition,
    place: Place,
    form: Form,
    cleaned: dict[str, Any],
    key: str | None,
    now: datetime,
) -> dict[str, Any]:
    case_id = str(uuid5(NAMESPACE_URL, f"{actor.person_id}/{key}") if key else uuid4())
    parties, _changed = with_parties(place.parties, _chosen(actor, form, cleaned, place))
    subject_id = next(iter(parties.get("employee", ())), None)
    if subject_id is None:
        raise NoSubject
    facts = {
        **form.routing(cleaned),
        "employer": place.employer_id,
        "follow_up": place.previous is not None,
    }
    calendar = calendar_of(connection, place.employer_id)
    step = engine.advance(definition, None, Start(case_id, facts, calendar.as_dict()), now)
    reference = _next_reference(connection, now)
    key_bytes = records.person_key_for(connection, waymark.master_key, subject_id, now)
    sealed, row = submission_row(key_bytes, case_id, None, subject_id, deployed.sha256, form.id, cleaned, actor, now)
    told = Told(
        "start",
        {
            "process": deployed.key,
            "facts": facts,
            "calendar": calendar.as_dict(),
            "form": form.id,
            "commitments": sealed.commitments,
            "parties": parties,
            "previous": place.previous.id if place.previous else None,
            "rules": _start_rules(engine.describe(definition)),
        },
        new_parties=[(role, person) for role, people in parties.items() for person in people],
        parties=parties,
    )
    subject = Subject(case_id, reference, place.employer_id, place.provider_id, deployed.sha256)
    batch.insert(records.submission, [row])
    values = write(batch, connection, subject, {}, Head(), step, told, actor, now)
    fixed = _fixed(case_id, reference, deployed, place, subject_id, now) | {"calendar": calendar.as_dict()}
    connection.execute(case.insert(), {**fixed, **values})
    return {
        "case_id": case_id,
        "reference": reference,
        "next": [
            [ref.id, ref.name, ref.mine]
            for ref in next_tasks(actor, step, parties, place.employer_id, place.provider_id)
        ],
    }


def _start_rules(outline: Outline) -> list[str]:
    """Rule ids of the event that starts a case."""
    main = outline.processes[0]
    return [rule for one in main.elements if one.kind == "startEvent" and one.scope == main.id for rule in one.rules]


def _chosen(actor: Actor, form: Form, cleaned: Mapping[str, Any], place: Place) -> dict[str, str]:
    """Parties named in the form, and the person who refers."""
    chosen = dict(form.parties(cleaned))
    if place.previous is None:
        chosen.setdefault("referring_manager", actor.person_id)
    return chosen


def _fixed(
    case_id: str, reference: str, deployed: definitions.Deployed, place: Place, subject_id: str, now: datetime
) -> dict[str, Any]:
    """The columns of a case that never change."""
    return {
        "id": case_id,
        "reference": reference,
        "process_key": deployed.key,
        "process_name": deployed.name,
        "definition_sha": deployed.sha256,
        "definition_version": deployed.version,
        "version": 1,
        "subject_id": subject_id,
        "employer_id": place.employer_id,
        "provider_id": place.provider_id,
        "previous_case_id": place.previous.id if place.previous else None,
        "opened_at": now,
    }


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
