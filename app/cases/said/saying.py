"""Somebody says what the case waits to hear at any time (property `saidBy`): one transaction, as for a task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app import db, engine, records
from app.cases import receipts
from app.cases.answers import Wording, consents, record_consents, submission_row
from app.cases.assignment import Parties
from app.cases.flags import flagged
from app.cases.guards import guards
from app.cases.locking import Locked, form_sha, lock
from app.cases.messages.delivering import at_once
from app.cases.options import Offered
from app.cases.parties import contacts, naming
from app.cases.parties.handing import Change, hand_over
from app.cases.queries.sight import see
from app.cases.results import next_tasks
from app.cases.said.offers import Offer, none_there, offers
from app.cases.step import Told, write_onwards
from app.cases.views import Done, TaskRef
from app.cases.waymark import Waymark
from app.engine import Message, Step
from app.errors import Conflict
from app.expressions import Environment
from app.forms import Form
from app.history import Entry
from app.identity import Actor
from app.workdays import Calendar


class WhichOne(Conflict):
    """The case waits for this several times. Choose for which of them you say it."""


def say(
    waymark: Waymark,
    actor: Actor,
    case_id: str,
    element_id: str,
    answers: Mapping[str, Any],
    now: datetime,
    key: str | None = None,
) -> Done:
    """Say a message that the case waits for.

    `element_id`: of the element that waits, or the id of one of its waits (`Sayable.id`), where there are several.
    `key`: idempotency key; the same key gives the first answer again. Raises `NotFound` (no part in the case, or not
    theirs to say), `SaidTooLate`, `WhichOne`, `CaseEnded`, `conflict.ConflictOfInterest`, `InvalidAnswers`,
    `EngineFailure`; nothing is changed then.
    """
    return receipts.again(key, lambda: _say(waymark, actor, case_id, element_id, answers, now, key))


def _say(
    waymark: Waymark,
    actor: Actor,
    case_id: str,
    element_id: str,
    answers: Mapping[str, Any],
    now: datetime,
    key: str | None,
) -> Done:
    request = receipts.request_digest("say", case_id, element_id, answers) if key else ""
    with db.transaction(waymark.engine) as connection:
        held = lock(connection, case_id)
        first = receipts.earlier(connection, actor.person_id, key, request)
        if first is not None:
            return Done(first["case_id"], first["status"], tuple(TaskRef(*one) for one in first["next"]))
        word = Word(waymark, connection, actor, held, _meant(connection, actor, held, element_id), now)
        batch = db.Batch()
        done, step = word.write(batch, word.checked(answers))
        refs = [[ref.id, ref.name, ref.mine] for ref in done.next_tasks]
        answer = {"case_id": done.case_id, "status": done.status, "next": refs}
        receipts.keep(batch, actor.person_id, key, request, answer, now)
        batch.run(connection)
    at_once(waymark, case_id, step, now)
    return done


def _meant(connection: sa.Connection, actor: Actor, held: Locked, element_id: str) -> Offer:
    """The one wait that the person means, under the case's lock: whoever comes second sees what the first one did."""
    sight = see(connection, actor, held.id)
    held.require_running()
    found = [one for one in offers(connection, sight) if element_id in (one.wait.id, one.element.id)]
    if not found:
        raise none_there(connection, sight, element_id)
    if len(found) > 1:
        raise WhichOne
    if found[0].barred is not None:
        raise found[0].barred
    return found[0]


@dataclass(frozen=True)
class Word:
    """What somebody is about to say in a case that is locked."""

    waymark: Waymark
    connection: sa.Connection
    actor: Actor
    held: Locked
    offer: Offer
    now: datetime

    @property
    def form(self) -> Form | None:
        return self.held.form(self.offer.element.form) if self.offer.element.form else None

    def checked(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """The form's clean answers. Raises `InvalidAnswers`."""
        form, row = self.form, self.held.row
        if form is None:
            return {}
        facts = engine.facts_at(self.held.definition, row.state, self.offer.wait.id, self.now)
        env = Environment(now=self.now, calendar=Calendar.from_dict(row.calendar))
        options = Offered(self.connection, row.employer_id, row.provider_id)
        return form.validate(answers, facts, options, env, guard=guards(self.connection, row.employer_id))

    def write(self, batch: db.Batch, cleaned: dict[str, Any]) -> tuple[Done, Step]:
        """The case goes on with it. Puts all that this changes into the batch."""
        held, form = self.held, self.form
        facts = form.routing(cleaned) if form else {}
        parties = naming.named(self.connection, held.row, held.definition, form, cleaned)
        command = Message(self.offer.wait.name, facts, wait=self.offer.wait.id)
        step = engine.advance(held.definition, held.row.state, command, self.now)
        self._hand_over(step, parties)
        commitments, consented = self._recorded(batch, form, cleaned)
        what = {
            "message": command.name,
            "wait": command.wait,
            **self._step(),
            "facts": facts,
            "form": form and form.id,
            "parties": dict(parties.joined),
        }
        said = Entry("case.said", self._entry(form, commitments, cleaned))
        told = Told("say", what, more=[said, *consented], changed=parties, parties=parties.now)
        write_onwards(batch, self.connection, held, step, told, self.actor, self.now)
        refs = next_tasks(self.actor, step, parties.now, held.row.employer_id, held.row.provider_id)
        return Done(held.id, step.status, refs), step

    def _step(self) -> dict[str, Any]:
        one = self.offer.element
        return {"process": one.process, "element": one.id, "name": one.label, "rules": list(one.rules)}

    def _entry(self, form: Form | None, commitments: Mapping[str, str], cleaned: Mapping[str, Any]) -> dict[str, Any]:
        """What the history says of the person's word: never what they wrote."""
        asked = {"form": form.id, "definition": self.held.row.definition_sha} if form else {}
        return {
            **self._step(),
            "role": self.offer.role,
            **asked,
            "commitments": dict(commitments),
            **flagged(form, cleaned),
        }

    def _hand_over(self, step: Step, parties: Parties) -> None:
        still_open = {one.id for one in step.tasks} & set(self.held.row.open["tasks"])
        if still_open and (parties.joined or parties.left):
            hand_over(self.connection, Change(self.held, parties), still_open)

    def _recorded(
        self, batch: db.Batch, form: Form | None, cleaned: dict[str, Any]
    ) -> tuple[Mapping[str, str], list[Entry]]:
        """Write the sealed answers and the consents among them; the commitments and entries for the history."""
        if form is None:
            return {}, []
        held, actor, now = self.held, self.actor, self.now
        keys = held.keys(self.connection, self.waymark.master_key, now)
        of = (held.id, str(held.row.subject_id))
        sealed, made = submission_row(keys, None, of[1], held.row.definition_sha, form, cleaned, actor, now)
        batch.insert(records.submission, [made])
        contacts.from_form(batch, self.connection, keys, form, cleaned, actor, now)
        text = Wording(form.id, form_sha(held.bundle, form.id), str(cleaned.get("text_version", "")))
        at = {"process": self.offer.element.process, "element": self.offer.element.id}
        entries = record_consents(batch, at, of, text, consents(form, cleaned), made["id"], actor, now)
        return sealed.commitments, entries
