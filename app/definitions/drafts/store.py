"""Drafts in the database. Every function takes a connection and runs inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
import zstandard

from app.definitions import store
from app.definitions.collecting import MAX_BYTES
from app.definitions.drafts.draft import OPEN, Draft, Head, Save
from app.definitions.tables import workshop_draft as drafts
from app.definitions.tables import workshop_file as files
from app.engine.bundle import Bundle
from app.errors import NotFound


def open_draft(
    connection: sa.Connection,
    key: str,
    title: str,
    base: store.Deployed | None,
    actor_id: str,
    now: datetime,
    contents: Mapping[str, bytes | None] | None = None,
    source: str = "workshop",
) -> str:
    """Begin a draft of a process with a deployed version, or with none. Its id. `contents`: files that are other than
    in that version, None for one that is taken out."""
    draft_id = str(uuid4())
    connection.execute(
        drafts.insert(),
        {
            "id": draft_id,
            "process_key": key,
            "title": title,
            "base_sha": base.sha256 if base else None,
            "base_version": base.version if base else 0,
            "version": 1,
            "state": OPEN,
            "source": source,
            "created_by": actor_id,
            "created_at": now,
            "saved_by": actor_id,
            "saved_at": now,
        },
    )
    for name, data in sorted((contents or {}).items()):
        _keep(connection, draft_id, name, data, 1, actor_id, now)
    return draft_id


def get(connection: sa.Connection, draft_id: str, *, lock: bool = False) -> Draft:
    """The draft with its files; `lock`: nobody else changes it until the transaction ends. Raises NotFound."""
    query = sa.select(drafts).where(drafts.c.id == draft_id)
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFound("This draft is not known here.")
    in_force = sorted(store.current_all(connection), key=lambda one: one.deployed_at, reverse=True)
    base = store.get(connection, row.base_sha) if row.base_sha else Bundle(row.process_key, {})
    head = _head(row)
    return Draft(**vars(head), base=base, saved=_newest(connection, draft_id), beside=tuple(d.bundle for d in in_force))


def list_open(connection: sa.Connection, key: str | None = None) -> list[Head]:
    """Drafts that are neither deployed nor dropped, the one saved last first; of one process, or of all."""
    query = sa.select(drafts).where(drafts.c.state == OPEN).order_by(drafts.c.saved_at.desc(), drafts.c.id)
    if key is not None:
        query = query.where(drafts.c.process_key == key)
    return [_head(row) for row in connection.execute(query)]


def save(connection: sa.Connection, draft: Head, contents: Mapping[str, bytes | None], by: str, now: datetime) -> int:
    """Keep files over what the draft has; None takes one out. The draft's new version. The caller has locked it."""
    version = _step(connection, draft, by, now)
    for name, data in sorted(contents.items()):
        _keep(connection, draft.id, name, data, version, by, now)
    return version


def rename(connection: sa.Connection, draft: Head, title: str, by: str, now: datetime) -> int:
    return _step(connection, draft, by, now, title=title)


def move_base(connection: sa.Connection, draft: Head, base: store.Deployed, by: str, now: datetime) -> int:
    """From now on, what was changed is what differs from this version."""
    return _step(connection, draft, by, now, base_sha=base.sha256, base_version=base.version)


def close(connection: sa.Connection, draft: Head, state: str, by: str, now: datetime) -> int:
    """`state`: DEPLOYED or DROPPED."""
    return _step(connection, draft, by, now, state=state)


def saves(connection: sa.Connection, draft_id: str, name: str) -> list[Save]:
    """Every save of one file, the newest first."""
    query = sa.select(files).where(files.c.draft_id == draft_id, files.c.name == name).order_by(files.c.version.desc())
    return [_save(row) for row in connection.execute(query)]


def _step(connection: sa.Connection, draft: Head, by: str, now: datetime, **values: Any) -> int:
    version = draft.version + 1
    changed = {"version": version, "saved_by": by, "saved_at": now, **values}
    connection.execute(drafts.update().where(drafts.c.id == draft.id).values(**changed))
    return version


def _keep(
    connection: sa.Connection, draft_id: str, name: str, data: bytes | None, version: int, by: str, now: datetime
) -> None:
    content = None if data is None else zstandard.compress(data)
    row = {"draft_id": draft_id, "name": name, "version": version, "content": content, "saved_by": by, "saved_at": now}
    connection.execute(files.insert(), row)


def _newest(connection: sa.Connection, draft_id: str) -> dict[str, Save]:
    newest = (
        sa.select(files.c.name, sa.func.max(files.c.version).label("version"))
        .where(files.c.draft_id == draft_id)
        .group_by(files.c.name)
        .subquery()
    )
    same = (files.c.name == newest.c.name) & (files.c.version == newest.c.version)
    query = sa.select(files).join(newest, same).where(files.c.draft_id == draft_id)
    return {row.name: _save(row) for row in connection.execute(query)}


def _save(row: sa.Row[Any]) -> Save:
    content = None if row.content is None else zstandard.decompress(row.content, max_output_size=MAX_BYTES)
    return Save(row.version, row.saved_by, row.saved_at, content)


def _head(row: sa.Row[Any]) -> Head:
    return Head(
        row.id,
        row.process_key,
        row.title,
        row.base_sha or "",
        row.base_version,
        row.version,
        row.state,
        row.source,
        row.created_by,
        row.created_at,
        row.saved_by,
        row.saved_at,
    )
