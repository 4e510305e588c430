"""Soft rules that people of a case went past with a reason, for one reader (XX-1).

A flag tells that a reason was given, so it is for those who may see that field: the reason itself stands there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import sqlalchemy as sa

from app import privacy
from app.cases.locking import form_of
from app.cases.queries.answers import bundle_of
from app.cases.queries.sight import Sight
from app.history import history_event


def shown(connection: sa.Connection, sight: Sight, data: Mapping[str, Any]) -> list[str]:
    """Of an entry of the history: the ids of those whose reason the reader may see, in order."""
    if not data.get("flags"):
        return []
    form = form_of(bundle_of(connection, sight, data["definition"]), data["form"])
    grounds = privacy.grounds(form, sight.viewer)
    known = {one for field in form.walk() if grounds.get(field.path) for one in field.flags}
    return [one for one in data["flags"] if one in known]


def in_words(flags: list[str]) -> str:
    """“Went past IW-4, with a reason”; "" for none."""
    return f"Went past {' and '.join(flags)}, with a reason" if flags else ""


def of_case(connection: sa.Connection, sight: Sight) -> list[str]:
    """Ids of all of the case, in the order in which they were gone past; one that was gone past twice stands twice."""
    entries = (orjson.loads(body)["data"] for (body,) in connection.execute(_FLAGGED, {"case": sight.row.id}))
    return [one for data in entries if sight.course.shows_entry(data) for one in shown(connection, sight, data)]


# an entry without flags does not have the word, so the text itself tells
_FLAGGED = (
    sa.select(history_event.c.body)
    .where(history_event.c.case_id == sa.bindparam("case"), history_event.c.body.contains('"flags":["'))
    .order_by(history_event.c.seq)
)
