"""A case's entries as an auditor reads them: what may not be known stands as withheld, with number, time and hash.

Nothing is left out and nothing is numbered anew, so that the chain can be followed; what is withheld names neither the
step nor who acted. An entry that may be shown only in part has no exact text: the text would tell the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from app.cases.queries.history import BY_NOBODY, redacted
from app.cases.queries.sight import Sight
from app.history import history_event

COMMAND = "command."


@dataclass(frozen=True)
class Told:
    """One entry. `actor`: id of who acted, "clock" or "system"; "" when that, or the whole entry, is withheld.
    `data`: redacted, {} when withheld. `body`: the exact text that the hash covers; None where any of it is withheld.
    `definition`: SHA-256 of the version that the command of its step ran on; `step`: number of that command."""

    seq: int
    at: datetime
    kind: str
    actor: str
    hash: str
    withheld: bool
    process: str = ""
    element: str = ""
    name: str = ""
    rules: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    body: str | None = None
    definition: str = ""
    step: int = 0


@dataclass(frozen=True, slots=True)
class Raw:
    """An entry as it was written. `data` is None when the text is no entry any more."""

    row: sa.Row[Any]
    data: Mapping[str, Any] | None


def entries(connection: sa.Connection, sight: Sight) -> list[Told]:
    """All entries of the case, in order."""
    told: list[Told] = []
    definition = ""
    for group in steps(raw(connection, sight.row.id)):
        definition = str((group[0].data or {}).get("definition", definition))
        told += _told(connection, sight, group, definition)
    return told


def raw(connection: sa.Connection, case_id: str) -> list[Raw]:
    """As they were written, in order. For this package alone: nothing of it may leave as it is."""
    query = sa.select(history_event).where(history_event.c.case_id == case_id).order_by(history_event.c.seq)
    return [Raw(row, _data(row.body)) for row in connection.execute(query)]


def steps(found: Iterable[Raw]) -> Iterator[list[Raw]]:
    """Each command with what followed from it."""
    step: list[Raw] = []
    for one in found:
        if one.row.kind.startswith(COMMAND) and step:
            yield step
            step = []
        step.append(one)
    if step:
        yield step


def shown(sight: Sight, step: Sequence[Raw]) -> list[bool]:
    """Of each entry of one step: may the reader know of it? The clock's own entry, and one of a message, only before an
    element that it moved and that the reader may know of."""
    seen = [one.data is not None and sight.course.shows_entry(one.data) for one in step]
    needed = BY_NOBODY.get(step[0].row.kind)
    if needed and not all(seen) and sight.course.hides_steps:
        first = next((one.row.kind for one, shows in zip(step[1:], seen[1:], strict=True) if shows), "")
        seen[0] = first == needed
    return seen


def _told(connection: sa.Connection, sight: Sight, step: Sequence[Raw], definition: str) -> Iterator[Told]:
    seen = shown(sight, step)
    begins = step[0].row.seq
    for one, shows in zip(step, seen, strict=True):
        row = one.row
        if not shows or one.data is None:
            yield Told(row.seq, row.at, "", "", row.hash, True, step=begins)
            continue
        data = redacted(connection, sight, one.data)
        # who set going what follows from a withheld command is withheld with it; what was written later, such as an
        # erasure, is not of that command
        known = seen[0] or row.at != step[0].row.at
        yield Told(
            row.seq,
            row.at,
            row.kind,
            row.actor_id if known else "",
            row.hash,
            False,
            process=str(data.get("process") or ""),
            element=str(data.get("element") or ""),
            name=str(data.get("name") or ""),
            rules=tuple(data.get("rules", ())),
            data=data,
            body=row.body if known and data == one.data else None,
            definition=definition,
            step=begins,
        )


def _data(text: str) -> Mapping[str, Any] | None:
    """None for what somebody put there and is no entry: to prove that is the business of the page that verifies."""
    try:
        data = orjson.loads(text)["data"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
    return data if isinstance(data, Mapping) else None
