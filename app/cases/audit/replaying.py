"""Replaying a case: what happened, step by step, and how it stood after each, as far as its auditor may know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app import db
from app.cases.audit.entered import entered
from app.cases.audit.entries import Raw, raw, steps
from app.cases.audit.film import Film
from app.cases.audit.heads import head
from app.cases.audit.sight import audited, auditing
from app.cases.audit.telling import Telling
from app.cases.audit.versions import Version, veil, versions
from app.cases.audit.views import FrameView, Replay, StepView
from app.cases.queries.messages import talk
from app.cases.queries.names import Names
from app.cases.queries.sight import Sight
from app.cases.waymark import Waymark
from app.errors import NotFound
from app.identity import Actor

#: steps on one page
STEPS = 200


@dataclass(frozen=True)
class _Page:
    """Which steps are shown. `first`, `at`: counted from 0 among all."""

    found: Sequence[Sequence[Raw]]
    first: int
    at: int

    @classmethod
    def of(cls, found: Sequence[Sequence[Raw]], seq: int | None) -> _Page:
        """The page with the step that entry `seq` belongs to; None: the last step. Raises `NotFound`."""
        if not found or (seq is not None and not 1 <= seq <= found[-1][-1].row.seq):
            raise NotFound
        at = len(found) - 1
        if seq is not None:
            at = max(number for number, step in enumerate(found) if step[0].row.seq <= seq)
        return cls(found, at - at % STEPS, at)

    @property
    def shown(self) -> Sequence[Sequence[Raw]]:
        return self.found[self.first : self.first + STEPS]


def replay(
    waymark: Waymark, actor: Actor, case_id: str, now: datetime, seq: int | None = None, process: str = ""
) -> Replay:
    """The page of steps with the one to which entry `seq` belongs (None: the last). `process`: whose diagram; "": that
    in which the step happened. Raises `NotFound`, `LookNotWritten`."""
    with auditing(waymark, actor, case_id, now, "replay") as (connection, sight):
        page = _Page.of(list(steps(raw(connection, case_id))), seq)
        known = versions(connection, sight)
        film = Film(sight, known, veil(sight))
        telling = _telling(waymark, connection, sight, page, known)
        base, told, frames = _played(page, film, telling)
        at = page.at - page.first
        return Replay(
            head=head(connection, sight),
            steps=told,
            frames=frames,
            base=base,
            at=at,
            total=len(page.found),
            first=page.first,
            diagrams={one.number: list(one.names.items()) for one in known.values()},
            process=_process(process, told[at], frames[at], _numbered(known, frames[at].version)),
            exact=_exact(film, sight),
        )


def _telling(
    waymark: Waymark, connection: sa.Connection, sight: Sight, page: _Page, known: Mapping[str, Version]
) -> Telling:
    since, until = page.shown[0][0].row.at, page.shown[-1][-1].row.at
    given = entered(waymark, connection, sight, since, until)
    numbers = {sha: one.number for sha, one in known.items()}
    return Telling(connection, sight, Names(connection), talk(connection, sight), given, numbers)


def _played(page: _Page, film: Film, telling: Telling) -> tuple[FrameView, list[StepView], list[FrameView]]:
    for step in page.found[: page.first]:
        film.play(step)
    base = film.frame(0)
    told, frames = [], []
    for number, step in enumerate(page.found[page.first :]):
        deadline = film.play(step)
        if number < STEPS:
            told.append(telling.step(step, film.version, deadline))
            frames.append(film.frame(step[0].row.seq))
    return base, told, frames


def _process(wanted: str, step: StepView, frame: FrameView, version: Version) -> str:
    """Whose diagram is shown: what was asked for if the version has it, else where the step happened, else what
    the frame shows."""
    return next((one for one in (wanted, step.process, frame.process) if one in version.names), version.main)


def _exact(film: Film, sight: Sight) -> bool:
    """Does the replay end where the case says that it stands? It does not where somebody changed the one or the other,
    and in a case that was moved in ways that its history does not tell."""
    return sorted(map(list, film.game.marks())) == sorted(map(list, sight.row.marks))


def _numbered(known: Mapping[str, Version], number: int) -> Version:
    return next(one for one in known.values() if one.number == number)


def replay_diagram(waymark: Waymark, actor: Actor, case_id: str, process: str, version: int | None = None) -> bytes:
    """The BPMN XML of a version that the case ran on (None: the one that it runs on now); `NotFound` for what is none
    of it. It tells nothing of the case itself: to read it is no look."""
    with db.reading(waymark.engine) as connection:
        sight = audited(connection, actor, case_id)
        wanted = sight.row.definition_version if version is None else version
        for one in versions(connection, sight).values():
            if one.number == wanted and process in one.names:
                return one.bundle.files[next(part.file for part in one.outline.processes if part.id == process)]
    raise NotFound
