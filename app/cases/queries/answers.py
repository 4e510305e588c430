"""Earlier answers in a case, as the person who asks may see them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa

from app import definitions, privacy, records
from app.cases.answers import REASON
from app.cases.locking import form_of
from app.cases.looks.seen import Thing
from app.cases.options import Offered
from app.cases.queries.names import Names
from app.cases.queries.pages import page_of
from app.cases.queries.sight import Sight
from app.cases.views import SubmissionView
from app.cases.waymark import Waymark
from app.engine import Bundle
from app.forms import Form
from app.privacy import Shown

#: submitted forms on one page, and read at once
ANSWERS = CHUNK = 25
#: how many earlier submissions a form's start values are looked for in
LOOK_BACK = 50


@dataclass(frozen=True)
class Read:
    """One submission, opened and redacted."""

    form: Form
    at: datetime
    actor_id: str
    answers: Mapping[str, Any]
    #: what must be noted of it when it is handed out
    thing: Thing
    shown: Sequence[Shown]


def readable(
    waymark: Waymark, connection: sa.Connection, sight: Sight, forms: Collection[str] | None = None
) -> Iterator[Read]:
    """Submissions of the case (of some forms only), the newest first, each with only what this viewer may see.

    After erasure the answers cannot be read any more: then there are none.
    """
    key, newest = b"", set[str]()
    for row in _newest_first(connection, sight.row.id, forms):
        try:
            key = key or records.read_person_key(connection, waymark.master_key, sight.row.subject_id)
        except records.RecordUnreadable:
            return
        yield _read(connection, sight, key, row, row.form_id not in newest)
        newest.add(row.form_id)


def _newest_first(connection: sa.Connection, case_id: str, forms: Collection[str] | None) -> Iterator[sa.Row[Any]]:
    table = records.submission
    query = sa.select(table).where(table.c.case_id == case_id, table.c.form_id != REASON)
    if forms is not None:
        query = query.where(table.c.form_id.in_(sorted(forms)))
    query = query.order_by(table.c.at.desc(), table.c.id.desc()).limit(CHUNK)
    rows = connection.execute(query).all()
    while rows:
        yield from rows
        at, last = rows[-1].at, rows[-1].id
        before = sa.or_(table.c.at < at, sa.and_(table.c.at == at, table.c.id < last))
        rows = connection.execute(query.where(before)).all()


def _read(connection: sa.Connection, sight: Sight, key: bytes, row: sa.Row[Any], newest: bool) -> Read:
    """What was replaced by a newer answer is shown as if nothing had been released: an earlier draft of a report, or
    a list in which the employee had not yet said no, never reaches the employer (XX-A6, XX-A7)."""
    form = form_of(bundle_of(connection, sight, row.definition_sha), row.form_id)
    answers, _secret = records.unseal(key, row.sealed, row.id)
    shown: list[Shown] = []
    for viewer in sight.viewers:
        # the last one is who reads
        shown.clear()
        answers = privacy.redact(form, answers, viewer if newest else replace(viewer, facts={}), shown.append)
    return Read(form, row.at, row.actor_id, answers, Thing("answers", row.definition_sha, form.id, row.id), shown)


def bundle_of(connection: sa.Connection, sight: Sight, sha: str) -> Bundle:
    """The definition under which something was entered, mostly the case's own."""
    if sha == sight.row.definition_sha:
        return sight.bundle
    return definitions.get(connection, sha)


def prefill(waymark: Waymark, connection: sa.Connection, sight: Sight, form: Form) -> dict[str, Any]:
    """Start values: each field's property `from` names the earlier answer it begins with ("form-id.path")."""
    sources = {field.prefill.partition(".")[0] for field in form.fields if field.prefill}
    newest: dict[str, Mapping[str, Any]] = {}
    found_in: dict[tuple[str, str], Read] = {}
    for earlier in islice(readable(waymark, connection, sight, sources) if sources else (), LOOK_BACK):
        newest[earlier.form.id] = {**earlier.answers, **newest.get(earlier.form.id, {})}
        for key in earlier.answers:
            found_in.setdefault((earlier.form.id, key), earlier)
    values: dict[str, Any] = {}
    for field in form.fields:
        if field.prefill:
            source, _, path = field.prefill.partition(".")
            found = _at(newest.get(source, {}), path)
            if found is not None:
                values[field.key] = found
                _saw(sight, found_in[source, path.partition(".")[0]], path)
    return values


def _saw(sight: Sight, earlier: Read, path: str) -> None:
    """The answer at `path`, or what is below it, begins a new form."""
    below = [one for one in earlier.shown if one.path == path or one.path.startswith(path + ".")]
    sight.seen.fields(earlier.thing, below)


def _at(answers: Mapping[str, Any], path: str) -> Any:
    value: Any = answers
    for part in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value


def submissions(
    waymark: Waymark, connection: sa.Connection, sight: Sight, page: int = 1
) -> tuple[list[SubmissionView], bool]:
    """For pages: title, who, when, and each visible answer in words. A page of them, oldest first, and whether there
    are earlier ones."""
    found, more = page_of(_views(waymark, connection, sight), page, ANSWERS)
    for _view, earlier in found:
        sight.seen.fields(earlier.thing, earlier.shown)
    return [view for view, _earlier in found], more


def _views(waymark: Waymark, connection: sa.Connection, sight: Sight) -> Iterator[tuple[SubmissionView, Read]]:
    names = Names(connection)
    options = Offered(connection, sight.row.employer_id, sight.row.provider_id)
    for earlier in readable(waymark, connection, sight):
        fields = earlier.form.lines(earlier.answers, options)
        if fields:
            who = names.get(earlier.actor_id, "Waymark")
            yield SubmissionView(earlier.form.title, earlier.at, who, fields), earlier
