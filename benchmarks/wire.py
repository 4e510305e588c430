"""Counts what goes over the wire to PostgreSQL, by libpq's own trace (libpq manual, PQtrace)."""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import sqlalchemy as sa

#: command tags that open or close a transaction
_FRAME = frozenset({"BEGIN", "COMMIT", "ROLLBACK"})


@dataclass
class Traffic:
    """`statements`: commands besides BEGIN, COMMIT and ROLLBACK. `round_trips`: times that we waited for the server.
    Filled in when the `with` block of `counted` ends."""

    statements: int = 0
    round_trips: int = 0
    commits: int = 0
    rollbacks: int = 0


@contextlib.contextmanager
def counted(engine: sa.Engine) -> Iterator[Traffic]:
    """Count all traffic of an engine on PostgreSQL within the block."""
    traffic = Traffic()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as file:

        def begin(connection: Any, _record: Any, _proxy: Any) -> None:
            connection.pgconn.trace(file.fileno())

        def end(connection: Any, _record: Any) -> None:
            if connection is not None:
                connection.pgconn.untrace()

        sa.event.listen(engine, "checkout", begin)
        sa.event.listen(engine, "checkin", end)
        try:
            yield traffic
        finally:
            sa.event.remove(engine, "checkout", begin)
            sa.event.remove(engine, "checkin", end)
        _read(file, traffic)


def _read(file: IO[str], traffic: Traffic) -> None:
    file.seek(0)
    lines = file.read().split("\n")
    tags = [found[1] for line in lines if (found := re.search(r'\tB\t\d+\tCommandComplete\t "(\w+)', line))]
    traffic.round_trips = sum("\tReadyForQuery\t" in line for line in lines)
    traffic.statements = sum(tag not in _FRAME for tag in tags)
    traffic.commits = tags.count("COMMIT")
    traffic.rollbacks = tags.count("ROLLBACK")
