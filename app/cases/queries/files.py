"""Files of a case: to whom the answer that holds one may be shown, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import Any

import sqlalchemy as sa

from app import db, records
from app.cases.files.naming import sent_ids
from app.cases.files.target import Target, desk, pending
from app.cases.keyring import read_case_keys
from app.cases.queries.answers import readable
from app.cases.queries.sight import Sight, see
from app.cases.tables import case
from app.cases.views import FileContent, FileView
from app.cases.waymark import Waymark
from app.errors import NotFound
from app.identity import Actor
from app.records import attachments


def attachment(waymark: Waymark, actor: Actor, case_id: str, file_id: str, now: datetime) -> FileContent:
    """A file that was sent, piece by piece. It is found in the answers as this person sees them, so that whatever
    hides an answer hides its files; `NotFound` otherwise, and for the id of another case's file.

    That somebody saved what tells of health is noted before the first piece leaves. Raises `LookNotWritten`, and
    `RecordUnreadable` after its key was erased.
    """
    table = records.attachment
    with db.reading(waymark.engine) as connection:
        sight = see(connection, actor, case_id, now=now)
        row = connection.execute(sa.select(table).where(table.c.id == file_id, table.c.case_id == case_id)).first()
        if row is None or row.submission_id is None or not _is_shown(waymark, connection, sight, row):
            raise NotFound
        own_key = attachments.file_key(read_case_keys(connection, waymark.master_key, sight.row), row)
        name = attachments.known(own_key, row).name
    pieces = attachments.content(waymark.engine, own_key, row.id, row.size)
    # the first is read now: what cannot be read is told before anything is sent, and is no look
    whole = chain([next(pieces)], pieces)
    sight.note(replace(waymark, way="file"), now)
    return FileContent(FileView(row.id, name, row.kind, row.size, row.scan == "clean"), whole)


def _is_shown(waymark: Waymark, connection: sa.Connection, sight: Sight, row: sa.Row[Any]) -> bool:
    """Is it in an answer that this person sees? If so, that answer is what they look at."""
    for earlier in readable(waymark, connection, sight, {row.form_id}):
        if row.id in sent_ids(earlier.form, earlier.answers):
            sight.seen.fields(earlier.thing, (one for one in earlier.shown if one.path == row.path))
            return True
    return False


def uploads(waymark: Waymark, actor: Actor, target: Target) -> dict[str, FileView]:
    """Files that were uploaded for a form and not sent, by id: for the person who fills it in.

    Raises `NotFound`, `NotAllowed`, `AlreadyDone`, `TaskClosed`, `ClaimedByAnother`.
    """
    with db.reading(waymark.engine) as connection:
        where = desk(connection, actor, target)
        where.require_worker(actor)
        rows = connection.execute(pending(actor, target)).all()
        key = _opener(connection, waymark, where.case_id) if rows else None
        named = ((row, attachments.known(key(row), row).name) for row in rows if key is not None)
        return {row.id: FileView(row.id, name, row.kind, row.size, row.scan == "clean") for row, name in named}


def _opener(connection: sa.Connection, waymark: Waymark, case_id: str | None) -> Callable[[sa.Row[Any]], bytes]:
    """What gives the own key of a file that was not sent."""
    if case_id is None:
        return lambda row: attachments.waiting_key(waymark.master_key, row)
    case_row = connection.execute(sa.select(case).where(case.c.id == case_id)).one()
    keys = read_case_keys(connection, waymark.master_key, case_row)
    return lambda row: attachments.file_key(keys, row)
