"""Counts what SQLite does for a command: a measure that is the same on any machine, however busy."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa


@dataclass
class Work:
    """`instructions` of SQLite's virtual machine: each row that is looked at costs several of them."""

    instructions: int = 0


@contextlib.contextmanager
def worked(engine: sa.Engine) -> Iterator[Work]:
    """Count all work of an engine on SQLite within the block (sqlite3_progress_handler)."""
    work = Work()

    def count() -> int:
        work.instructions += 1
        return 0

    def begin(connection: Any, _record: Any, _proxy: Any) -> None:
        connection.set_progress_handler(count, 1)

    def end(connection: Any, _record: Any) -> None:
        if connection is not None:
            connection.set_progress_handler(None, 1)

    sa.event.listen(engine, "checkout", begin)
    sa.event.listen(engine, "checkin", end)
    try:
        yield work
    finally:
        sa.event.remove(engine, "checkout", begin)
        sa.event.remove(engine, "checkin", end)
