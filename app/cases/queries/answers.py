"""Earlier answers in a case, as the person who asks may see them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa

from app import definitions, privacy, records
from app.cases import ledger
from app.cases.answers import REASON
from app.cases.keyring import read_case_keys
from app.cases.locking import form_of
from app.cases.looks.seen import Thing
from app.cases.options import Offered
from app.cases.queries import erasures
from app.cases.queries.names import Names
from app.cases.queries.pages import page_of
from app.cases.queries.reason import REASON_FORM
from app.cases.queries.sight import Sight
from app.cases.views import FileView, SubmissionView
from app.cases.waymark import Waymark
from app.engine import Bundle
from app.forms import Erased, Form
from app.privacy import Shown, Viewer

#: submitted forms on one page, and read at once
ANSWERS = CHUNK = 25
#: how many earlier submissions a form's start values are looked for in
LOOK_BACK = 50


@dataclass(frozen=True)
class Read:
    """One submission, opened and redacted. `erased`: top-level field to the words that stand where its value stood."""

    form: Form
    at: datetime
    actor_id: str
    answers: Mapping[str, Any]
    erased: Mapping[str, Erased]
    #: what must be noted of it when it is handed out
    thing: Thing
    shown: Sequence[Shown]
    #: id of the submission, and whether a newer one of the same form replaced it
    id: str = ""
    newest: bool = True
    #: it came with a message of another case; `at` is when
    brought: bool = False


def readable(
    waymark: Waymark, connection: sa.Connection, sight: Sight, forms: Collection[str] | None = None
) -> Iterator[Read]:
    """Submissions of the case (of some forms only), the newest first, each with only what this viewer may see."""
    keys, newest = None, set[str]()
    words = ledger.Spoken(connection, sight.row.id)
    for row in _newest_first(connection, sight.row.id, forms):
        if row.form_id == REASON and not _may_read_reason(sight, row):
            continue
        keys = keys or read_case_keys(connection, waymark.master_key, sight.row)
        yield _read(connection, sight, keys, row, row.form_id not in newest, words)
        newest.add(row.form_id)


def _may_read_reason(sight: Sight, row: sa.Row[Any]) -> bool:
    """Why somebody ended a case or took back consent is for the person whom it is about, and for who wrote it."""
    may = sight.viewer.subject or bool(row.actor_id == sight.actor.person_id)
    return may and (sight.over is None or _may_read_reason(sight.over, row))


def _newest_first(connection: sa.Connection, case_id: str, forms: Collection[str] | None) -> Iterator[sa.Row[Any]]:
    table = records.submission
    query = sa.select(table).where(table.c.case_id == case_id)
    if forms is not None:
        query = query.where(table.c.form_id.in_(sorted(forms)))
    query = query.order_by(table.c.at.desc(), table.c.id.desc()).limit(CHUNK)
    rows = connection.execute(query).all()
    while rows:
        yield from rows
        at, last = rows[-1].at, rows[-1].id
        before = sa.or_(table.c.at < at, sa.and_(table.c.at == at, table.c.id < last))
        rows = connection.execute(query.where(before)).all()


def _read(
    connection: sa.Connection,
    sight: Sight,
    keys: records.CaseKeys,
    row: sa.Row[Any],
    newest: bool,
    words: ledger.Spoken,
) -> Read:
    """What was replaced by a newer answer is shown as if nothing had been released: an earlier draft of a report, or
    a list in which the employee had not yet said no, never reaches the employer (XX-A6, XX-A7)."""
    if row.form_id == REASON:
        return _reason(sight, keys, row)
    form = form_of(bundle_of(connection, sight, row.definition_sha), row.form_id)
    opened = records.unseal(keys, row.sealed, row.id)
    answers = words.in_form(form, opened.answers, row.id)
    viewers = [one if newest else replace(one, facts={}) for one in sight.viewers]
    if row.message_id and newest:
        viewers = [as_brought(form, one) for one in viewers]
    gone = erasures.words(sight.row, form, opened) if opened.erased else {}
    hidden = frozenset().union(*(privacy.hidden_keys(form, one) for one in viewers)) if gone else frozenset()
    left = {name: said for name, said in gone.items() if name not in hidden}
    shown: list[Shown] = []
    for viewer in viewers:
        # the last one is who looks: the look is theirs, and so is its ground
        shown.clear()
        answers = privacy.redact(form, answers, viewer, shown.append)
    thing = Thing("answers", row.definition_sha, form.id, row.id)
    return Read(form, row.at, row.actor_id, answers, left, thing, shown, row.id, newest, bool(row.message_id))


def as_brought(form: Form, viewer: Viewer) -> Viewer:
    """Whoever looks at what came with a message: it was let out of its own case only once it was released there, so
    here it waits for nothing."""
    waits = {name for one in form.walk() for name in (one.after_fact, one.draft_until) if name}
    return replace(viewer, facts={**viewer.facts, **dict.fromkeys(waits, True)})


def _reason(sight: Sight, keys: records.CaseKeys, row: sa.Row[Any]) -> Read:
    """See `_may_read_reason`: whoever comes here reads all of it: their own words, or about themselves. No look."""
    opened = records.unseal(keys, row.sealed, row.id)
    reader = privacy.Viewer(frozenset(), subject=True)
    gone = erasures.words(sight.row, REASON_FORM, opened) if opened.erased else {}
    seen = privacy.redact(REASON_FORM, opened.answers, reader)
    thing = Thing("answers", row.definition_sha, REASON_FORM.id, row.id)
    return Read(REASON_FORM, row.at, row.actor_id, seen, gone, thing, (), row.id)


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
            found = at_path(newest.get(source, {}), path)
            if found is not None:
                values[field.key] = found
                _saw(sight, found_in[source, path.partition(".")[0]], path)
    return values


def _saw(sight: Sight, earlier: Read, path: str) -> None:
    """The answer at `path`, or what is below it, begins a new form."""
    below = [one for one in earlier.shown if one.path == path or one.path.startswith(path + ".")]
    sight.seen.fields(earlier.thing, below)


def at_path(answers: Mapping[str, Any], path: str) -> Any:
    """The answer at a dotted path; None if there is none."""
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
        fields = earlier.form.lines({**earlier.answers, **earlier.erased}, options)
        if fields:
            who = names.get(earlier.actor_id, "Waymark")
            shown = SubmissionView(
                earlier.form.title, earlier.at, who, fields, files=files_of(earlier), brought=earlier.brought
            )
            yield shown, earlier


def files_of(earlier: Read) -> dict[str, list[FileView]]:
    """The files among the answers, by the label of their field."""
    return {
        label: [FileView(**{name: one[name] for name in ("id", "name", "kind", "size", "scanned")}) for one in found]
        for label, found in earlier.form.files(earlier.answers)
    }
