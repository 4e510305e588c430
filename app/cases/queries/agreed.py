"""What an employee agreed to, refused or took back, as their own page shows it (XX-A2, XX-A6, XX-A7, XX-A9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from app import db, definitions, engine
from app.cases import ledger
from app.cases.about import Agreed, Text
from app.cases.locking import form_of, form_sha
from app.cases.queries.answers import readable
from app.cases.queries.names import Names
from app.cases.queries.own import own_sights
from app.cases.queries.sight import Sight
from app.cases.queries.timeline import CHANNELS
from app.cases.waymark import Waymark
from app.errors import NotFound
from app.forms import Form
from app.forms.showing import lines
from app.identity import Actor

#: scopes in words; one that is not known is shown as it is
WHAT = {
    "referral": "The referral to occupational health",
    "gp-report": "A report from your GP or specialist",
    "gp-supply": "Sending the report of your GP or specialist",
    "release": "The release of your report",
    "recovery-support": "Recovery support",
    "sharing": "Sharing an item with your employer",
}


def consents(waymark: Waymark, actor: Actor) -> list[Agreed]:
    """The actor's whole ledger, the newest word first."""
    with db.reading(waymark.engine) as connection:
        return agreed(waymark, connection, list(own_sights(connection, actor)))


def consent(waymark: Waymark, actor: Actor, consent_id: str) -> tuple[Agreed, Text]:
    """One entry of the actor's ledger, and the words that were shown. Raises `NotFound`."""
    with db.reading(waymark.engine) as connection:
        row = ledger.entry(connection, actor.person_id, consent_id)
        sights = [one for one in own_sights(connection, actor) if one.row.id == row.case_id]
        found = [one for one in agreed(waymark, connection, sights) if one.id == consent_id]
        if not found:
            raise NotFound
        return found[0], _text(sights[0], row, found[0].item)


def agreed(waymark: Waymark, connection: sa.Connection, sights: Sequence[Sight]) -> list[Agreed]:
    """The entries of the ledger in these cases of one person, the newest first."""
    if not sights:
        return []
    of = {sight.row.id: _Case(waymark, connection, sight) for sight in sights}
    rows = [row for row in ledger.entries_of(connection, sights[0].row.subject_id) if row.case_id in of]
    current = {row.id for row in _newest_of_scope(rows)}
    names = Names(connection)
    return [_agreed(row, of[row.case_id], names, row.id in current) for row in rows]


def _newest_of_scope(rows: Sequence[sa.Row[Any]]) -> Iterator[sa.Row[Any]]:
    """`rows`, the newest first: of each case and scope the entry that counts; of each row of a list the newest."""
    seen = set()
    for row in rows:
        if row.next_id is None:
            key = (row.case_id, row.scope, row.submission_id if row.item else "", row.item)
            if key not in seen:
                seen.add(key)
                yield row


@dataclass(frozen=True)
class _Case:
    waymark: Waymark
    connection: sa.Connection
    sight: Sight

    @cached_property
    def items(self) -> Mapping[tuple[str, str], str]:
        """(submission id, "items.2") to what stands in that row."""
        return dict(self._read())

    def _read(self) -> Iterator[tuple[tuple[str, str], str]]:
        for read in readable(self.waymark, self.connection, self.sight):
            for field in read.form.walk():
                rows = read.answers.get(field.key) if field.shared_by else None
                for number, row in enumerate(rows if isinstance(rows, list) else (), 1):
                    said = [one for one in field.children if one.key != field.shared_by]
                    words = "; ".join(text for _label, text in lines(said, row, {}))
                    yield (read.id, f"{field.key}.{number}"), words


def _agreed(row: sa.Row[Any], case: _Case, names: Mapping[str, str], counts: bool) -> Agreed:
    of = case.sight.row
    return Agreed(
        id=row.id,
        case_id=row.case_id,
        reference=of.reference,
        scope=row.scope,
        what=WHAT.get(row.scope, row.scope),
        item=case.items.get((row.submission_id, row.item), "") if row.item else "",
        decision=row.decision,
        counts=counts,
        at=row.at,
        channel=CHANNELS.get(row.channel, row.channel),
        entered_by=names.get(row.actor_id, "Waymark"),
        by_self=row.actor_id == row.person_id,
        recipient=row.recipient,
        text_id=row.text_id,
        text_version=row.text_version,
        text_sha=row.text_sha,
        data_class=row.data_class,
        can_withdraw=counts and row.decision == "given" and (bool(row.item) or _waits(of, row.scope)),
        can_share=counts and bool(row.item) and row.decision != "given",
    )


def _waits(of: sa.Row[Any], scope: str) -> bool:
    return of.status == "running" and definitions.withdrawn(scope) in of.messages


def _text(sight: Sight, row: sa.Row[Any], item: str) -> Text:
    """The words as they were: from the version of the process in which this very file was shown."""
    form = next(_shown(sight, row), None)
    if form is None:
        return Text((), "", "")
    paragraphs = tuple(one.text for one in form.walk() if one.type == "text" and one.text)
    if row.item:
        return Text(paragraphs, item, _ANSWERS[row.decision])
    field = next((one for one in form.answers() if one.consent == row.scope), None)
    if field is None:
        return Text(paragraphs, "", _ANSWERS[row.decision])
    means = dict(field.consent_means)
    labels = [one.label for one in field.options if means.get(one.value) == row.decision]
    return Text(paragraphs, field.label, labels[0] if len(labels) == 1 else _ANSWERS[row.decision])


_ANSWERS = {"given": "Yes", "refused": "No", "withdrawn": "Taken back"}


def _shown(sight: Sight, row: sa.Row[Any]) -> Iterator[Form]:
    for bundle in (sight.bundle, *sight.earlier):
        if _has(bundle, row.text_id) and form_sha(bundle, row.text_id) == row.text_sha:
            yield form_of(bundle, row.text_id)


def _has(bundle: engine.Bundle, form_id: str) -> bool:
    return f"{form_id}.form" in bundle.files
