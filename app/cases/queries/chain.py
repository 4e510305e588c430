"""A case's history as it is kept: the chained entries, as far as the person who asks may know of them (XX-1)."""

from __future__ import annotations

from typing import Any

import orjson
import sqlalchemy as sa

from app import db, privacy
from app.cases.locking import form_of
from app.cases.queries.answers import bundle_of
from app.cases.queries.sight import Sight, see
from app.cases.waymark import Waymark
from app.forms import Form
from app.history import history_event
from app.identity import Actor

#: an entry and its hash
Kept = tuple[dict[str, Any], str]
#: what an entry says of a form's answers: by field
_BY_FIELD = ("facts", "commitments")


def history(waymark: Waymark, actor: Actor, case_id: str, after: int = 0, limit: int = 200) -> list[dict[str, Any]]:
    """Entries of the history `after` a number; at most `limit`. `hash`: of the entry as it is kept, in full.

    Steps that this person may not know of are left out, and so is what an entry says of fields that they may not
    see. `seq` counts what is left, for a gap would tell that there was something: who sees the whole case gets the
    chain's own numbers. `waymark history verify` checks the chain itself.
    """
    with db.reading(waymark.engine) as connection:
        sight = see(connection, actor, case_id)
        rows = connection.execute(
            sa.select(history_event.c.body, history_event.c.hash)
            .where(history_event.c.case_id == case_id)
            .order_by(history_event.c.seq)
        )
        seen = _known(sight, [(orjson.loads(body), digest) for body, digest in rows])
        return [
            {**_redacted(connection, sight, entry), "seq": number, "hash": digest}
            for number, (entry, digest) in enumerate(seen[after : after + limit], after + 1)
        ]


def _known(sight: Sight, entries: list[Kept]) -> list[Kept]:
    """The entries that this person may know of.

    Where a step is hidden, what follows it must not tell either that it was the clock or whose word set it going.
    """
    course = sight.course
    if not course.ids:
        return entries
    return [
        (_of_nobody(entry), digest)
        for entry, digest in entries
        if entry["kind"] != "command.fire_due" and course.shows_entry(entry["data"])
    ]


def _of_nobody(entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "actor": "system"} if entry["kind"].startswith("engine.") else entry


def _redacted(connection: sa.Connection, sight: Sight, entry: dict[str, Any]) -> dict[str, Any]:
    """The entry without what it says of fields that this person may not see."""
    data = entry["data"]
    if not data.get("form"):
        return entry
    form = form_of(bundle_of(connection, sight, data["definition"]), data["form"])
    hidden = _hidden(form, sight.viewer)
    kept = {part: _without(data[part], hidden) for part in _BY_FIELD if part in data}
    return {**entry, "data": {**data, **kept}}


def _hidden(form: Form, viewer: privacy.Viewer) -> frozenset[str]:
    """Keys of the fields whose answers the viewer may not see."""
    return frozenset(
        one.key
        for one in form.walk()
        if one.key
        and not privacy.may_see(
            one.cls, viewer.roles, subject=viewer.subject, facts=viewer.facts, after_fact=one.after_fact
        )
    )


def _without(said: dict[str, Any], hidden: frozenset[str]) -> dict[str, Any]:
    return {key: value for key, value in said.items() if key not in hidden}
