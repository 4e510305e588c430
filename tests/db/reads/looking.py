"""What the tests of looks read from the tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from app import db
from app.cases import queries
from app.cases.looks.tables import look
from tests.chaos.world import World


def noted(world: World, case_id: str | None = None) -> list[dict[str, Any]]:
    """`data` of every look in the order of its chain, with who and by which way."""
    query = sa.select(look).order_by(look.c.case_id, look.c.seq)
    if case_id is not None:
        query = query.where(look.c.case_id == case_id)
    return [{"who": row.actor_id, "kind": row.kind, **orjson.loads(row.body)["data"]} for row in world.rows(query)]


def forms(looks: list[dict[str, Any]], what: str = "answers") -> dict[str, set[str]]:
    """Form id to field paths."""
    found: dict[str, set[str]] = {}
    for one in looks:
        for item in one["items"]:
            if item["what"] == what:
                found.setdefault(item["form"], set()).update(item["parts"])
    return found


def read(world: World, who: str, case_id: str, now: datetime, *parts: str) -> Any:
    return queries.case(world.waymark, world.actors[who], case_id, now, parts=parts or queries.casefile.PARTS)


@contextmanager
def without_looks(world: World) -> Iterator[None]:
    """The table of looks is not there: whatever else works, no look can be written."""
    with db.transaction(world.engine) as connection:
        connection.exec_driver_sql("ALTER TABLE look RENAME TO elsewhere")
    yield
    with db.transaction(world.engine) as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO look")
