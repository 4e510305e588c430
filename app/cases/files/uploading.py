"""Taking in a file for a form that is being filled in, and taking it away again."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, cast
from uuid import NAMESPACE_URL, uuid4, uuid5

import sqlalchemy as sa

from app import db, files, records
from app.cases.files.target import Desk, Target, desk, pending
from app.cases.locking import lock_of_task
from app.cases.views import FileView
from app.cases.waymark import Waymark
from app.errors import InvalidAnswers
from app.files import Examined, FileRefused, Spool
from app.forms import Field
from app.identity import Actor
from app.records import attachments
from app.records.attachments import Known
from app.records.keys import class_of

log = logging.getLogger("waymark.files")

#: how many times the files of one case somebody may have waiting for cases that they have not started
NOT_STARTED = 2


@dataclass(frozen=True)
class Upload:
    """A file as it came in. `path`: of the field, without row numbers; `key`: of the page that sent it, so that a
    second click of the same page is known as one."""

    path: str
    name: str
    spool: Spool
    key: str = ""


def upload(waymark: Waymark, actor: Actor, target: Target, given: Upload, now: datetime) -> FileView:
    """Keep a file until the form is sent. It is looked at and scanned before anything is written.

    Raises `InvalidAnswers` (a sentence at `given.path`), `NotFound`, `NotAllowed`, `AlreadyDone`, `TaskClosed`,
    `ClaimedByAnother`, `ScannerAway`; nothing is kept then.
    """
    with db.reading(waymark.engine) as connection:
        where = desk(connection, actor, target)
    field = where.form.pickers.get(given.path)
    if field is None:
        raise InvalidAnswers({given.path: "No file is asked for here"})
    try:
        examined = files.examine(given.spool, given.name, field.accept)
        with examined.spool:
            return _Taking(waymark, actor, where, field, examined, now).take(given.key)
    except FileRefused as error:
        log.info("file refused", extra={"field": field.path})
        raise InvalidAnswers({given.path: error.detail}) from error


@dataclass(frozen=True)
class _Taking:
    waymark: Waymark
    actor: Actor
    where: Desk
    field: Field
    found: Examined
    now: datetime

    def take(self, page_key: str) -> FileView:
        sha256 = attachments.digest(cast("BinaryIO", self.found.spool))
        file_id = self._id(page_key, sha256)
        if page_key and self._is_there(file_id):
            return self._view(file_id)
        self.where.require_worker(self.actor)
        self._scan()
        try:
            with db.transaction(self.waymark.engine) as connection:
                self._write(connection, file_id, sha256)
        except sa.exc.IntegrityError:
            # the other of two clicks was first
            if not self._is_there(file_id):
                raise
        return self._view(file_id)

    def _id(self, page_key: str, sha256: str) -> str:
        """It follows from the page and the content: the same post twice keeps one file."""
        if not page_key:
            return str(uuid4())
        target = self.where.target
        place = f"{target.task_id or target.process_key}/{self.field.path}/{self.actor.person_id}/{page_key}"
        return str(uuid5(NAMESPACE_URL, f"{place}/{sha256}/{self.found.name}"))

    def _is_there(self, file_id: str) -> bool:
        with db.reading(self.waymark.engine) as connection:
            table = records.attachment
            return connection.execute(sa.select(table.c.id).where(table.c.id == file_id)).first() is not None

    def _view(self, file_id: str) -> FileView:
        return FileView(file_id, self.found.name, self.found.kind.name, self.found.size, self._scanned)

    @property
    def _scanned(self) -> bool:
        return bool(self.waymark.settings.scanner)

    def _scan(self) -> None:
        scanner = files.scanner(self.waymark.settings.scanner)
        if scanner is None:
            return
        with self.found.spool.reader() as reader:
            if not scanner.clean(cast("BinaryIO", reader)):
                log.warning("infected file refused", extra={"field": self.field.path})
                raise FileRefused(self.found.name, "may hold a virus, so it was not taken. Tell whoever sent it to you")

    def _write(self, connection: sa.Connection, file_id: str, sha256: str) -> None:
        keys: records.CaseKeys | records.Masters = self.waymark.master_key
        if self.where.target.task_id is not None:
            held = lock_of_task(connection, self.where.target.task_id)
            keys = held.keys(connection, self.waymark.master_key, self.now)
        self._require_room(connection)
        known = Known(self.found.name, sha256)
        attachments.put(connection, keys, self._row(file_id), known, cast("BinaryIO", self.found.spool))

    def _row(self, file_id: str) -> Mapping[str, Any]:
        return {
            "id": file_id,
            "case_id": self.where.case_id,
            "task_id": self.where.target.task_id,
            "process_key": self.where.target.process_key,
            "form_id": self.where.form.id,
            "path": self.field.path,
            "data_class": self._kept_as,
            "kind": self.found.kind.name,
            "size": self.found.size,
            "scan": "clean" if self._scanned else "none",
            "uploaded_by": self.actor.person_id,
            "uploaded_at": self.now,
        }

    @property
    def _kept_as(self) -> str:
        """The class under which the answer is kept, which a list or a group gives to all that it holds."""
        return class_of(self.where.form.classes, self.field.path.partition(".")[0])

    def _require_room(self, connection: sa.Connection) -> None:
        """Counted under the case's lock: two at once cannot both be the last that fits."""
        table, most = records.attachment, self.waymark.settings.largest_case
        total = sa.select(sa.func.coalesce(sa.func.sum(table.c.size), 0))
        if self.where.target.task_id is not None:
            used = connection.execute(total.where(table.c.case_id == self.where.case_id)).scalar_one()
            rest = f"does not fit: the files of one case may have {files.size_in_words(most)} together"
        else:
            waiting = total.where(table.c.uploaded_by == self.actor.person_id, table.c.submission_id.is_(None))
            used = connection.execute(waiting.where(table.c.process_key.is_not(None))).scalar_one()
            most *= NOT_STARTED
            rest = "does not fit: too many of your files wait for cases that were not started. Try again tomorrow"
        if used + self.found.size > most:
            raise FileRefused(self.found.name, rest)


def drop_file(waymark: Waymark, actor: Actor, target: Target, file_id: str) -> None:
    """Take away a file that has not been sent; one that is not there any more is no fault.

    Raises `NotFound`, `NotAllowed`, `AlreadyDone`, `TaskClosed`, `ClaimedByAnother`.
    """
    with db.transaction(waymark.engine) as connection:
        if target.task_id is not None:
            lock_of_task(connection, target.task_id)
        desk(connection, actor, target).require_worker(actor)
        ids = {row.id for row in connection.execute(pending(actor, target))}
        attachments.take_away(connection, list({file_id} & ids))
