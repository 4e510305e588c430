"""A draft as its page shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from app import db, definitions
from app.cases.waymark import Waymark
from app.cases.workshop import owners
from app.cases.workshop.checking import check
from app.cases.workshop.choices import choices, decision_names, form_title
from app.cases.workshop.families import version_bundle
from app.cases.workshop.owners import People
from app.cases.workshop.views import Choices, DraftView, FileLine
from app.definitions import Deployed, drafts
from app.definitions.collecting import from_files
from app.definitions.drafts import Draft
from app.errors import Finding, NotFound
from app.identity import Actor

#: kinds of files, in the order in which they are listed
KINDS = (".bpmn", ".dmn", ".form")


def draft(waymark: Waymark, actor: Actor, draft_id: str, today: date) -> DraftView:
    """A draft with its findings. Raises NotFound, also for one that was dropped.

    `today`: the day by which a fixed date is long past."""
    with db.reading(waymark.engine) as connection:
        found = _open(waymark, actor, draft_id)
        in_force = definitions.current_all(connection)
        by = owners.people(connection, actor, {found.created_by, found.saved_by, *(s.by for s in found.saved.values())})
    now = next((one for one in in_force if one.key == found.key), None)
    findings = tuple(check(found, today))
    main = found.library.processes.get(found.key)
    return DraftView(
        found,
        (main.name if main else "") or (now.name if now else found.key),
        findings,
        tuple(_lines(found, findings, by, in_force)),
        now.version if now else 0,
        now is not None and now.sha256 != found.base_sha,
        by.name(found.created_by),
        by.name(found.saved_by),
    )


def draft_choices(waymark: Waymark, actor: Actor, draft_id: str) -> Choices:
    """What the pickers of a draft offer. Raises NotFound."""
    return choices(_open(waymark, actor, draft_id))


def draft_files(waymark: Waymark, actor: Actor, draft_id: str) -> Draft:
    """A draft with its files, without a look at what is wrong with them. Raises NotFound."""
    return _open(waymark, actor, draft_id)


def _open(waymark: Waymark, actor: Actor, draft_id: str) -> Draft:
    with db.reading(waymark.engine) as connection:
        owners.require_owner(connection, actor)
        found = drafts.get(connection, draft_id)
        owners.require_own(connection, actor, found)
    if found.state == drafts.DROPPED:
        raise NotFound
    return found


def _lines(found: Draft, findings: Iterable[Finding], by: People, in_force: Iterable[Deployed]) -> Iterable[FileLine]:
    counts = Counter((one.file, one.severity) for one in findings)
    others = [one for one in in_force if one.key != found.key]
    for name in sorted({*found.files, *found.changed}, key=lambda name: _rank(found, name)):
        save = found.saved.get(name)
        yield FileLine(
            name,
            title(name, found.files.get(name, found.base.files.get(name, b""))),
            _what(found, name),
            name in found.bundle.files,
            found.version_of(name),
            by.name(save.by) if save else "",
            save.at if save else None,
            counts[name, "error"],
            counts[name, "warning"],
            tuple(sorted(one.name for one in others if one.bundle.files.get(name) == found.base.files.get(name, b""))),
        )


def _rank(found: Draft, name: str) -> tuple[bool, int, str]:
    """The main diagram first, then diagrams, tables and forms, each by name."""
    main = found.library.processes.get(found.key)
    return (main is None or main.file != name, _kind(name), name)


def _what(found: Draft, name: str) -> str:
    if name not in found.changed:
        return ""
    if name not in found.files:
        return "removed"
    return "changed" if name in found.base.files else "added"


def version_files(waymark: Waymark, actor: Actor, key: str, version: int) -> list[tuple[str, str]]:
    """Name of each file of a deployed version, and what it says that it is, diagrams first. Raises NotFound."""
    files = version_bundle(waymark, actor, key, version).bundle.files
    return [(name, title(name, files[name])) for name in sorted(files, key=lambda name: (_kind(name), name))]


def _kind(name: str) -> int:
    return KINDS.index(name[name.rindex(".") :])


def title(name: str, data: bytes) -> str:
    """What a file says that it is, "" where it does not."""
    if name.endswith(".form"):
        return form_title(data)
    if name.endswith(".dmn"):
        return next(iter(decision_names(data).values()), "")
    return next((process.name for process in from_files({name: data}).processes.values()), "")
