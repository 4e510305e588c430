"""The case row is locked first, always: by people, by the clock and by administrators alike."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from app import definitions, engine, forms, records
from app.cases.keyring import read_case_keys
from app.cases.tables import case, task
from app.errors import CaseEnded, NotFound
from app.forms import Form
from app.history import Head


@dataclass(frozen=True)
class Locked:
    """A case whose row this transaction holds."""

    row: sa.Row[Any]
    bundle: engine.Bundle
    definition: engine.Definition

    @property
    def id(self) -> str:
        return str(self.row.id)

    @property
    def head(self) -> Head:
        return Head(self.row.history_seq, self.row.history_hash)

    @property
    def parties(self) -> Mapping[str, list[str]]:
        parties: Mapping[str, list[str]] = self.row.parties
        return parties

    def require_running(self) -> None:
        """`CaseEnded` when nothing more can happen in this case."""
        if self.row.status != "running":
            raise CaseEnded

    def form(self, form_id: str) -> Form:
        """A form of the case's own version."""
        return form_of(self.bundle, form_id)

    def keys(self, connection: sa.Connection, masters: records.Masters, now: datetime) -> records.CaseKeys:
        """What seals and opens the answers of this case. No statement, as a rule: the keys come with the case's row.

        Raises `RecordUnreadable` when the case or the person was erased.
        """
        row = self.row
        if not row.data_keys:
            return self._made(connection, masters, now)
        if row.wrapped is None:
            raise records.RecordUnreadable
        person = records.open_key(masters, row.subject_id, row.wrapped, row.older_keys)
        found = records.CaseKeys(row.id, person, row.data_keys)
        if not found.stale:
            return found
        # the person's key was changed while this transaction waited for the case: the row is new, the join is not
        return read_case_keys(connection, masters, row)

    def _made(self, connection: sa.Connection, masters: records.Masters, now: datetime) -> records.CaseKeys:
        """Of a case from before there were data keys, or that a message started."""
        if self.row.erased:
            raise records.RecordUnreadable
        person = records.person_key_for(connection, masters, self.row.subject_id, now)
        data_keys = records.new_data_keys(person, self.id)
        connection.execute(case.update().where(case.c.id == self.id).values(data_keys=data_keys))
        return records.CaseKeys(self.id, person, data_keys)


_KEY = records.person_key
_CASE_AND_KEY = sa.select(case, *records.KEY_COLUMNS).select_from(
    case.outerjoin(_KEY, _KEY.c.person_id == case.c.subject_id)
)


def lock(connection: sa.Connection, case_id: str) -> Locked:
    """Wait for the case and hold it. `NotFound` when there is none."""
    return with_definition(connection, lock_row(connection, case_id))


def lock_of_task(connection: sa.Connection, task_id: str) -> Locked:
    """Wait for the case that a task belongs to, and hold it. `NotFound` when there is none."""
    return with_definition(connection, _found(connection, _LOCK_BY_TASK, task_id))


def lock_row(connection: sa.Connection, case_id: str) -> sa.Row[Any]:
    """Wait for the case and hold it, whether or not its definition can be read. `NotFound` when there is none."""
    return _found(connection, _LOCK_BY_ID, case_id)


def lock_if_free(connection: sa.Connection, case_id: str) -> sa.Row[Any] | None:
    """Hold the case unless somebody else does; None then, and when there is none."""
    return connection.execute(_LOCK_IF_FREE, {"wanted": case_id}).first()


def lock_next_due(connection: sa.Connection, now: datetime) -> sa.Row[Any] | None:
    """Hold the case that is due longest and that no other worker holds; None when nothing is due.

    The row alone: whoever has it can tell which case it was if its definition cannot be read.
    """
    return connection.execute(_LOCK_NEXT_DUE, {"now": now}).first()


_LOCK_BY_ID = _CASE_AND_KEY.where(case.c.id == sa.bindparam("wanted")).with_for_update(of=case)
_LOCK_IF_FREE = _CASE_AND_KEY.where(case.c.id == sa.bindparam("wanted")).with_for_update(of=case, skip_locked=True)
_LOCK_BY_TASK = _CASE_AND_KEY.where(
    case.c.id == sa.select(task.c.case_id).where(task.c.id == sa.bindparam("wanted")).scalar_subquery()
).with_for_update(of=case)
_LOCK_NEXT_DUE = (
    _CASE_AND_KEY.where(case.c.next_due_at <= sa.bindparam("now"), case.c.parked_at.is_(None))
    .order_by(case.c.next_due_at)
    .limit(1)
    .with_for_update(of=case, skip_locked=True)
)


def _found(connection: sa.Connection, statement: sa.Select[Any], wanted: str) -> sa.Row[Any]:
    row = connection.execute(statement, {"wanted": wanted}).first()
    if row is None:
        raise NotFound
    return row


def with_definition(connection: sa.Connection, row: sa.Row[Any]) -> Locked:
    """A row that this transaction has locked, with the definition that its case is pinned to."""
    bundle = definitions.get(connection, row.definition_sha)
    return Locked(row, bundle, engine.load(bundle))


@lru_cache(maxsize=2048)
def form_sha(bundle: engine.Bundle, form_id: str) -> str:
    """SHA-256 of the form's file: the exact words that a person saw."""
    return hashlib.sha256(bundle.files[f"{form_id}.form"]).hexdigest()


@lru_cache(maxsize=2048)
def form_of(bundle: engine.Bundle, form_id: str) -> Form:
    """The form as it stands in a definition, read once."""
    return forms.load(bundle.files[f"{form_id}.form"])
