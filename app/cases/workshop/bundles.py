"""Bundles out of the workshop as a zip, and in again: a zip that comes in becomes drafts, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa

from app import db, definitions
from app.cases.waymark import Waymark
from app.cases.workshop import owners
from app.cases.workshop.drafting import TITLE_LENGTH, one_line
from app.cases.workshop.families import version_of
from app.cases.workshop.looking import draft_files
from app.definitions import Deployed, collecting, drafts, zipped
from app.definitions.zipped import Brought, Note
from app.files import FileRefused
from app.identity import Actor


def export_version(waymark: Waymark, actor: Actor, key: str, version: int) -> tuple[str, bytes]:
    """File name and zip of a deployed version. Raises NotFound."""
    with db.reading(waymark.engine) as connection:
        owners.require_owner(connection, actor)
        return version_as_zip(connection, key, version)


def version_as_zip(connection: sa.Connection, key: str, version: int | None) -> tuple[str, bytes]:
    """As `export_version`, for who stands at the machine; None: the version in force. Raises NotFound."""
    found = version_of(connection, key, version)
    note = Note(found.key, found.version, found.sha256)
    return f"{found.key}-{found.version}.zip", zipped.write(found.bundle.files, note, found.deployed_at)


def export_draft(waymark: Waymark, actor: Actor, draft_id: str) -> tuple[str, bytes]:
    """File name and zip of a draft: its own files, and what it takes from other processes. Raises NotFound."""
    found = draft_files(waymark, actor, draft_id)
    note = Note(found.key, found.base_version, found.base_sha, found.title)
    return f"{found.key}-draft.zip", zipped.write({**found.bundle.files, **found.files}, note, found.saved_at)


def import_bundle(waymark: Waymark, actor: Actor, data: bytes, now: datetime, name: str = "") -> tuple[str, ...]:
    """A draft for each process that people start, or for the one of which the zip says that it is. Their ids.

    A draft begins with the version that the zip came from, when that is known here, else with the one in force; files
    of it that are not in the zip stay. `name`: of the zip. Raises NotFound, FileRefused (the reason in words).
    """
    with db.reading(waymark.engine) as connection:
        owners.require_owner(connection, actor)
    brought = zipped.read(data, name)
    with db.transaction(waymark.engine) as connection:
        found = [(key, _base(connection, key, brought.note), files) for key, files in _processes(brought)]
        if not any(base is not None or _defines(files, key) for key, base, files in found):
            raise FileRefused(name, "holds no process that people start, with the form that starts it.")
        return tuple(
            drafts.open_draft(
                connection, key, _title(brought.note, now), base, actor.person_id, now, _other(files, base), "bundle"
            )
            for key, base, files in found
        )


def _processes(brought: Brought) -> list[tuple[str, Mapping[str, bytes]]]:
    """Main processes, and the files of each; what none of them needs goes along with every one."""
    library = collecting.from_files(brought.files)
    if brought.note is not None:
        return [(brought.note.key, brought.files)]
    mains = library.mains
    needed = {name for bundle in mains.values() for name in bundle.files}
    loose = {name: data for name, data in brought.files.items() if name not in needed}
    return [(key, {**bundle.files, **loose}) for key, bundle in mains.items() if zipped.may_be_key(key)]


def _defines(files: Mapping[str, bytes], key: str) -> bool:
    return key in collecting.from_files(files).processes


def _base(connection: sa.Connection, key: str, note: Note | None) -> Deployed | None:
    """The version that a draft begins with; None for a process that is new here."""
    deployed: Iterable[Deployed] = definitions.list_deployments(connection, key)
    same = (one for one in deployed if note and one.sha256 == note.sha256)
    return next(same, None) or definitions.current(connection, key)


def _other(files: Mapping[str, bytes], base: Deployed | None) -> dict[str, bytes]:
    known = base.bundle.files if base else {}
    return {name: data for name, data in files.items() if known.get(name) != data}


def _title(note: Note | None, now: datetime) -> str:
    return one_line(note.title if note else "")[:TITLE_LENGTH] or f"From a file, {now.day} {now:%B %Y}"
