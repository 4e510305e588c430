"""The ledger of consents, read: what stands, what was taken back, and what that means for a list that was shared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from app import records
from app.errors import NotFound
from app.forms import Form

_TABLE = records.consent
_NEXT = _TABLE.alias("following")
#: every entry with what follows it: the newest of a chain has none
ENTRIES = sa.select(_TABLE, _NEXT.c.id.label("next_id"), _NEXT.c.decision.label("next_decision")).select_from(
    _TABLE.outerjoin(_NEXT, _NEXT.c.previous_id == _TABLE.c.id)
)


def entries_of(connection: sa.Connection, person_id: str) -> Sequence[sa.Row[Any]]:
    """All that somebody ever agreed to, refused or took back, the newest first."""
    query = ENTRIES.where(_TABLE.c.person_id == person_id).order_by(_TABLE.c.at.desc(), _TABLE.c.item, _TABLE.c.id)
    return connection.execute(query).all()


def entry(connection: sa.Connection, person_id: str, consent_id: str) -> sa.Row[Any]:
    """One entry of somebody's ledger. Raises `NotFound`."""
    query = ENTRIES.where(_TABLE.c.person_id == person_id, _TABLE.c.id == consent_id)
    found = connection.execute(query).first()
    if found is None:
        raise NotFound
    return found


def standing(connection: sa.Connection, case_id: str) -> dict[str, str]:
    """What counts now in a case, by scope: the newest decision. Rows of lists have one each, and are not in here."""
    query = ENTRIES.where(_TABLE.c.case_id == case_id, _TABLE.c.item == "", _NEXT.c.id.is_(None))
    return {row.scope: row.decision for row in connection.execute(query.order_by(_TABLE.c.at, _TABLE.c.id))}


def newest(connection: sa.Connection, case_id: str, scope: str) -> sa.Row[Any] | None:
    """The entry that counts for a scope of a case; None when nothing was ever said."""
    query = ENTRIES.where(_TABLE.c.case_id == case_id, _TABLE.c.scope == scope, _TABLE.c.item == "")
    return connection.execute(query.where(_NEXT.c.id.is_(None)).order_by(_TABLE.c.at.desc()).limit(1)).first()


class Spoken:
    """The newest word on every row of every list of a case (XX-A6), read when a list is first met."""

    def __init__(self, connection: sa.Connection, case_id: str) -> None:
        self._connection, self._case_id = connection, case_id

    @cached_property
    def _said(self) -> Mapping[str, Mapping[str, str]]:
        """Submission id to {row ("items.2"): decision}."""
        query = ENTRIES.where(_TABLE.c.case_id == self._case_id, _TABLE.c.item != "", _NEXT.c.id.is_(None))
        found: dict[str, dict[str, str]] = {}
        for row in self._connection.execute(query):
            found.setdefault(row.submission_id, {})[row.item] = row.decision
        return found

    def in_form(self, form: Form, answers: Mapping[str, Any], submission_id: str) -> dict[str, Any]:
        """The answers of a submission, with these words in its lists."""
        if not any(field.shared_by for field in form.walk()):
            return dict(answers)
        return overlaid(form, answers, self._said.get(submission_id, {}))


def overlaid(form: Form, answers: Mapping[str, Any], said: Mapping[str, str]) -> dict[str, Any]:
    """Answers in which each shared list carries the newest word of the ledger; nothing else is touched.

    `said`: row ("items.2") to decision. A row of which the ledger says nothing keeps the word that it came with.
    """
    changed = dict(answers)
    for field in form.walk():
        if field.shared_by and isinstance(answers.get(field.key), list):
            rows = enumerate(answers[field.key], 1)
            changed[field.key] = [_row(row, field.shared_by, said.get(f"{field.key}.{number}")) for number, row in rows]
    return changed


def _row(row: Any, key: str, decision: str | None) -> Any:
    if decision is None or not isinstance(row, Mapping):
        return row
    return {**row, key: "yes" if decision == "given" else "no"}
