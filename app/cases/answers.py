"""Answers on their way into the records, and consents on their way into the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from app import records
from app.db import Batch
from app.forms import Form
from app.history import Entry
from app.identity import Actor
from app.records import CaseKeys, Sealed

#: form id under which a free-text reason for a command is kept
REASON = "reason"


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


def consents(form: Form, cleaned: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What a form says of consents, as (scope, decision, channel). A field's property `consent` names the scope;
    its value is "given" or "refused"; a field `channel` tells how it was asked, "web" when there is none."""
    channel = str(cleaned.get("channel") or "web")
    return [
        (field.consent, str(cleaned[field.key]), channel)
        for field in form.answers()
        if field.consent and cleaned.get(field.key) in {"given", "refused"}
    ]


def record_consent(
    batch: Batch,
    step: Mapping[str, str],
    case_id: str,
    person_id: str,
    text: tuple[str, str],
    decision: tuple[str, str, str],
    actor: Actor,
    now: datetime,
) -> Entry:
    """Add to the ledger of consents; returns the entry for the history.

    `step`: process and element where it was said, if it was in a form. `text`: form id and SHA-256 of its file.
    """
    scope, said, channel = decision
    row = {
        "id": str(uuid4()),
        "case_id": case_id,
        "person_id": person_id,
        "scope": scope,
        "decision": said,
        "text_id": text[0],
        "text_sha": text[1],
        "channel": channel,
        "actor_id": actor.person_id,
        "at": now,
    }
    batch.insert(records.consent, [row])
    told = {"scope": scope, "decision": said, "text": text[0], "text_sha": text[1], "channel": channel}
    return Entry("consent." + said, {**step, **told, "rules": ["XX-A2"]})
