"""The journal of erasures: ids only, kept outside the database, so that a restored backup forgets again what was erased
after it was made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import orjson
import sqlalchemy as sa

from app import db
from app.cases.keeping.erasing import erase_classes, erase_person
from app.cases.keeping.tables import erasure
from app.cases.locking import lock_row
from app.cases.tables import case
from app.cases.waymark import Waymark
from app.errors import BadRequest, NotFound


def journal(waymark: Waymark) -> Iterator[dict[str, Any]]:
    """Every erasure there was: {"case", "erasure", "at", "classes", "under"}, or {"person", "name_too", "at"}."""
    with db.reading(waymark.engine) as connection:
        rows = connection.execute(sa.select(case.c.id, case.c.erased).order_by(case.c.id)).all()
        done = sa.select(erasure).where(erasure.c.state == "done").order_by(erasure.c.closed_at, erasure.c.id)
        people = [row for row in connection.execute(done) if (row.outcome or {}).get("person")]
    for row in rows:
        by: dict[tuple[str, str, str], list[str]] = {}
        for cls, mark in row.erased.items():
            by.setdefault((mark["erasure"], mark["at"], mark["under"]), []).append(cls)
        for (name, at, under), classes in by.items():
            yield {"case": row.id, "erasure": name, "at": at, "classes": sorted(classes), "under": under}
    for what in people:
        yield {"person": what.person_id, "name_too": what.name_too, "at": what.closed_at.isoformat()}


def replay(waymark: Waymark, lines: Iterable[str], now: datetime) -> tuple[int, int]:
    """Erase again what the journal names and this database still has: (cases, people). Cases that it does not know are
    passed over; so is what is erased here already. Raises `BadRequest` for a line that is none of a journal."""
    found = [_read(line) for line in lines if line.strip()]
    cases = sum(_case(waymark, one, now) for one in found if "case" in one)
    return cases, sum(_person(waymark, one) for one in found if "person" in one)


def _read(line: str) -> Mapping[str, Any]:
    try:
        found = orjson.loads(line)
        if "case" in found:
            return {name: found[name] for name in ("case", "erasure", "at", "classes", "under")}
        return {"person": found["person"], "name_too": bool(found["name_too"])}
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise BadRequest("This is not a journal of erasures, as `waymark erasure journal` writes it.") from None


def _case(waymark: Waymark, one: Mapping[str, Any], now: datetime) -> int:
    what = SimpleNamespace(id=one["erasure"], rule=one["under"], policy="", kind="replay")
    with db.transaction(waymark.engine) as connection:
        try:
            row = lock_row(connection, one["case"])
        except NotFound:
            return 0
        at = datetime.fromisoformat(one["at"])
        return int(erase_classes(connection, row, what, one["classes"], now, erased_at=at.isoformat()))


def _person(waymark: Waymark, one: Mapping[str, Any]) -> int:
    with db.transaction(waymark.engine) as connection:
        return int(erase_person(connection, one["person"], one["name_too"]))
