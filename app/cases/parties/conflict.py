"""Conflict of interest: nobody acts in their own case on behalf of an organisation, hears an appeal from their own
decision, or approves their own notes. Refused when a task is taken, given or done (NW-10, WW-1.3b).

A user task of a diagram says more about itself by two properties:

- `notDoneBy`: ids of user tasks, of the same process or of any other in the bundle. Whoever completed one of them in
  this case, in whatever round, may not do this one.
- `notHeldBy`: case roles. Whoever is or was a party in one of them, or did a task of one, may not do this one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from app.cases.tables import former_party, task
from app.engine import Definition, Key
from app.errors import NotAllowed
from app.identity.roles import acts_for_organisation, label


class ConflictOfInterest(NotAllowed):
    """You have a part in this case that rules this out. Somebody else has to do it."""


class OwnCase(ConflictOfInterest):
    """This case is about you, so somebody else has to do this on behalf of the organisation."""


class OwnDecision(ConflictOfInterest):
    """You have already decided in this case, so somebody else has to do this."""


class OtherPart(ConflictOfInterest):
    """You have another part in this case, so somebody else has to do this."""


class NotImpartial(NotAllowed):
    """This person has a part in the case that rules this out. Choose somebody else."""


#: who did a task: person, (process, element), its name, the role
Did = tuple[str, Key, str, str]


@dataclass(frozen=True)
class Apart:
    """What a task says of who may not do it."""

    done: frozenset[Key]
    roles: frozenset[str]


@dataclass(frozen=True)
class Work:
    """A task that somebody is to do, and the case that it belongs to."""

    case_id: str
    subject_id: str
    parties: Mapping[str, Sequence[str]]
    role: str
    apart: Apart | None
    #: what is done in this very step, and stands in no row yet
    doing: tuple[Did, ...] = ()


@lru_cache(maxsize=256)
def apart(definition: Definition) -> Mapping[Key, Apart]:
    """The tasks of a definition that some people may not do."""
    processes = definition.outline.processes
    places: dict[str, set[Key]] = {}
    for process in processes:
        for one in process.elements:
            places.setdefault(one.id, set()).add((process.id, one.id))
    return {
        (process.id, one.id): Apart(
            frozenset(key for name in _said(one.properties, "notDoneBy") for key in _meant(process.id, name, places)),
            frozenset(_said(one.properties, "notHeldBy")),
        )
        for process in processes
        for one in process.elements
        if is_apart(one.properties)
    }


def is_apart(properties: Mapping[str, str]) -> bool:
    """Does a task say of somebody that they may not do it?"""
    return "notDoneBy" in properties or "notHeldBy" in properties


def _said(properties: Mapping[str, str], name: str) -> list[str]:
    return properties.get(name, "").split()


def _meant(process: str, name: str, places: Mapping[str, set[Key]]) -> set[Key]:
    """The element of the process itself, else those of this id anywhere in the bundle."""
    return {(process, name)} if (process, name) in places.get(name, set()) else places.get(name, set())


def work(row: Any, definition: Definition, of: Any) -> Work:
    """`row`: columns of the cases table; `of`: a row of the task table."""
    found = apart(definition).get((of.process, of.element_id))
    return Work(row.id, row.subject_id, row.parties, of.role, found)


def require_none(connection: sa.Connection, wanted: Work, person_id: str) -> None:
    """Raises `OwnCase`, `OwnDecision` or `OtherPart` where this person may not do the task."""
    found = conflicts(connection, wanted, {person_id}).get(person_id)
    if found is not None:
        raise found


def conflicts(connection: sa.Connection, wanted: Work, people: Collection[str]) -> dict[str, ConflictOfInterest]:
    """Those of `people` who may not do the task, and why, as the sentence that they read themselves. Asks the database
    only about tasks that say who may not do them."""
    found: dict[str, ConflictOfInterest] = {}
    if wanted.subject_id in people and acts_for_organisation(wanted.role):
        found[wanted.subject_id] = OwnCase()
    rule = wanted.apart
    if rule is None or not people:
        return found
    for person, key, name, role in (*_done(connection, wanted.case_id, people), *wanted.doing):
        if person in people and key in rule.done:
            sentence = f"You did “{name}” in this case, so somebody else has to do this."
            found.setdefault(person, OwnDecision(sentence))
        elif person in people and role in rule.roles:
            found.setdefault(person, _other_part(role))
    for role, person in _held(connection, wanted, rule.roles):
        if person in people:
            found.setdefault(person, _other_part(role))
    return found


def ruled_out(connection: sa.Connection, row: Any, definition: Definition, role: str, person_id: str) -> bool:
    """Are there tasks for this role, and none that this person may do? Then naming them would leave the work to nobody.

    `row`: columns of the cases table. Asks the database only where every task for the role says who may not do it.
    """
    said = apart(definition)
    tasks = [
        said.get((process.id, one.id))
        for process in definition.outline.processes
        for one in process.elements
        if one.kind == "userTask" and role in one.roles
    ]
    return bool(tasks) and all(
        one is not None and conflicts(connection, Work(row.id, row.subject_id, row.parties, role, one), {person_id})
        for one in tasks
    )


def _other_part(role: str) -> OtherPart:
    return OtherPart(f"You have or had the part “{label(role)}” in this case, so somebody else has to do this.")


def _done(connection: sa.Connection, case_id: str, people: Collection[str]) -> Iterable[Did]:
    query = sa.select(task.c.closed_by, task.c.process, task.c.element_id, task.c.name, task.c.role).distinct()
    query = query.where(task.c.case_id == case_id, task.c.state == "done", task.c.closed_by.in_(sorted(people)))
    for row in connection.execute(query):
        yield row.closed_by, (row.process, row.element_id), row.name, row.role


def _held(connection: sa.Connection, wanted: Work, roles: frozenset[str]) -> Iterable[tuple[str, str]]:
    """Parties in one of the roles, those who have left included: nobody steps down in order to judge."""
    for role in sorted(roles & wanted.parties.keys()):
        yield from ((role, person) for person in wanted.parties[role])
    if roles:
        query = sa.select(former_party.c.role, former_party.c.person_id)
        wanted_rows = query.where(former_party.c.case_id == wanted.case_id, former_party.c.role.in_(sorted(roles)))
        yield from ((row.role, row.person_id) for row in connection.execute(wanted_rows))
