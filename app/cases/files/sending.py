"""What happens to files when the form that they were uploaded for is sent: they become part of the case."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from app import db, files, records
from app.cases.files.naming import sent_ids
from app.cases.files.target import Target, pending
from app.cases.waymark import Waymark
from app.errors import InvalidAnswers
from app.forms import Form
from app.identity import Actor
from app.records import attachments


class Pending:
    """Files that were uploaded for a target and not sent: read when a form asks for the first of them."""

    def __init__(
        self, waymark: Waymark, connection: sa.Connection, actor: Actor, target: Target, key: Callable[[str], bytes]
    ) -> None:
        """`key`: of the person whose id is given."""
        self.most = waymark.settings.files_a_field
        self._largest = waymark.settings.largest_case
        self._connection = connection
        self._query = pending(actor, target)
        self._key = key

    def get(self, file_id: str) -> Mapping[str, Any] | None:
        row = self._rows.get(file_id)
        if row is None:
            return None
        known = attachments.known(self._own_key(row), row)
        return {
            "id": row.id,
            "name": known.name,
            "kind": row.kind,
            "size": row.size,
            "sha256": known.sha256,
            "scanned": row.scan == "clean",
            "path": row.path,
        }

    @cached_property
    def _rows(self) -> dict[str, sa.Row[Any]]:
        return {row.id: row for row in self._connection.execute(self._query)}

    def _own_key(self, row: sa.Row[Any]) -> bytes:
        return attachments.file_key(self._key(row.person_id), row)

    def send(
        self, batch: db.Batch, form: Form, cleaned: Mapping[str, Any], submission_id: str, case_id: str, person: str
    ) -> None:
        """Make the files among the clean answers part of a case, sealed for the person whom it is about.

        Raises `InvalidAnswers` when they are too much for one case.
        """
        ids = sent_ids(form, cleaned)
        if not ids:
            return
        rows = [self._rows[one] for one in ids]
        if sum(row.size for row in rows) > self._largest:
            most = files.size_in_words(self._largest)
            raise InvalidAnswers({rows[0].path: f"The files of one case may have {most} together"})
        sent = {"submission_id": submission_id, "case_id": case_id, "person_id": person}
        wrapped = [self._wrapped(row, person) for row in rows]
        batch.update(
            records.attachment,
            ["id"],
            [{"id": row.id, **sent, "wrapped": key} for row, key in zip(rows, wrapped, strict=True)],
            strict=True,
        )

    def _wrapped(self, row: sa.Row[Any], person: str) -> bytes:
        if row.person_id == person:
            return bytes(row.wrapped)
        return attachments.rewrapped(self._own_key(row), row.id, self._key(person))


def person_keys(connection: sa.Connection, waymark: Waymark, now: datetime) -> Callable[[str], bytes]:
    """The key of each person, made when there is none."""
    return lambda person: records.person_key_for(connection, waymark.master_key, person, now)


def names_of(rows: Iterator[sa.Row[Any]], key: Callable[[str], bytes]) -> Iterator[tuple[sa.Row[Any], str]]:
    """Each file with its name."""
    for row in rows:
        yield row, attachments.known(attachments.file_key(key(row.person_id), row), row).name
