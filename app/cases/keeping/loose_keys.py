"""What the master keys wrap beside people's keys: second-step secrets, and files that wait for their case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

import sqlalchemy as sa

from app import db
from app.cases.waymark import Waymark
from app.identity import rewrapping
from app.identity.sealing import Enveloped
from app.records import attachments
from app.records.keys import name_of

CHUNK = 100
#: a table's keys in order: after which id, to how many wrapped anew and the last id of the chunk, None at the end
Chunk = Callable[[sa.Connection, str], tuple[int, str | None]]


def rotate(waymark: Waymark) -> tuple[int, int]:
    """Wrap by the newest master what is not yet: how many secrets, how many files. It can be broken off and given
    again; people log in and upload meanwhile. Raises `WrongMasterKey` when a master is not set any more."""
    masters = waymark.master_key
    sealer, newest = Enveloped(masters), masters.newest

    def stale(wrapped: bytes) -> bool:
        return name_of(wrapped)[0] != newest

    return (
        _all(waymark, lambda conn, after: rewrapping.rewrap(conn, sealer, stale, after, CHUNK)),
        _all(waymark, lambda conn, after: attachments.rewrap_waiting(conn, masters, stale, after, CHUNK)),
    )


def _all(waymark: Waymark, chunk: Chunk) -> int:
    number, after = 0, ""
    while True:
        with db.transaction(waymark.engine) as connection:
            done, last = chunk(connection, after)
        number += done
        if last is None:
            return number
        after = last


def counted(connection: sa.Connection) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """How many secrets, and how many files, each master wraps."""
    return _by_master(rewrapping.wrapped_keys(connection)), _by_master(attachments.wrapped_waiting(connection))


def _by_master(wrapped: Iterable[bytes]) -> Mapping[str, int]:
    return Counter(name_of(bytes(one))[0] for one in wrapped)
