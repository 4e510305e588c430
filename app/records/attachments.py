"""Files that people handed in, each sealed with a key of its own, in pieces, so that none is ever whole in memory.

The file's key is wrapped by the data key of its class in its case, as its answer is sealed: to erase the class is to
erase name and content, and the commitment then tells nothing any more, for its salt came from the file's key. What is
uploaded for a case that is not there yet is wrapped by the master key until it is sent, or cleared away after a day.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

import orjson
import sqlalchemy as sa

from app import db
from app.db.schema import metadata
from app.db.types import UTCTime
from app.records.keys import CaseKeys, RecordUnreadable, decrypt, encrypt
from app.records.masters import Masters
from app.records.sealing import committed

#: bytes of content in one piece
PIECE = 256 * 1024

#: One file. Until it is sent it belongs to an open task, or to its uploader and the process that they are starting.
attachment = sa.Table(
    "attachment",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("case_id", sa.String(36)),
    # the task or, for a start form, the process for which it was uploaded
    sa.Column("task_id", sa.String(36)),
    sa.Column("process_key", sa.String(80)),
    sa.Column("form_id", sa.String(80), nullable=False),
    # of the field, without row numbers
    sa.Column("path", sa.String(500), nullable=False),
    # under which its answer is kept, and for how long
    sa.Column("data_class", sa.String(12), nullable=False),
    # the submission that it was sent with; None: not sent yet
    sa.Column("submission_id", sa.String(36)),
    # named by a saved draft: not cleared away while its task is open
    sa.Column("kept", sa.Boolean, nullable=False),
    # name and SHA-256 of the content, sealed: a name can be a diagnosis
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    # "pdf", "docx" …, as found in the content
    sa.Column("kind", sa.String(10), nullable=False),
    # bytes
    sa.Column("size", sa.Integer, nullable=False),
    # salted, of the content
    sa.Column("commitment", sa.String(64), nullable=False),
    # the file's key
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    # "clean", or "none": there was no scanner
    sa.Column("scan", sa.String(10), nullable=False),
    sa.Column("uploaded_by", sa.String(64), nullable=False),
    sa.Column("uploaded_at", UTCTime, nullable=False),
)
sa.Index("ix_attachment_case_id", attachment.c.case_id)
sa.Index("ix_attachment_task_id", attachment.c.task_id)
sa.Index(
    "ix_attachment_uploaded_by_uploaded_at",
    attachment.c.uploaded_by,
    attachment.c.uploaded_at,
    postgresql_where=attachment.c.submission_id.is_(None),
    sqlite_where=attachment.c.submission_id.is_(None),
)

#: Its content, piece by piece. Only ever added, and taken away while it has not been sent.
attachment_piece = sa.Table(
    "attachment_piece",
    metadata,
    sa.Column("attachment_id", sa.String(36), primary_key=True),
    # 0, 1, 2 … without a gap
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)


#: what the master keys wrap, and no data key of a case
_WAITS = (attachment.c.case_id.is_(None), attachment.c.submission_id.is_(None))


@dataclass(frozen=True, slots=True)
class Known:
    """What is sealed of a file beside its content. `sha256`: hex."""

    name: str
    sha256: str


def digest(stream: BinaryIO) -> str:
    """SHA-256 of what is to be kept, hex."""
    seen = hashlib.sha256()
    for piece in _pieces(stream):
        seen.update(piece)
    return seen.hexdigest()


def put(
    connection: sa.Connection, keys: CaseKeys | Masters, row: Mapping[str, Any], known: Known, stream: BinaryIO
) -> None:
    """Seal a file and write it. `keys`: of its case, else the master keys; `row`: the other columns of `attachment`.

    Raises `RecordUnreadable` when the class was erased, `sqlalchemy.exc.IntegrityError` when the id is taken.
    """
    file_key, file_id = os.urandom(32), row["id"]
    sealed = encrypt(file_key, orjson.dumps([known.name, known.sha256]), _bound(file_id, "name"))
    more = {
        "sealed": sealed,
        "wrapped": _wrap(keys, row, file_key),
        "commitment": committed(hmac.digest(file_key, b"content", "sha256"), known.sha256),
        "submission_id": None,
        "kept": False,
    }
    connection.execute(attachment.insert(), {**row, **more})
    count = _count(row["size"])
    for number, piece in enumerate(_pieces(stream)):
        place = {"attachment_id": file_id, "number": number}
        connection.execute(
            attachment_piece.insert(),
            {**place, "sealed": encrypt(file_key, piece, _bound(file_id, f"{number}/{count}"))},
        )


def file_key(keys: CaseKeys, row: sa.Row[Any]) -> bytes:
    """The own key of a file of a case. Raises `RecordUnreadable`."""
    return decrypt(keys.data_key(row.data_class), row.wrapped, _bound(row.id, "key"))


def waiting_key(masters: Masters, row: sa.Row[Any]) -> bytes:
    """The own key of a file that waits for its case. Raises `RecordUnreadable`."""
    return masters.unwrap(row.wrapped, _bound(row.id, "key").decode())


def wrapped_waiting(connection: sa.Connection) -> Iterator[bytes]:
    """The keys of all files that wait for their case, as the master keys wrap them."""
    yield from connection.execute(sa.select(attachment.c.wrapped).where(*_WAITS)).scalars()


def rewrap_waiting(
    connection: sa.Connection, masters: Masters, stale: Callable[[bytes], bool], after: str, most: int
) -> tuple[int, str | None]:
    """Of the files that wait for their case and follow `after` in order, `most` of them: wrap anew the keys of which
    `stale` says so. How many there were, and the id of the last file looked at, None when no more follow."""
    query = sa.select(attachment.c.id, attachment.c.wrapped).where(*_WAITS, attachment.c.id > after)
    rows = connection.execute(query.order_by(attachment.c.id).limit(most).with_for_update()).all()
    due = [row for row in rows if stale(row.wrapped)]
    for row in due:
        place = _bound(row.id, "key").decode()
        again = masters.wrap(masters.unwrap(row.wrapped, place), place)
        connection.execute(attachment.update().where(attachment.c.id == row.id).values(wrapped=again))
    return len(due), rows[-1].id if len(rows) == most else None


def wrapped(keys: CaseKeys, file_id: str, data_class: str, own_key: bytes) -> bytes:
    """A file's own key as a case keeps it. Raises `RecordUnreadable` when the class was erased."""
    return encrypt(keys.data_key(data_class), own_key, _bound(file_id, "key"))


