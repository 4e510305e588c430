"""Process families, their processes and versions, as the workshop lists them. Counts of cases, never a case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

import sqlalchemy as sa

from app import db, definitions
from app.cases.tables import case
from app.cases.waymark import Waymark
from app.cases.workshop import owners
from app.cases.workshop.owners import People
from app.cases.workshop.views import DraftLine, Family, ProcessLine, ProcessView, VersionLine
from app.definitions import Deployed, drafts
from app.definitions.drafts import Head
from app.errors import NotFound
from app.identity import Actor

#: processes that came from no folder
LOOSE = "Other processes"


def workshop(waymark: Waymark, actor: Actor) -> list[Family]:
    """Every process by family: what is in force, older versions that cases still run on, and drafts. Raises
    NotFound."""
    with db.reading(waymark.engine) as connection:
        owners.require_owner(connection, actor)
        found = [_process(*one) for one in _all(connection, actor, None)]
    found.sort(key=lambda one: (one.family == "", one.family, one.name.casefold()))
    return [Family(in_words(name), tuple(held)) for name, held in groupby(found, key=lambda one: one.family)]


def workshop_process(waymark: Waymark, actor: Actor, key: str) -> ProcessView:
    """One process with every version, the newest first. Raises NotFound."""
    with db.reading(waymark.engine) as connection:
        owners.require_owner(connection, actor)
        found = next(iter(_all(connection, actor, key)), None)
    if found is None:
        raise NotFound
    _, deployed, versions, lines = found
    newest = deployed[0] if deployed else None
    name = newest.name if newest else key
    return ProcessView(key, name, in_words(_family(deployed)), versions, lines, newest)


def version_bundle(waymark: Waymark, actor: Actor, key: str, version: int) -> Deployed:
    """A version with its files. Raises NotFound."""
    with db.reading(waymark.engine) as connection:
        owners.require_owner(connection, actor)
        return version_of(connection, key, version)


def version_of(connection: sa.Connection, key: str, version: int | None) -> Deployed:
    """A version of a process; None: the one in force. Raises NotFound."""
    for one in definitions.list_deployments(connection, key):
        if version in (None, one.version):
            return one
    raise NotFound("This process has no such version.")


def in_words(family: str) -> str:
    """A folder's name as people read it: policy_review, “Policy review”."""
    return (family.replace("_", " ").replace("-", " ").capitalize()) or LOOSE


Found = tuple[str, Sequence[Deployed], tuple[VersionLine, ...], tuple[DraftLine, ...]]


def _all(connection: sa.Connection, actor: Actor, key: str | None) -> Iterable[Found]:
    """Process id, what was deployed (newest first), and the lines of versions and drafts; of one process or of all."""
    deployed = sorted(definitions.list_deployments(connection, key), key=lambda one: (one.key, -one.version))
    by_key = {name: list(held) for name, held in groupby(deployed, key=lambda one: one.key)}
    began = drafts.list_open(connection, key)
    involved = {one.deployed_by for one in deployed} | {who for one in began for who in (one.created_by, one.saved_by)}
    people = owners.people(connection, actor, involved)
    opened = [one for one in began if one.created_by in people.known]
    running = _running(connection, actor, key)
    for name in sorted(by_key.keys() | {one.key for one in opened}):
        held = by_key.get(name, [])
        versions = tuple(_version(one, held[0], people, running) for one in held)
        lines = tuple(_draft(one, held[:1], people) for one in opened if one.key == name)
        yield name, held, versions, lines


def _process(
    key: str, deployed: Sequence[Deployed], versions: Sequence[VersionLine], lines: tuple[DraftLine, ...]
) -> ProcessLine:
    name = deployed[0].name if deployed else key
    shown = tuple(one for one in versions if one.in_force or one.running)
    return ProcessLine(key, name, _family(deployed), shown, lines)


def _family(deployed: Iterable[Deployed]) -> str:
    """The newest folder that a process came from; a version from the workshop comes from none."""
    return next((one.family for one in deployed if one.family), "")


def _version(one: Deployed, newest: Deployed, people: People, running: Mapping[tuple[str, int], int]) -> VersionLine:
    return VersionLine(
        one.version,
        one.sha256,
        one.deployed_at,
        people.name(one.deployed_by),
        "" if one.deployed_by in people.hidden else one.reason,
        one.source,
        running.get((one.key, one.version), 0),
        one is newest,
    )


def _draft(one: Head, newest: Sequence[Deployed], people: People) -> DraftLine:
    behind = any(version.sha256 != one.base_sha for version in newest)
    return DraftLine(
        one.id,
        one.key,
        one.title,
        one.base_version,
        behind,
        people.name(one.created_by),
        one.created_at,
        people.name(one.saved_by),
        one.saved_at,
    )


def _running(connection: sa.Connection, actor: Actor, key: str | None) -> dict[tuple[str, int], int]:
    """(process, version) to the number of running cases of the organisations that the actor looks after."""
    query = sa.select(case.c.process_key, case.c.definition_version, sa.func.count()).where(
        case.c.status == "running", case.c.employer_id.in_(owners.looked_after(connection, actor))
    )
    if key is not None:
        query = query.where(case.c.process_key == key)
    found = connection.execute(query.group_by(case.c.process_key, case.c.definition_version))
    return {(process, version): count for process, version, count in found}
