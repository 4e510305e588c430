"""What a step says to other cases, and what it waits to hear from them: rows in the transaction of the step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa

from app.cases.difference import Difference
from app.cases.messages import enclosures
from app.cases.subject import Subject, talks_about
from app.cases.tables import message, subscription
from app.db import Batch
from app.engine import Effect, Step
from app.history import Entry, Head


def write_subscriptions(batch: Batch, subject: Subject, change: Difference, now: datetime) -> None:
    """Most steps change none, and then nothing is written."""
    batch.delete(subscription, [{"case_id": subject.case_id, "id": gone} for gone in change.gone_subscriptions])
    rows = [
        {
            "case_id": subject.case_id,
            "id": new.id,
            **_place(subject),
            "name": new.name,
            "key": new.key,
            "process": new.process,
            "element_id": new.element_id,
            "since": now,
            "said": new.said,
            "task_id": new.task_id,
        }
        for new in change.new_subscriptions
    ]
    batch.insert(subscription, rows)


def send(
    batch: Batch,
    connection: sa.Connection,
    subject: Subject,
    step: Step,
    head: Head,
    entries: Sequence[Entry],
    now: datetime,
) -> list[Entry]:
    """Put what the step sends into the batch; entries for the history about what goes along with it.

    `entries`: of the step, before its own events; a message is numbered as the entry that tells of it.
    """
    events = enumerate(step.events, head.seq + len(entries) + 1)
    rows, told = [], []
    for (number, event), effect in zip(
        ((number, event) for number, event in events if event.kind == "message_sent"), sent(step), strict=True
    ):
        enclosed = enclosures.of_effect(connection, batch, subject, effect, event, entries)
        rows.append(_row(subject, effect, number, now) | {"encloses": [one.submission_id for one in enclosed]})
        told += [one.entry for one in enclosed]
    batch.insert(message, rows)
    return told


def sent(step: Step) -> list[Effect]:
    """The messages to other cases among what a step does."""
    return [effect for effect in step.effects if effect.topic == "message"]


def _row(subject: Subject, effect: Effect, number: int, now: datetime) -> dict[str, Any]:
    said = effect.params
    return {
        "id": str(uuid5(NAMESPACE_URL, f"{subject.case_id}/{number}")),
        "from_case": subject.case_id,
        "number": number,
        "process": effect.process,
        "element_id": effect.element_id,
        **_place(subject),
        "name": said["name"],
        "key": said["key"],
        "payload": said["payload"],
        "starts": said.get("to"),
        "unmatched": "tell" if said.get("unmatched") == "tell" else "wait",
        "keep_until": _moment(said.get("keep")),
        "told": said.get("told"),
        "state": "waiting",
        "attempts": 0,
        "sent_at": now,
    }


def _place(subject: Subject) -> dict[str, str]:
    return {
        "subject_id": talks_about(subject.subject_id),
        "employer_id": subject.employer_id,
        "provider_id": subject.provider_id,
    }


def _moment(counted: Mapping[str, str] | None) -> datetime | None:
    return datetime.fromisoformat(counted["at"]) if counted else None
