"""Answers on their way into the records, and consents on their way into the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from app import records
from app.db import Batch
from app.forms import Field, Form
from app.history import Entry
from app.identity import Actor
from app.records import CaseKeys, Sealed

#: form id under which a free-text reason for a command is kept
REASON = "reason"
#: scope of the employee's word on the rows of a list
SHARING = "sharing"
_ROWS = {"yes": "given", "no": "refused"}
#: classes of which an entry of the history says nothing: everybody in the case may know
_OPEN = frozenset({"public", "employer"})


def submission_row(
    keys: CaseKeys,
    task_id: str | None,
    subject_id: str,
    definition_sha: str,
    form: Form | None,
    cleaned: Mapping[str, Any],
    actor: Actor,
    now: datetime,
) -> tuple[Sealed, dict[str, Any]]:
    """Seal answers, each under the key of its class; the seal is bound to the submission's own id. No form: a reason,
    which counts as clinical."""
    submission_id = str(uuid4())
    sealed = records.seal(keys, cleaned, form.classes if form else {}, submission_id)
    return sealed, {
        "id": submission_id,
        "case_id": keys.case_id,
        "task_id": task_id,
        "subject_id": subject_id,
        "definition_sha": definition_sha,
        "form_id": form.id if form else REASON,
        "actor_id": actor.person_id,
        "at": now,
        "sealed": sealed.blob,
    }


@dataclass(frozen=True, slots=True)
class Said:
    """A word about one consent. `item`: "list.number" of the row it is about, empty outside lists; `recipient`: to
    whom it goes; `data_class`: who may know of it; `previous`: id of the entry that it takes back or follows."""

    scope: str
    #: "given", "refused" or "withdrawn"
    decision: str
    channel: str
    recipient: str = ""
    data_class: str = "employer"
    item: str = ""
    previous: str | None = None
    rules: tuple[str, ...] = ("XX-A2",)


@dataclass(frozen=True, slots=True)
class Wording:
    """The words that were shown: the form's id, the SHA-256 of its file, and the version that it states."""

    id: str
    sha: str
    version: str = ""


def consents(form: Form, cleaned: Mapping[str, Any]) -> list[Said]:
    """What a form says of consents. A field's property `consent` names the scope, `consentMeans` which answers give or
    refuse it; a field `channel` tells how it was asked, "web" when there is none. Each row of a list with `sharedBy`
    is a consent of its own (XX-A6)."""
    channel = str(cleaned.get("channel") or "web")
    found = []
    for field in form.answers():
        decision = dict(field.consent_means).get(str(cleaned.get(field.key)))
        if field.consent and decision:
            found.append(Said(field.consent, decision, channel, field.recipient, field.cls, rules=field.rules))
    lists = (field for field in form.walk() if field.shared_by)
    return found + [one for field in lists for one in _shared(field, cleaned.get(field.key), channel)]


def _shared(field: Field, rows: Any, channel: str) -> Iterator[Said]:
    """The employee's word on each row of a list at the top of a form."""
    scope, recipient = field.consent or SHARING, field.recipient or "your employer"
    for number, row in enumerate(rows if isinstance(rows, list) else (), 1):
        decision = _ROWS.get(row.get(field.shared_by))
        if decision:
            yield Said(scope, decision, channel, recipient, "clinical", f"{field.key}.{number}", rules=field.rules)


def record_consents(
    batch: Batch,
    step: Mapping[str, str],
    case: tuple[str, str],
    text: Wording,
    said: Sequence[Said],
    submission_id: str | None,
    actor: Actor,
    now: datetime,
) -> list[Entry]:
    """Add to the ledger of consents; returns the entries for the history, one for all rows of a list.

    `step`: process and element where it was said, if it was in a form. `case`: ids of case and employee.
    """
    rows = [_ledger_row(case, text, one, submission_id, actor, now) for one in said]
    batch.insert(records.consent, rows)
    alone = [_entry(step, text, one) for one in said if not one.item]
    listed = [one for one in said if one.item]
    return alone + ([_entry(step, text, listed[0], listed)] if listed else [])


def _ledger_row(
    case: tuple[str, str], text: Wording, one: Said, submission_id: str | None, actor: Actor, now: datetime
) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "case_id": case[0],
        "person_id": case[1],
        "scope": one.scope,
        "item": one.item,
        "submission_id": submission_id,
        "recipient": one.recipient,
        "data_class": one.data_class,
        "decision": one.decision,
        "text_id": text.id,
        "text_sha": text.sha,
        "text_version": text.version,
        "channel": one.channel,
        "previous_id": one.previous,
        "actor_id": actor.person_id,
        "at": now,
    }


def _entry(step: Mapping[str, str], text: Wording, one: Said, rows: Sequence[Said] = ()) -> Entry:
    """As the history has it; of rows only their numbers, never what they say."""
    told: dict[str, Any] = {"scope": one.scope, "text": text.id, "text_sha": text.sha, "channel": one.channel}
    told |= {"items": {row.item: row.decision for row in rows}} if rows else {"decision": one.decision}
    if one.data_class not in _OPEN:
        told["class"] = one.data_class
    return Entry("consent.items" if rows else "consent." + one.decision, {**step, **told, "rules": list(one.rules)})
