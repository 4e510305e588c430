"""Starting a case (XX-A1), also from an earlier one (XX-A10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

import sqlalchemy as sa

from app import db, definitions, engine, records
from app.cases import receipts
from app.cases.answers import submission_row
from app.cases.assignment import all_new
from app.cases.files.sending import Pending
from app.cases.files.target import Target
from app.cases.flags import flagged
from app.cases.guards import guards
from app.cases.messages.delivering import at_once
from app.cases.newcase import Place, fixed_columns, new_reference, once_more, outline_of, start_rules
from app.cases.options import Offered
from app.cases.parties import naming
from app.cases.queries import following
from app.cases.results import next_tasks
from app.cases.starters import place_for
from app.cases.step import Told, write
from app.cases.subject import Subject, nobody
from app.cases.tables import case
from app.cases.views import Started, TaskRef
from app.cases.waymark import Waymark
from app.engine import Outline, Start, Step
from app.errors import NotFound
from app.expressions import Environment
from app.history import Head
from app.identity import Actor, calendar_of
from app.records import attachments
from app.workdays import Calendar


def start(
    waymark: Waymark,
    actor: Actor,
    process_key: str,
    answers: Mapping[str, Any],
    now: datetime,
    key: str | None = None,
    previous_case: str | None = None,
    employer: str | None = None,
) -> Started:
    """Start a case from its start form. `key`: idempotency key; the same key gives the first case again.
    `previous_case`: that it follows. `employer`: for whom somebody of the provider starts what is about nobody; without
    it the case is the provider's own.

    Raises `NotAllowed` (not a starter), `NotFound`, `following.NotReady`, `InvalidAnswers`, `naming.NoSubject`,
    `EngineFailure`.
    """
    origin = (previous_case, employer)
    return once_more(
        lambda: receipts.again(key, lambda: _start(waymark, actor, process_key, answers, now, key, origin))
    )


def _start(
    waymark: Waymark,
    actor: Actor,
    process_key: str,
    answers: Mapping[str, Any],
    now: datetime,
    key: str | None,
    origin: tuple[str | None, str | None],
) -> Started:
    request = receipts.request_digest("start", process_key, answers, *(origin if origin[1] else origin[:1]))
    with db.transaction(waymark.engine) as connection:
        first = receipts.earlier(connection, actor.person_id, key, request)
        if first is not None:
            return _started(first)
        deployed = definitions.current(connection, process_key)
        if deployed is None:
            raise NotFound
        opening = _opening(connection, waymark, actor, deployed, origin, now)
        batch = db.Batch()
        result, step = opening.write(batch, connection, _case_id(actor, key), opening.checked(connection, answers))
        receipts.keep(batch, actor.person_id, key, request, result, now)
        batch.run(connection)
    at_once(waymark, result["case_id"], step, now)
    return _started(result)


def _opening(
    connection: sa.Connection,
    waymark: Waymark,
    actor: Actor,
    deployed: definitions.Deployed,
    origin: tuple[str | None, str | None],
    now: datetime,
) -> Opening:
    outline = outline_of(deployed)
    place = place_for(connection, actor, outline, *origin)
    sight = following.before(connection, actor, place)
    following.require_ready(outline.beginning, sight, now)
    facts = following.given_facts(deployed.key, outline.beginning, place, sight)
    calendar = calendar_of(connection, place.employer_id)
    return Opening(waymark, actor, deployed, outline, place, calendar, now, facts)


@dataclass(frozen=True)
class Opening:
    """A case about to be opened: by whom, from which version, where, counted in which calendar, when, and the facts
    that it has before anybody answers."""

    waymark: Waymark
    actor: Actor
    deployed: definitions.Deployed
    outline: Outline
    place: Place
    calendar: Calendar
    now: datetime
    given: Mapping[str, Any]

    def checked(self, connection: sa.Connection, answers: Mapping[str, Any]) -> dict[str, Any]:
        """The start form's clean answers. Raises `InvalidAnswers`."""
        form, place = self.deployed.start_form, self.place
        options = Offered(connection, place.employer_id, place.provider_id)
        env = Environment(now=self.now, calendar=self.calendar)
        return form.validate(
            answers, self.given, options, env, self._files(connection), guards(connection, place.employer_id)
        )

    def _files(self, connection: sa.Connection) -> Pending:
        """What the actor uploaded for this start form."""
        masters = self.waymark.master_key
        target = Target(process_key=self.deployed.key)
        return Pending(self.waymark, connection, self.actor, target, lambda row: attachments.waiting_key(masters, row))

    def write(
        self, batch: db.Batch, connection: sa.Connection, case_id: str, cleaned: dict[str, Any]
    ) -> tuple[dict[str, Any], Step]:
        """The first step and its rows: the case at once, the rest into the batch. Also returns the receipt's answer."""
        deployed, place, now = self.deployed, self.place, self.now
        about, parties = naming.at_start(connection, place, self.outline, self.actor, deployed.start_form, cleaned)
        subject_id = about or nobody(case_id)
        facts = {**self.given, **deployed.start_form.routing(cleaned), **place.given}
        begin = Start(case_id, facts, self.calendar.as_dict())
        step = engine.advance(engine.load(deployed.bundle), None, begin, now)
        reference = new_reference(now)
        person = records.person_key_for(connection, self.waymark.master_key, subject_id, now)
        keys = records.CaseKeys(case_id, person, records.new_data_keys(person, case_id))
        told = self._told(facts, parties, self._sealed(batch, connection, keys, subject_id, cleaned), cleaned)
        subject = Subject(case_id, reference, place.employer_id, place.provider_id, deployed.sha256, subject_id)
        values = write(batch, connection, subject, {}, Head(), step, told, self.actor, now)
        fixed = {**fixed_columns(deployed, place, self.calendar, subject, now), "data_keys": keys.wrapped}
        connection.execute(case.insert(), {**fixed, **values})
        refs = next_tasks(self.actor, step, parties, place.employer_id, place.provider_id)
        answer = {
            "case_id": case_id,
            "reference": reference,
            "next": [[ref.id, ref.name, ref.mine] for ref in refs],
        }
        return answer, step

    def _sealed(
        self,
        batch: db.Batch,
        connection: sa.Connection,
        keys: records.CaseKeys,
        subject_id: str,
        cleaned: dict[str, Any],
    ) -> dict[str, str]:
        """Put the sealed answers into the batch; their commitments."""
        sha, form = self.deployed.sha256, self.deployed.start_form
        sealed, row = submission_row(keys, None, subject_id, sha, form, cleaned, self.actor, self.now)
        batch.insert(records.submission, [row])
        self._files(connection).send(batch, form, cleaned, row["id"], keys)
        return sealed.commitments

    def _told(
        self,
        facts: Mapping[str, Any],
        parties: Mapping[str, list[str]],
        commitments: Mapping[str, str],
        cleaned: Mapping[str, Any],
    ) -> Told:
        return Told(
            "start",
            {
                "process": self.deployed.key,
                "facts": facts,
                "calendar": self.calendar.as_dict(),
                "form": self.deployed.start_form.id,
                **flagged(self.deployed.start_form, cleaned),
                "commitments": commitments,
                "parties": parties,
                "previous": self.place.previous.id if self.place.previous else None,
                "rules": start_rules(self.outline),
            },
            changed=all_new(parties),
            parties=parties,
        )


def _case_id(actor: Actor, key: str | None) -> str:
    """With a key the id follows from it: two requests at once cannot make two cases."""
    return str(uuid5(NAMESPACE_URL, f"{actor.person_id}/{key}") if key else uuid4())


def _started(answer: Mapping[str, Any]) -> Started:
    return Started(answer["case_id"], answer["reference"], tuple(TaskRef(*item) for item in answer["next"]))
