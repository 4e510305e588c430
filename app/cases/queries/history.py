"""The chained log of a case, as one person may read it (XX-1, XX-3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

import orjson
import sqlalchemy as sa

from app import privacy
from app.cases.locking import form_of
from app.cases.looks.seen import Thing
from app.cases.queries import flags, messages, parties
from app.cases.queries.answers import bundle_of
from app.cases.queries.sight import Sight, looking
from app.cases.waymark import Waymark
from app.history import history_event
from app.identity import Actor
from app.privacy import Shown

#: commands that name no element, and the event of the element that they moved first
BY_NOBODY = {"command.fire_due": "engine.timer_fired", "command.message": "engine.message_caught"}


def history(
    waymark: Waymark, actor: Actor, case_id: str, after: int = 0, limit: int = 200, *, now: datetime
) -> list[dict[str, Any]]:
    """Entries with their hashes, `after` a number of theirs; at most `limit`.

    Whoever may know of every step reads them as they were written, numbered as in the chain. For others the steps that
    they may not know of are missing, and what is left is numbered anew: a gap would tell that there was something, and
    how much. Facts and commitments are those of fields that the reader may see.
    """
    with looking(waymark, actor, case_id, now) as (connection, sight):
        query = sa.select(history_event.c.body, history_event.c.hash).where(history_event.c.case_id == case_id)
        query = query.order_by(history_event.c.seq)
        if not sight.course.hides:
            query = query.where(history_event.c.seq > after).limit(limit)
        told = ({**orjson.loads(body), "hash": digest} for body, digest in connection.execute(query))
        if sight.course.hides:
            told = ({**entry, "seq": number} for number, entry in enumerate(_shown(sight, told), 1))
        wanted = list(islice((entry for entry in told if entry["seq"] > after), limit))
        for entry in wanted:
            _saw(connection, sight, entry["data"])
        return [_whole_or_saltless(connection, sight, entry) for entry in wanted]


def _whole_or_saltless(connection: sa.Connection, sight: Sight, entry: dict[str, Any]) -> dict[str, Any]:
    """Who reads an entry in part must not find out the rest by trying texts until the hash fits."""
    told = {**entry, "data": redacted(connection, sight, entry["data"])}
    if told["data"] != entry["data"] or sight.course.hides:
        told.pop("salt", None)
    return told


def _saw(connection: sa.Connection, sight: Sight, data: Mapping[str, Any]) -> None:
    """Note the step, and the facts of answers that tell of somebody's health. A commitment tells nothing."""
    sight.saw_step(str(data.get("process", "")), str(data.get("element", "")))
    brought = privacy.ground("restricted", sight.viewer) if data.get("payload") else None
    if brought:
        sight.seen.part(
            Thing("message", sight.row.definition_sha), str(data.get("name", "")), privacy.RESTRICTED, brought
        )
    if data.get("form") and data.get("facts"):
        form = form_of(bundle_of(connection, sight, data["definition"]), data["form"])
        shown: list[Shown] = []
        privacy.redact(form, sight.facts.shown(data["facts"]), sight.viewer, shown.append)
        sight.seen.fields(Thing("facts", data["definition"], form.id), shown)


def _shown(sight: Sight, entries: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Entries of steps that the reader may know of; the clock's own entry only before a timer that they may know of,
    and a message's before an element that takes it.

    Where a hidden timer fired, what came of it may well be shown; that it was the clock must not be.
    """
    waiting: dict[str, Any] | None = None
    for entry in entries:
        if entry["kind"] in BY_NOBODY and sight.course.hides_steps:
            waiting = entry
        elif sight.course.shows_entry(entry["data"]):
            moved = waiting is not None and waiting["at"] == entry["at"]
            if waiting is not None and moved and entry["kind"] == BY_NOBODY[waiting["kind"]]:
                yield waiting
            waiting = None
            yield _of_nobody(entry) if sight.course.hides_steps else entry


def _of_nobody(entry: dict[str, Any]) -> dict[str, Any]:
    """What follows a hidden step must not tell whose word, or that the clock, set it going."""
    return {**entry, "actor": "system"} if entry["kind"].startswith("engine.") else entry


def redacted(connection: sa.Connection, sight: Sight, data: Mapping[str, Any]) -> dict[str, Any]:
    """What of an entry that may be shown this reader may know."""
    told = dict(data)
    if data.get("form"):
        form = form_of(bundle_of(connection, sight, data["definition"]), data["form"])
        hidden = privacy.hidden_keys(form, sight.viewer)
        told |= {part: _without(data[part], hidden) for part in ("facts", "commitments") if part in data}
    elif "commitments" in data and not sight.viewer.subject:
        # of a reason for ending the case: for the person whom it is about
        told["commitments"] = {}
    if "flags" in data:
        told["flags"] = flags.shown(connection, sight, data)
    if "facts" in data:
        told["facts"] = sight.facts.shown(told["facts"])
    if "changes" in data:
        told["changes"] = [one for one in data["changes"] if _shows_change(sight, one)]
    told |= messages.redacted(connection, sight, data) | parties.redacted(sight, data)
    if data.get("data"):
        told["data"] = _inner(sight, data, told["data"])
    return told


def _inner(sight: Sight, data: Mapping[str, Any], inner: Mapping[str, Any]) -> dict[str, Any]:
    """Of an event of the engine: branches that may be known, and what a table answered if its fact may be known."""
    told = dict(inner)
    if "taken" in told:
        told["taken"] = [one for one in told["taken"] if sight.course.shows(data["process"], one)]
    if "result" in told and not sight.facts.shows_what(data["process"], data["element"]):
        told = {name: value for name, value in told.items() if name not in {"rows", "result"}}
    return told


def _shows_change(sight: Sight, change: Mapping[str, Any]) -> bool:
    """A change is told to those who may know of every step that it names."""
    named = [(change["process"], change["element"]), *(tuple(one) for one in change["names"])]
    return all(sight.course.shows(process, element) for process, element in named)


def _without(values: Mapping[str, Any], hidden: frozenset[str]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key not in hidden}
