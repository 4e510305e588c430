"""A world of one process, which is enough to run cases again, and an owner of its database who changes a history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import sqlalchemy as sa

from app.history import history_event
from app.settings import Settings
from tests.chaos.world import World, furnish, referral


def small(settings: Settings) -> World:
    return furnish(settings, [referral()])


def tamper(world: World, case_id: str, kind: str, change: Callable[[dict[str, Any]], object], element: str = "") -> int:
    """Change the data of the first such entry, of an element or of any. Returns its number. SQLite only."""
    with world.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER IF EXISTS history_event_no_update")
        of_kind = (history_event.c.case_id == case_id, history_event.c.kind == kind)
        rows = connection.execute(sa.select(history_event).where(*of_kind).order_by(history_event.c.seq)).all()
        bodies = [(row.seq, orjson.loads(row.body)) for row in rows]
        seq, body = next(one for one in bodies if element in ("", one[1]["data"].get("element")))
        change(body["data"])
        text = orjson.dumps(body, option=orjson.OPT_SORT_KEYS).decode()
        connection.execute(history_event.update().where(*of_kind, history_event.c.seq == seq).values(body=text))
        return int(seq)