def _wrap(keys: CaseKeys | Masters, row: Mapping[str, Any], own_key: bytes) -> bytes:
    if isinstance(keys, Masters):
        return keys.wrap(own_key, _bound(row["id"], "key").decode())
    return wrapped(keys, row["id"], row["data_class"], own_key)


def known(own_key: bytes, row: sa.Row[Any]) -> Known:
    """Name and digest. `own_key`: the file's. Raises `RecordUnreadable`."""
    return Known(*orjson.loads(decrypt(own_key, row.sealed, _bound(row.id, "name"))))


def content(engine: sa.Engine, own_key: bytes, file_id: str, size: int) -> Iterator[bytes]:
    """The content, piece by piece, each read when it is asked for, with a connection of its own: none is held while
    somebody far away takes their time. Raises `RecordUnreadable` for what was altered."""
    for number in range(_count(size)):
        with db.reading(engine) as connection:
            piece = _piece(connection, own_key, file_id, number, size)
        yield piece


def pieces(connection: sa.Connection, own_key: bytes, file_id: str, size: int) -> Iterator[bytes]:
    """The same, for who holds a connection. Raises `RecordUnreadable`."""
    return (_piece(connection, own_key, file_id, number, size) for number in range(_count(size)))


def _piece(connection: sa.Connection, own_key: bytes, file_id: str, number: int, size: int) -> bytes:
    table = attachment_piece
    query = sa.select(table.c.sealed).where(table.c.attachment_id == file_id, table.c.number == number)
    sealed = connection.execute(query).scalar()
    if sealed is None:
        raise RecordUnreadable
    return decrypt(own_key, sealed, _bound(file_id, f"{number}/{_count(size)}"))


def take_away(connection: sa.Connection, ids: list[str]) -> None:
    """Delete files that have not been sent."""
    pending = sa.select(attachment.c.id).where(attachment.c.id.in_(ids), attachment.c.submission_id.is_(None))
    connection.execute(attachment_piece.delete().where(attachment_piece.c.attachment_id.in_(pending)))
    connection.execute(attachment.delete().where(attachment.c.id.in_(ids), attachment.c.submission_id.is_(None)))


def _count(size: int) -> int:
    return -(-size // PIECE)


def _bound(file_id: str, what: str) -> bytes:
    """A piece can stand in no other file, in no other place, and none can be left off at the end."""
    return f"attachment {file_id} {what}".encode()


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    """Full pieces, but for the last: a raw stream may give less than it was asked for."""
    stream.seek(0)
    held = b""
    while read := stream.read(PIECE - len(held)):
        held += read
        if len(held) == PIECE:
            yield held
            held = b""
    if held:
        yield held
