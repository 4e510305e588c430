"""Earlier answers in a case, as the person who asks may see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app import definitions, privacy, records
from app.cases.answers import REASON
from app.cases.locking import form_of
from app.cases.options import options_for
from app.cases.queries.sight import Sight
from app.cases.views import SubmissionView
from app.cases.waymark import Waymark
from app.engine import Bundle
from app.forms import Form
from app.identity.people import persons


@dataclass(frozen=True)
class Read:
    """One submission, opened and redacted."""

    form: Form
    at: datetime
    actor_id: str
    answers: Mapping[str, Any]


def readable(waymark: Waymark, connection: sa.Connection, sight: Sight) -> list[Read]:
    """Every submission of the case, oldest first, each with only what this viewer may see.

    After erasure the answers cannot be read any more: then there are none.
    """
    rows = connection.execute(
        sa.select(records.submission)
        .where(records.submission.c.case_id == sight.row.id, records.submission.c.form_id != REASON)
        .order_by(records.submission.c.at, records.submission.c.id)
    ).all()
    if not rows:
        return []
    try:
        key = records.read_person_key(connection, waymark.master_key, sight.row.subject_id)
    except records.RecordUnreadable:
        return []
    newest = {row.form_id: row.id for row in rows}
    return [_read(connection, sight, key, row, newest[row.form_id] == row.id) for row in rows]


def _read(connection: sa.Connection, sight: Sight, key: bytes, row: sa.Row[Any], newest: bool) -> Read:
    """What was replaced by a newer answer is shown as if nothing had been released: an earlier draft of a report, or
    a list in which the employee had not yet said no, never reaches the employer (XX-A6, XX-A7)."""
    form = form_of(bundle_of(connection, sight, row.definition_sha), row.form_id)
    answers, _secret = records.unseal(key, row.sealed, row.id)
    viewer = sight.viewer if newest else replace(sight.viewer, facts={})
    return Read(form, row.at, row.actor_id, privacy.redact(form, answers, viewer))


def bundle_of(connection: sa.Connection, sight: Sight, sha: str) -> Bundle:
    """The definition under which something was entered, mostly the case's own."""
    if sha == sight.row.definition_sha:
        return sight.bundle
    return definitions.get(connection, sha)


def prefill(form: Form, read: list[Read]) -> dict[str, Any]:
    """Start values: each field's property `from` names the earlier answer it begins with ("form-id.path")."""
    newest: dict[str, Mapping[str, Any]] = {}
    for earlier in read:
        newest[earlier.form.id] = {**newest.get(earlier.form.id, {}), **earlier.answers}
    values: dict[str, Any] = {}
    for field in form.fields:
        if field.prefill:
            source, _, path = field.prefill.partition(".")
            found = _at(newest.get(source, {}), path)
            if found is not None:
                values[field.key] = found
    return values


def _at(answers: Mapping[str, Any], path: str) -> Any:
    value: Any = answers
    for part in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value


def submissions(connection: sa.Connection, sight: Sight, read: list[Read]) -> list[SubmissionView]:
    """For pages: title, who, when, and each visible answer in words."""
    keys = {key for earlier in read for key in earlier.form.options_keys}
    options = options_for(connection, keys, sight.row.employer_id, sight.row.provider_id)
    people = persons(connection, {earlier.actor_id for earlier in read})
    views = []
    for earlier in read:
        fields = earlier.form.lines(earlier.answers, options)
        if fields:
            who = people[earlier.actor_id].name if earlier.actor_id in people else "Waymark"
            views.append(SubmissionView(earlier.form.title, earlier.at, who, fields))
    return views
