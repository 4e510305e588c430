"""What a step says to other cases, and what it waits to hear from them: rows in the transaction of the step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from app.cases.difference import Difference
from app.cases.subject import Subject
from app.cases.tables import message, subscription
from app.db import Batch
from app.engine import Effect, Step


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


def send(batch: Batch, subject: Subject, step: Step, written: int, now: datetime) -> None:
    """Put what the step sends into the batch. `written`: number of the last entry of the history before the step's own
    events; a message is numbered as the entry that tells of it."""
    numbers = [number for number, event in enumerate(step.events, written + 1) if event.kind == "message_sent"]
    rows = [_row(subject, effect, number, now) for number, effect in zip(numbers, sent(step), strict=True)]
    batch.insert(message, rows)


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
        "subject_id": subject.subject_id,
        "employer_id": subject.employer_id,
        "provider_id": subject.provider_id,
    }


def _moment(counted: Mapping[str, str] | None) -> datetime | None:
    return datetime.fromisoformat(counted["at"]) if counted else None
