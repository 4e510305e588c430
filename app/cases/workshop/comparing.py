"""What is different between a draft and a version, two versions, or two drafts, as the page shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from app import db, definitions
from app.cases.waymark import Waymark
from app.cases.workshop import owners
from app.cases.workshop.families import version_of
from app.cases.workshop.looking import title
from app.cases.workshop.owners import People
from app.definitions import Deployed, drafts
from app.definitions.differences import Conflict, Difference, Twin, conflicts, file_differences, twins
from app.definitions.differences.difference import Change
from app.definitions.drafts import Draft
from app.engine import Bundle
from app.errors import NotFound
from app.identity import Actor

NOTHING = Bundle("", {})


@dataclass(frozen=True)
class Compared:
    """One of the two: a version (`version`), a draft (`draft_id`), or nothing yet (neither). `at`, `by`: deployed or
    saved."""

    label: str
    bundle: Bundle = field(repr=False)
    version: int = 0
    draft_id: str = ""
    in_force: bool = False
    at: datetime | None = None
    by: str = ""


@dataclass(frozen=True)
class Entry:
    """What is different at one element."""

    element: str
    lines: tuple[Difference, ...]

    @property
    def label(self) -> str:
        return self.lines[0].label

    @property
    def change(self) -> Change:
        """Of the element as a whole: that some property of it came is a change of the element."""
        whole = next((one.change for one in self.lines if not one.what), None)
        return whole or ("moved" if all(one.change == "moved" for one in self.lines) else "changed")


@dataclass(frozen=True)
class FileCompared:
    """`differences` may mean something, the others are only drawn or written otherwise. `before`, `after`: is it
    there? `along`, `apart`: names of other processes in force that change along, and that hold another file already."""

    name: str
    title: str
    before: bool
    after: bool
    differences: tuple[Difference, ...]
    pictured: tuple[Difference, ...]
    written: tuple[Difference, ...]
    twins: tuple[Twin, ...]
    along: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The differences by element, in their order."""
        found: dict[tuple[str, str], list[Difference]] = {}
        for one in self.differences:
            found.setdefault((one.element, one.label), []).append(one)
        return tuple(Entry(element, tuple(lines)) for (element, _), lines in found.items())

    @property
    def is_diagram(self) -> bool:
        return self.name.endswith(".bpmn")


@dataclass(frozen=True)
class Comparison:
    """`name`: of the process. `draft`: what this is about, None for two versions. `behind`: the version in force is
    another than the one that the draft began with. `conflicts`: what both changed since they began with the same;
    `against`: against whom. `unused`: files of the draft that changed and that the process does not need."""

    key: str
    name: str
    before: Compared
    after: Compared
    files: tuple[FileCompared, ...]
    draft: Draft | None = None
    behind: bool = False
    conflicts: tuple[Conflict, ...] = ()
    against: str = ""
    unused: tuple[str, ...] = ()
    #: what else this can be compared with: numbers of versions, or (id, title) of drafts
    versions: tuple[int, ...] = ()
    drafts: tuple[tuple[str, str], ...] = ()

    @property
    def count(self) -> int:
        """Of the differences that may mean something."""
        return sum(len(one.differences) for one in self.files)

    @property
    def changed(self) -> tuple[FileCompared, ...]:
        return tuple(one for one in self.files if one.differences)


def compare_versions(waymark: Waymark, actor: Actor, key: str, before: int, after: int) -> Comparison:
    """Two versions of a process, whichever is the older. Raises NotFound."""
    with db.reading(waymark.engine) as connection:
        owners.require_owner(connection, actor)
        one, other, newest = (version_of(connection, key, version) for version in (before, after, None))
        by = owners.people(connection, actor, {one.deployed_by, other.deployed_by})
        versions = tuple(each.version for each in definitions.list_deployments(connection, key))
    sides = [_version(each, each.version == newest.version, by) for each in (one, other)]
    return Comparison(key, newest.name, sides[0], sides[1], tuple(_files(one.bundle, other.bundle)), versions=versions)


