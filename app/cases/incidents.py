"""When what is due in a case cannot be done at all: counted, told in words, parked, and resolved once a step works.

The row of the case counts the failures; while it counts any, one incident without a token is open.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from app.cases import backoff
from app.cases.tables import case, incident
from app.errors import WaymarkError


def note_failure(connection: sa.Connection, row: sa.Row[Any], error: Exception, now: datetime) -> None:
    """Count a failure of the case in `row`, which is locked. Try later, and park the case after the last try."""
    failures = row.failures + 1
    again = backoff.next_try(failures, now)
    connection.execute(
        case.update()
        .where(case.c.id == row.id)
        .values(failures=failures, next_due_at=again or row.next_due_at, parked_at=None if again else now)
    )
    values = {
        "attempts": failures,
        "next_try_at": again,
        "state": "retrying" if again else "parked",
        "detail": in_words(error),
    }
    if not connection.execute(_of_case(row.id).values(values)).rowcount:
        _open(connection, row, values, now)


def resolve(connection: sa.Connection, case_id: str, actor_id: str, now: datetime) -> None:
    """A step of the case worked: what failed before is over."""
    connection.execute(
        _of_case(case_id).values(state="resolved", resolved_at=now, resolved_by=actor_id, next_try_at=None)
    )


def _open(connection: sa.Connection, row: sa.Row[Any], values: dict[str, Any], now: datetime) -> None:
    connection.execute(
        incident.insert(),
        {
            "id": str(uuid4()),
            "case_id": row.id,
            "token_id": None,
            "process": row.process_key,
            "element_id": "",
            "element_name": "What is due in this case",
            "opened_at": now,
            **values,
        },
    )


def _of_case(case_id: str) -> sa.Update:
    return incident.update().where(
        incident.c.case_id == case_id,
        incident.c.token_id.is_(None),
        incident.c.message_id.is_(None),
        incident.c.state.in_(("retrying", "parked")),
    )


def cut_off(error: Exception) -> bool:
    """Was it the connection, not the case? What the database refuses of one case is that case's own failure: raised,
    it would hold up every other case that is due."""
    return isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated


def in_words(error: Exception) -> str:
    """What an administrator reads. Only our own sentences: another library's message could hold a person's data."""
    if isinstance(error, WaymarkError):
        return error.detail
    if isinstance(error, sa.exc.DBAPIError):
        return f"The database refused what this step would have written ({type(error).__name__})."
    return f"An unexpected fault stopped this step ({type(error).__name__})."
