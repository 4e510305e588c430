"""What goes along with a message (property `encloses`): the newest answers of a form, copied from the sending case to
the receiving one, sealed anew under its keys. Nothing of them enters a state, a fact or the message's payload.

What goes is what the employer side of the sending case may see when the message is taken, and never more: the same
function decides as for pages. See docs/decisions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa

from app import db, definitions, privacy, records
from app.cases import ledger
from app.cases.consents import newest
from app.cases.keyring import read_case_keys
from app.cases.locking import form_of
from app.cases.subject import Subject
from app.cases.tables import case
from app.cases.waymark import Waymark
from app.definitions import purposes
from app.engine import Effect, Event
from app.forms import Form
from app.history import Entry, history_event
from app.privacy import Viewer
from app.settings import ROOT

#: a role of the employer side: what it may see may leave the case
OUTSIDE = "hr"
#: entries of the history that tell of a form and of the commitments to its answers
_TELLING = ("command.start", "command.complete", "case.said", "enclosure.received")


@dataclass(frozen=True)
class Enclosed:
    """The newest answers of a form, about to go along. `entry`: for the history of the sending case."""

    submission_id: str
    entry: Entry


def of_effect(
    connection: sa.Connection,
    batch: db.Batch,
    subject: Subject,
    effect: Effect,
    event: Event,
    entries: Sequence[Entry],
) -> list[Enclosed]:
    """For each form that the effect encloses, what was answered last; nothing for one that nobody answered.

    `entries`: of this very step. What is answered in it stands in the batch and in no row yet. Asks the database only
    about messages that enclose something.
    """
    found = []
    for form_id in str(effect.params.get("encloses", "")).split():
        row = _newest(connection, batch, subject.case_id, form_id)
        if row is not None:
            said = {
                "process": effect.process,
                "element": effect.element_id,
                "name": event.name,
                "form": form_id,
                "definition": row["definition_sha"],
                "commitments": _commitments(connection, subject.case_id, form_id, entries),
            }
            found.append(Enclosed(row["id"], Entry("enclosure.sent", said)))
    return found


def _newest(connection: sa.Connection, batch: db.Batch, case_id: str, form_id: str) -> Mapping[str, Any] | None:
    written = (row for part in batch.parts if part.table is records.submission for row in part.rows)
    fresh = [row for row in written if row["case_id"] == case_id and row["form_id"] == form_id]
    if fresh:
        return fresh[-1]
    table = records.submission
    query = sa.select(table.c.id, table.c.definition_sha).where(table.c.case_id == case_id, table.c.form_id == form_id)
    row = connection.execute(query.order_by(table.c.at.desc(), table.c.id.desc()).limit(1)).first()
    return None if row is None else {"id": row.id, "definition_sha": row.definition_sha}


def _commitments(connection: sa.Connection, case_id: str, form_id: str, entries: Sequence[Entry]) -> Mapping[str, str]:
    """As the history has them of these answers."""
    for entry in reversed(entries):
        if entry.data.get("form") == form_id and entry.data.get("commitments"):
            return dict(entry.data["commitments"])
    body: sa.ColumnElement[Any] = history_event.c.body
    if connection.dialect.name == "postgresql":
        body = sa.cast(body, sa.JSON)
    data = sa.type_coerce(body, sa.JSON)["data"]
    query = sa.select(data["commitments"].as_json()).where(
        history_event.c.case_id == case_id,
        history_event.c.kind.in_(_TELLING),
        data["form"].as_string() == form_id,
    )
    return dict(connection.execute(query.order_by(history_event.c.seq.desc()).limit(1)).scalar() or {})


@dataclass(frozen=True)
class Receiver:
    """The case that takes the message, and the element that does. `keys`: what seals its answers."""

    case_id: str
    subject_id: str
    process: str
    element: str
    name: str
    keys: records.CaseKeys


def receive(
    batch: db.Batch,
    connection: sa.Connection,
    waymark: Waymark,
    letter: sa.Row[Any],
    receiver: Receiver,
    now: datetime,
) -> list[Entry]:
    """Put the copies into the batch; the entries for the history of the receiving case, one for each form."""
    return [
        _copy(batch, letter, receiver, row, form, answers, _after(connection, receiver.case_id, row.form_id, now))
        for row, form, answers in _opened(connection, waymark, letter)
        if answers
    ]


def _after(connection: sa.Connection, case_id: str, form_id: str, now: datetime) -> datetime:
    """What came last counts: several messages that are taken at one moment keep their order."""
    table = records.submission
    query = sa.select(sa.func.max(table.c.at)).where(table.c.case_id == case_id, table.c.form_id == form_id)
    last: datetime | None = connection.execute(query).scalar()
    return now if last is None or last < now else last + timedelta(microseconds=1)


def _opened(
    connection: sa.Connection, waymark: Waymark, letter: sa.Row[Any]
) -> Iterator[tuple[sa.Row[Any], Form, dict[str, Any]]]:
    """Each submission with what may leave the sending case. Of what was erased there nothing is left."""
    sender = connection.execute(sa.select(case).where(case.c.id == letter.from_case)).one()
    keys = read_case_keys(connection, waymark.master_key, sender)
    limits = purposes.limits(purposes.load(ROOT / "processes"))
    viewer = Viewer(frozenset({OUTSIDE}), facts=sender.facts, consents=newest(connection, sender), purposes=limits)
    words = ledger.Spoken(connection, sender.id)
    table = records.submission
    rows = connection.execute(sa.select(table).where(table.c.id.in_(letter.encloses))).all()
    for row in sorted(rows, key=lambda one: list(letter.encloses).index(one.id)):
        form = form_of(definitions.get(connection, row.definition_sha), row.form_id)
        opened = records.unseal(keys, row.sealed, row.id)
        seen = privacy.redact(form, words.in_form(form, opened.answers, row.id), viewer)
        files = {path.partition(".")[0] for path in form.pickers}
        yield row, form, {key: value for key, value in seen.items() if key not in files}


def _copy(
    batch: db.Batch,
    letter: sa.Row[Any],
    receiver: Receiver,
    row: sa.Row[Any],
    form: Form,
    answers: dict[str, Any],
    now: datetime,
) -> Entry:
    copy_id = str(uuid5(NAMESPACE_URL, f"{letter.id}/{row.id}"))
    sealed = records.seal(receiver.keys, answers, form.classes, copy_id)
    made = {
        "id": copy_id,
        "case_id": receiver.case_id,
        "task_id": None,
        "subject_id": receiver.subject_id,
        "definition_sha": row.definition_sha,
        "form_id": row.form_id,
        "actor_id": row.actor_id,
        "at": now,
        "sealed": sealed.blob,
        "message_id": letter.id,
    }
    batch.insert(records.submission, [made])
    said = {
        "process": receiver.process,
        "element": receiver.element,
        "name": receiver.name,
        "form": row.form_id,
        "definition": row.definition_sha,
        "commitments": sealed.commitments,
        "from": {"case": letter.from_case, "process": letter.process, "element": letter.element_id},
    }
    return Entry("enclosure.received", said)