def compare_draft(waymark: Waymark, actor: Actor, draft_id: str, *, with_base: bool = False) -> Comparison:
    """A draft and the version in force, or the version that it began with. Raises NotFound."""
    with db.reading(waymark.engine) as connection:
        draft = _draft(connection, actor, draft_id)
        in_force = definitions.current_all(connection)
        newest = next((one for one in in_force if one.key == draft.key), None)
        behind = newest is not None and newest.sha256 != draft.base_sha
        base = _base(connection, draft) if with_base and behind else newest
        by = owners.people(connection, actor, {draft.saved_by} | ({base.deployed_by} if base else set()))
        others = _others(connection, actor, draft)
    before = _version(base, base is newest, by) if base else Compared("nothing yet", NOTHING)
    return Comparison(
        draft.key,
        newest.name if newest else draft.key,
        before,
        _side(draft, by),
        tuple(_files(before.bundle, draft.bundle, _shared(draft, in_force))),
        draft,
        behind,
        conflicts(draft.base, draft.bundle, newest.bundle) if newest and behind else (),
        f"version {newest.version}" if newest else "",
        tuple(name for name in draft.changed if name in draft.files and name not in draft.bundle.files),
        drafts=others,
    )


def compare_drafts(waymark: Waymark, actor: Actor, draft_id: str, other_id: str) -> Comparison:
    """A draft and another one of the same process. Raises NotFound."""
    with db.reading(waymark.engine) as connection:
        draft, other = (_draft(connection, actor, one) for one in (draft_id, other_id))
        if draft.key != other.key:
            raise NotFound("These two drafts are not of one process.")
        name = next((one.name for one in definitions.current_all(connection) if one.key == draft.key), draft.key)
        by = owners.people(connection, actor, {draft.saved_by, other.saved_by})
    both = conflicts(draft.base, draft.bundle, other.bundle)
    files = tuple(_files(other.bundle, draft.bundle))
    return Comparison(
        draft.key, name, _side(other, by), _side(draft, by), files, draft, conflicts=both, against=f"“{other.title}”"
    )


def _draft(connection: sa.Connection, actor: Actor, draft_id: str) -> Draft:
    owners.require_owner(connection, actor)
    found = drafts.get(connection, draft_id)
    owners.require_own(connection, actor, found)
    if found.state == drafts.DROPPED:
        raise NotFound
    return found


def _others(connection: sa.Connection, actor: Actor, draft: Draft) -> tuple[tuple[str, str], ...]:
    """Other open drafts of the process that the actor may see."""
    began = [one for one in drafts.list_open(connection, draft.key) if one.id != draft.id]
    known = owners.people(connection, actor, {one.created_by for one in began}).known
    return tuple((one.id, one.title) for one in began if one.created_by in known)


def _base(connection: sa.Connection, draft: Draft) -> Deployed | None:
    """The version that a draft began with, None for a process that was new."""
    return version_of(connection, draft.key, draft.base_version) if draft.base_version else None


def _version(one: Deployed, in_force: bool, by: People) -> Compared:
    return Compared(
        f"Version {one.version}", one.bundle, one.version, "", in_force, one.deployed_at, by.name(one.deployed_by)
    )


def _side(draft: Draft, by: People) -> Compared:
    return Compared(f"“{draft.title}”", draft.bundle, 0, draft.id, False, draft.saved_at, by.name(draft.saved_by))


#: file name to the processes that change along, and to those that do not
Shared = Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]


def _shared(draft: Draft, in_force: Iterable[Deployed]) -> Shared:
    """Who else holds a file that the draft changes: with the content that it had (it changes along), or another."""
    found: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    others = sorted((one for one in in_force if one.key != draft.key), key=lambda one: one.name)
    for name in draft.changed:
        held = [(one.name, one.bundle.files[name]) for one in others if name in one.bundle.files]
        if name in draft.files:
            before, now = draft.base.files.get(name), draft.files[name]
            along = tuple(title for title, data in held if data == before)
            found[name] = (along, tuple(title for title, data in held if data not in (before, now)))
    return found


def _files(before: Bundle, after: Bundle, shared: Shared | None = None) -> Iterator[FileCompared]:
    """Files that are different: diagrams, tables and forms, each by name."""
    for name in sorted(before.files.keys() | after.files.keys(), key=_rank):
        was, now = before.files.get(name), after.files.get(name)
        found = file_differences(name, was, now)
        if found:
            yield FileCompared(
                name,
                title(name, now or was or b"") or name,
                was is not None,
                now is not None,
                tuple(one for one in found if not one.group),
                tuple(one for one in found if one.group == "picture"),
                tuple(one for one in found if one.group == "order"),
                twins(name, was, now) if name.endswith(".dmn") else (),
                *(shared or {}).get(name, ((), ())),
            )


def _rank(name: str) -> tuple[int, str]:
    kinds = (".bpmn", ".dmn", ".form")
    suffix = name[name.rfind(".") :]
    return (kinds.index(suffix) if suffix in kinds else len(kinds), name)
