"""Who sees a case: the one place that turns "may this person look?" into rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from app import db, definitions, engine, privacy
from app.cases.consents import newest
from app.cases.emergency import granted
from app.cases.looks import writing
from app.cases.looks.seen import Seen, Thing
from app.cases.looks.steps import health_steps
from app.cases.queries.course import Course, course, together
from app.cases.queries.facts import Facts, facts
from app.cases.standing import standing
from app.cases.tables import case
from app.cases.waymark import Waymark
from app.definitions import purposes
from app.definitions.sources import sources
from app.engine import Key
from app.errors import NotFound
from app.identity import Actor
from app.privacy import Shown, Viewer
from app.settings import ROOT


@dataclass(frozen=True)
class Sight:
    """A case as one person sees it. `roles`: the case roles in which they look."""

    row: sa.Row[Any]
    bundle: engine.Bundle
    roles: frozenset[str]
    viewer: Viewer
    actor: Actor
    #: other versions that the case has run on
    earlier: tuple[engine.Bundle, ...] = ()
    #: who looks over the actor's shoulder: nothing is shown that they may not see themselves
    over: Sight | None = None
    #: open emergency access by which they look
    emergency: sa.Row[Any] | None = None
    #: what this view hands out that must be noted
    seen: Seen = field(default_factory=Seen)

    @property
    def viewers(self) -> tuple[Viewer, ...]:
        """All who must be allowed to see what is shown; the last is who looks."""
        return (self.viewer,) if self.over is None else (self.viewer, *self.over.viewers)

    @property
    def may_look_over(self) -> bool:
        """Only the case's practitioner, and the employee, may look at what others see."""
        return self.viewer.subject or privacy.PRACTITIONER in self.viewer.roles

    @property
    def reader(self) -> Sight:
        """Who reads what is shown: the actor, or whoever looks over their shoulder."""
        return self if self.over is None else self.over.reader

    def reference(self, connection: sa.Connection, case_id: str, process: str = "", element: str = "") -> str | None:
        """What another case is called, for who may look into it, and may know of that step there; None for others.

        To be in one of two cases that talk opens nothing of the other, not even that it is there.
        """
        if self.over is not None and self.over.reference(connection, case_id, process, element) is None:
            return None
        try:
            other = see(connection, self.actor, case_id)
        except NotFound:
            return None
        return str(other.row.reference) if other.course.shows(process, element) else None

    @cached_property
    def course(self) -> Course:
        """The steps that this person may know of. What an earlier version of the case hid stays hidden: the case may
        have been there then (XX-4)."""
        outlines = [engine.describe(engine.load(bundle)) for bundle in (self.bundle, *self.earlier)]
        return together([course(outline, viewer) for outline in outlines for viewer in self.viewers])

    @cached_property
    def facts(self) -> Facts:
        """The facts that this person may know, by the case's own version and those before it."""
        return facts(tuple(sources(bundle) for bundle in (self.bundle, *self.earlier)), self.viewer, self.course)

    @cached_property
    def _health_steps(self) -> Mapping[Key, str]:
        return {key: cls for bundle in (*self.earlier, self.bundle) for key, cls in health_steps(bundle).items()}

    def saw_step(self, process: str, element: str) -> None:
        """This view shows that the case is or was there."""
        cls = self._health_steps.get((process, element))
        ground = privacy.ground(cls, self.reader.viewer) if cls else None
        if cls and ground:
            self.seen.part(Thing("steps", self.row.definition_sha), (process, element), cls, ground)

    def saw_facts(self, read: Mapping[str, Any]) -> None:
        """The facts that a form reads leave with it, and stay with a task that is closed: those of answers that tell of
        somebody's health are noted."""
        for form in sources(self.bundle).forms.values() if read else ():
            shown: list[Shown] = []
            privacy.redact(form, read, self.viewer, shown.append)
            self.seen.fields(Thing("facts", self.row.definition_sha, form.id), shown)

    def note(self, waymark: Waymark, now: datetime) -> None:
        """Write down what was seen, before it leaves. Raises `LookNotWritten`."""
        told, reader = self.seen.told(self.row.definition_sha), self.reader
        common = {"roles": sorted(reader.roles), "subject": self.row.subject_id, "definition": self.row.definition_sha}
        common["emergency"] = reader.emergency.id if reader.emergency is not None else None
        looks = [{"ground": str(ground), **common, **what} for ground, what in sorted(told.items())]
        writing.note(waymark, reader.actor, self.row.id, looks, now)

    @property
    def definition(self) -> engine.Definition:
        return engine.load(self.bundle)


@contextmanager
def looking(waymark: Waymark, actor: Actor, case_id: str, now: datetime) -> Iterator[tuple[sa.Connection, Sight]]:
    """`see` for a whole view: what it says was seen is noted when it ends, and only then does the answer leave."""
    with db.reading(waymark.engine) as connection:
        sight = see(connection, actor, case_id, now=now)
        yield connection, sight
    # not within: a view holds one connection at a time
    sight.note(waymark, now)


def see(
    connection: sa.Connection,
    actor: Actor,
    case_id: str,
    supposing: Mapping[str, Any] | None = None,
    *,
    now: datetime | None = None,
) -> Sight:
    """The case, if the actor is a party to it, their team has work in it, or they have emergency access at `now`;
    `NotFound` otherwise.

    `supposing`: facts that are taken to be set already, to look at what somebody would see then.
    """
    row = connection.execute(sa.select(case).where(case.c.id == case_id)).first()
    if row is None:
        raise NotFound
    found = standing(connection, actor, row)
    access = granted.to(connection, actor, row, now) if now is not None else None
    if not found.roles and access is None:
        raise NotFound
    viewer = Viewer.of(
        found.parties,
        found.teams,
        subject=actor.person_id == row.subject_id,
        facts={**row.facts, **(supposing or {})},
        consents=newest(connection, row),
        purposes=purposes.limits(purposes.load(ROOT / "processes")),
    )
    earlier = tuple(definitions.get(connection, sha) for sha in row.earlier_shas)
    bundle, roles = definitions.get(connection, row.definition_sha), found.roles
    if access is not None:
        viewer, roles = replace(viewer, emergency=True), roles | {granted.ROLE}
    return Sight(row, bundle, roles, viewer, actor, earlier, emergency=access)
