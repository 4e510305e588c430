"""What happens to files when the form that they were uploaded for is sent: they become part of the case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
        self,
        waymark: Waymark,
        connection: sa.Connection,
        actor: Actor,
        target: Target,
        key: Callable[[sa.Row[Any]], bytes],
    ) -> None:
        """`key`: the own key of a file, from its row."""
        self.most = waymark.settings.files_a_field
        self._largest = waymark.settings.largest_case
        self._connection = connection
        self._query = pending(actor, target)
        self._key = key

    def get(self, file_id: str) -> Mapping[str, Any] | None:
        row = self._rows.get(file_id)
        if row is None:
            return None
        known = attachments.known(self._key(row), row)
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

    def send(
        self, batch: db.Batch, form: Form, cleaned: Mapping[str, Any], submission_id: str, keys: records.CaseKeys
    ) -> None:
        """Make the files among the clean answers part of a case, each under the case's key of its class.

        Raises `InvalidAnswers` when they are too much for one case.
        """
        ids = sent_ids(form, cleaned)
        if not ids:
            return
        rows = [self._rows[one] for one in ids]
        if sum(row.size for row in rows) > self._largest:
            most = files.size_in_words(self._largest)
            raise InvalidAnswers({rows[0].path: f"The files of one case may have {most} together"})
        sent = {"submission_id": submission_id, "case_id": keys.case_id}
        wrapped = [self._wrapped(row, keys) for row in rows]
        batch.update(
            records.attachment,
            ["id"],
            [{"id": row.id, **sent, "wrapped": key} for row, key in zip(rows, wrapped, strict=True)],
            strict=True,
        )

    def _wrapped(self, row: sa.Row[Any], keys: records.CaseKeys) -> bytes:
        """Of what waited for its case the content is not written again: only its key changes hands."""
        if row.case_id is not None:
            return bytes(row.wrapped)
        return attachments.wrapped(keys, row.id, row.data_class, self._key(row))
