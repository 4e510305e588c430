"""Whose part in a meeting is what, and by which policy it is held: as the tables decided when the case came there, so
that a table that changes later changes nothing here (XX-3, XX-4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
import sqlalchemy as sa

from app.cases.queries.sight import Sight
from app.cases.views import RaciLine
from app.history import history_event
from app.identity.roles import label

#: an output column of this name says who is Responsible, Accountable, Consulted or Informed (WW-1.3f)
COLUMN = "raci"
WORDS = {"R": "Responsible", "A": "Accountable", "C": "Consulted", "I": "Informed"}


def decided(connection: sa.Connection, sight: Sight) -> tuple[list[RaciLine], str]:
    """The parts in the newest meeting, empty where no table gave any, and name and version of the policy."""
    raci, policy = list[RaciLine](), ""
    for result in _results(connection, sight):
        if not raci and isinstance(result, list) and all(isinstance(one, dict) and COLUMN in one for one in result):
            raci = [_line(one) for one in result]
        if not policy and isinstance(result, dict) and result.get("name"):
            policy = f"{result['name']}, version {result['version']}" if result.get("version") else str(result["name"])
    return raci, policy


def _results(connection: sa.Connection, sight: Sight) -> Iterator[Any]:
    """What tables answered in this case, as far as the reader may know it, the newest first."""
    query = sa.select(history_event.c.body).where(
        history_event.c.case_id == sight.row.id, history_event.c.kind == "engine.decided"
    )
    for (body,) in connection.execute(query.order_by(history_event.c.seq.desc())):
        data = orjson.loads(body)["data"]
        at = (str(data["process"]), str(data["element"]))
        if sight.course.shows(*at) and sight.facts.shows_what(*at):
            yield data["data"]["result"]


def _line(row: Mapping[str, Any]) -> RaciLine:
    part = str(row[COLUMN])
    attendance, duties = str(row.get("attendance") or ""), str(row.get("duties") or "")
    return RaciLine(label(str(row.get("role") or "")), WORDS.get(part, part), attendance, duties)
