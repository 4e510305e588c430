"""Who sees a case: the one place that turns "may this person look?" into rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from app import definitions, engine, privacy
from app.cases.queries.consents import newest
from app.cases.queries.course import Course, course, together
from app.cases.queries.facts import Facts, facts
from app.cases.standing import standing
from app.cases.tables import case
from app.definitions import purposes
from app.definitions.sources import sources
from app.errors import NotFound
from app.identity import Actor
from app.privacy import Viewer
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

    @property
    def viewers(self) -> tuple[Viewer, ...]:
        """All who must be allowed to see what is shown."""
        return (self.viewer,) if self.over is None else (self.viewer, *self.over.viewers)

    @property
    def may_look_over(self) -> bool:
        """Only the case's practitioner, and the employee, may look at what others see."""
        return self.viewer.subject or privacy.PRACTITIONER in self.viewer.roles

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

    @property
    def definition(self) -> engine.Definition:
        return engine.load(self.bundle)


def see(connection: sa.Connection, actor: Actor, case_id: str, supposing: Mapping[str, Any] | None = None) -> Sight:
    """The case, if the actor is a party to it or their team has work in it; `NotFound` otherwise.

    `supposing`: facts that are taken to be set already, to look at what somebody would see then.
    """
    row = connection.execute(sa.select(case).where(case.c.id == case_id)).first()
    if row is None:
        raise NotFound
    found = standing(connection, actor, row)
    if not found.roles:
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
    return Sight(row, definitions.get(connection, row.definition_sha), found.roles, viewer, actor, earlier)
