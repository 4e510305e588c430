"""Files that were uploaded and never sent do not stay."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from app import db, records
from app.cases.tables import task
from app.cases.waymark import Waymark
from app.identity import clock as clocks
from app.records import attachments

#: how long a file waits for its form to be sent, unless a saved draft of an open task names it
WAIT = timedelta(days=1)


def clear_files(waymark: Waymark, now: datetime | None = None, limit: int = 50) -> int:
    """Take away at most `limit` files that nobody sent; how many."""
    with db.transaction(waymark.engine) as connection:
        at = now or clocks.read(connection, demo=waymark.settings.demo).now
        ids = list(connection.execute(_STALE.limit(limit), {"before": at - WAIT}).scalars())
        if ids:
            attachments.take_away(connection, ids)
        return len(ids)


_FILE = records.attachment
_DRAFTED = sa.exists().where(task.c.id == _FILE.c.task_id, task.c.state == "open")
_STALE = (
    sa.select(_FILE.c.id)
    .where(_FILE.c.submission_id.is_(None), _FILE.c.uploaded_at < sa.bindparam("before"))
    .where(sa.not_(sa.and_(_FILE.c.kept, _DRAFTED)))
    .order_by(_FILE.c.uploaded_at)
)
