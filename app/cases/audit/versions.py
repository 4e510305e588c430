"""The versions of the diagram that a case ran on, and what of them its auditor may not know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from app import engine
from app.cases.audit.frames import Veil
from app.cases.audit.shape import Shape, shape
from app.cases.enclosing import Enclosing
from app.cases.queries.sight import Sight
from app.cases.tables import migration
from app.engine import Bundle, Element, Outline


@dataclass(frozen=True)
class Version:
    """One of them. `names`: of its processes that may be shown, the main one first."""

    number: int
    bundle: Bundle
    outline: Outline
    shape: Shape
    names: Mapping[str, str]

    @property
    def main(self) -> str:
        return self.outline.processes[0].id


def versions(connection: sa.Connection, sight: Sight) -> dict[str, Version]:
    """SHA-256 to the version; the case's own is the last."""
    numbers = _numbers(connection, sight)
    return {one.sha256: _version(one, numbers.get(one.sha256, 0), sight) for one in (*sight.earlier, sight.bundle)}


def _version(bundle: Bundle, number: int, sight: Sight) -> Version:
    outline = engine.describe(engine.load(bundle))
    shown = [part for part in outline.processes if part.id not in sight.course.processes]
    return Version(number, bundle, outline, shape(bundle), {part.id: part.name or part.id for part in shown})


def _numbers(connection: sa.Connection, sight: Sight) -> dict[str, int]:
    row, table = sight.row, migration.c
    columns = (table.from_sha, table.from_version, table.to_sha, table.to_version)
    moves = connection.execute(sa.select(*columns).where(table.case_id == row.id)).all()
    found = {sha: number for move in moves for sha, number in ((move[0], move[1]), (move[2], move[3]))}
    return {**found, row.definition_sha: row.definition_version}


def veil(sight: Sight) -> Veil:
    hidden = sight.course.elements

    def hides(one: Element) -> bool:
        return (one.process, one.id) in hidden

    outlines = [engine.describe(engine.load(bundle)) for bundle in (*sight.earlier, sight.bundle)]
    return Veil(hidden, sight.course.processes, Enclosing(hides, *outlines))
