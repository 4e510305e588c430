"""Running a case again as an auditor sees it: the result in words, the difference at its step, what is withheld as
withheld."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from app import db
from app.cases.audit.entries import Told, entries
from app.cases.audit.heads import head
from app.cases.audit.sight import auditing, note_in_register, require_auditor
from app.cases.audit.views import Head
from app.cases.entries import release
from app.cases.queries.sight import Sight
from app.cases.rerun.keeping import Fault, Kept, keep, last, of_providers
from app.cases.rerun.running import rerun
from app.cases.rerun.views import Difference, Outcome, Part, Rerun, Said
from app.cases.waymark import Waymark
from app.identity import Actor

#: cases on one page
FAULTS = 50
#: what stands for a step that may not be known
WITHHELD = "a step that is withheld"
WHY_WITHHELD = "its entry, which is withheld, does not hold what it takes"


@dataclass(frozen=True)
class Line:
    """One thing that came out otherwise."""

    seq: int
    what: str
    recorded: str
    found: str


@dataclass(frozen=True)
class Run:
    """A run just now. `seq`: the entry at which it stopped, None if everything came out as recorded; `at` and `hash`:
    of that entry, where there is one; `name`: its step, "" where it has none or it is `withheld`."""

    outcome: Outcome
    steps: int
    entries: int
    seq: int | None = None
    at: datetime | None = None
    hash: str = ""
    name: str = ""
    withheld: bool = False
    lines: Sequence[Line] = ()
    why: str = ""
    #: the release that recorded the step, and the one that ran it now
    recorded_by: str = ""
    run_by: str = ""


@dataclass(frozen=True)
class Page:
    """The tab “Run again”. `run`: None until somebody asks for it here."""

    head: Head
    last: Kept | None
    run: Run | None = None


def page(waymark: Waymark, actor: Actor, case_id: str, now: datetime) -> Page:
    """What is known of the last run. Raises `NotFound` to everybody but an auditor of the case's provider."""
    with auditing(waymark, actor, case_id, now, "rerun") as (connection, sight):
        return Page(
            head(connection, sight), _veiled(connection, sight, last(connection, case_id, sight.row.history_seq))
        )


@dataclass(frozen=True)
class Runs:
    """The last runs of a provider's cases. `met`, `differs`, `cannot`: how many came out so; `faults`: a page of those
    that were not as recorded; `more`: there are others."""

    met: int
    differs: int
    cannot: int
    faults: Sequence[Fault]
    page: int
    more: bool


def runs(waymark: Waymark, actor: Actor, number: int, now: datetime) -> Runs:
    """Page `number` of the cases that do not come out as recorded. Raises `NotFound`."""
    with db.reading(waymark.engine) as connection:
        orgs = require_auditor(connection, actor)
        numbers, faults = of_providers(connection, orgs, number, FAULTS)
    note_in_register(waymark, actor, "reruns", {"page": number}, now)
    return Runs(numbers["met"], numbers["differs"], numbers["cannot"], faults[:FAULTS], number, len(faults) > FAULTS)


def run(waymark: Waymark, actor: Actor, case_id: str, now: datetime) -> Page:
    """Run it now, and keep what came of it. Raises as `page`."""
    with auditing(waymark, actor, case_id, now, "rerun") as (connection, sight):
        result = rerun(connection, sight)
        found = Page(head(connection, sight), None, shown(connection, sight, result))
    keep(waymark, result, sight.row.history_seq, now)
    return found


def shown(connection: sa.Connection, sight: Sight, result: Rerun) -> Run:
    if result.difference is not None:
        return _differing(connection, sight, result, result.difference)
    if result.unable is not None:
        told = _at(entries(connection, sight), result.unable.seq)
        return Run(
            "cannot",
            result.steps,
            result.entries,
            result.unable.seq,
            *_place(told),
            withheld=_is_withheld(told),
            why=WHY_WITHHELD if _is_withheld(told) else result.unable.why,
        )
    return Run("met", result.steps, result.entries)


def _differing(connection: sa.Connection, sight: Sight, result: Rerun, difference: Difference) -> Run:
    all_told = entries(connection, sight)
    told = _at(all_told, difference.seq)
    withheld = any(_is_withheld(_at(all_told, part.seq)) for part in difference.parts)
    return Run(
        "differs",
        result.steps,
        result.entries,
        difference.seq,
        *_place(told),
        withheld=withheld,
        lines=() if withheld else [_line(sight, part) for part in difference.parts],
        recorded_by=difference.release,
        run_by=release(),
    )


def _veiled(connection: sa.Connection, sight: Sight, kept: Kept | None) -> Kept | None:
    """Why a withheld step cannot be run again would tell what kind of a step it is."""
    if kept is None or kept.seq is None or not kept.why:
        return kept
    return replace(kept, why=WHY_WITHHELD) if _is_withheld(_at(entries(connection, sight), kept.seq)) else kept


def _is_withheld(told: Told | None) -> bool:
    return told is not None and told.withheld


def _line(sight: Sight, part: Part) -> Line:
    return Line(part.seq, part.what, _words(sight, part.recorded), _words(sight, part.found))


def _words(sight: Sight, said: Said) -> str:
    return said.text if sight.course.shows(said.process, said.element) else WITHHELD


def _at(told: Sequence[Told], seq: int) -> Told | None:
    """The entry, or the last one before it where it is missing."""
    return next((one for one in reversed(told) if one.seq <= seq), None)


def _place(told: Told | None) -> tuple[datetime | None, str, str]:
    return (told.at, told.hash, told.name) if told is not None else (None, "", "")
