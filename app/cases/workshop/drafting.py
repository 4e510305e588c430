"""Working on a draft: open, save, take out, rename, drop. Each is one transaction that locks the draft first."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app import db, definitions
from app.cases.waymark import Waymark
from app.cases.workshop import owners
from app.cases.workshop.checking import check
from app.cases.workshop.views import Saved
from app.definitions import drafts, zipped
from app.definitions.collecting import MAX_BYTES
from app.definitions.drafts import Draft
from app.errors import Conflict, InvalidAnswers, NotFound
from app.identity import Actor

TITLE_LENGTH = 120
MAX_FILES = 200


class DraftClosed(Conflict):
    """This draft was deployed or dropped meanwhile. What you did was not saved; open a new draft to go on."""


class NotDeployed(NotFound):
    """This process is not deployed, so there is nothing to begin a draft with."""


def open_draft(waymark: Waymark, actor: Actor, key: str, title: str, now: datetime) -> str:
    """Begin a draft with the version in force. Its id. Raises NotFound, NotDeployed, InvalidAnswers (`title`)."""
    with db.transaction(waymark.engine) as connection:
        owners.require_owner(connection, actor)
        title = _title(title)
        base = definitions.current(connection, key)
        if base is None:
            raise NotDeployed
        return drafts.open_draft(connection, key, title, base, actor.person_id, now)


def save_file(waymark: Waymark, actor: Actor, draft_id: str, name: str, data: bytes, seen: int, now: datetime) -> Saved:
    """Keep a file of a draft, a new one or another text of one that is there.

    `seen`: the draft's version that the person began with. When somebody has saved the same file since, theirs stays,
    and this one goes into a draft of its own; what others saved in other files is no conflict. A save that changes
    nothing makes no version. Raises NotFound, DraftClosed, InvalidAnswers (`name`, `file`).
    """
    _require_content(data)
    with db.transaction(waymark.engine) as connection:
        draft = locked(connection, actor, draft_id)
        _require_name(draft, name)
        if draft.files.get(name) == data:
            version, kept, copied = draft.version, draft_id, False
        elif draft.version_of(name) > seen:
            version, kept, copied = 1, _copy(connection, actor, draft, name, data, now), True
        else:
            version, kept, copied = drafts.save(connection, draft, {name: data}, actor.person_id, now), draft_id, False
        after = drafts.get(connection, kept)
    return Saved(kept, version, tuple(check(after, now.date())), copied)


def remove_file(waymark: Waymark, actor: Actor, draft_id: str, name: str, seen: int, now: datetime) -> Saved:
    """Take a file out of a draft. Raises NotFound, DraftClosed, Conflict (saved by somebody since `seen`)."""
    with db.transaction(waymark.engine) as connection:
        draft = locked(connection, actor, draft_id)
        if name not in draft.files:
            raise NotFound("This draft has no such file.")
        if draft.version_of(name) > seen:
            raise Conflict("Somebody saved this file since you looked. Look at it before you take it out.")
        version = drafts.save(connection, draft, {name: None}, actor.person_id, now)
        after = drafts.get(connection, draft_id)
    return Saved(draft_id, version, tuple(check(after, now.date())))


def put_back(waymark: Waymark, actor: Actor, draft_id: str, name: str, seen: int, now: datetime) -> Saved:
    """Make a file again what it was in the version that the draft began with: a changed one, one that was taken out, or
    an added one, which goes. Raises as `remove_file`."""
    with db.transaction(waymark.engine) as connection:
        draft = locked(connection, actor, draft_id)
        if name not in draft.changed:
            raise NotFound("This file is as it was deployed.")
        if draft.version_of(name) > seen:
            raise Conflict("Somebody saved this file since you looked. Look at it before you put it back.")
        version = drafts.save(connection, draft, {name: draft.base.files.get(name)}, actor.person_id, now)
        after = drafts.get(connection, draft_id)
    return Saved(draft_id, version, tuple(check(after, now.date())))


def rename_draft(waymark: Waymark, actor: Actor, draft_id: str, title: str, now: datetime) -> None:
    """Raises NotFound, DraftClosed, InvalidAnswers (`title`)."""
    with db.transaction(waymark.engine) as connection:
        draft = locked(connection, actor, draft_id)
        drafts.rename(connection, draft, _title(title), actor.person_id, now)


def drop_draft(waymark: Waymark, actor: Actor, draft_id: str, now: datetime) -> None:
    """Put a draft aside for good. What was saved stays in the database; no page shows it. Raises NotFound,
    DraftClosed."""
    with db.transaction(waymark.engine) as connection:
        draft = locked(connection, actor, draft_id)
        drafts.close(connection, draft, drafts.DROPPED, actor.person_id, now)


def locked(connection: sa.Connection, actor: Actor, draft_id: str) -> Draft:
    """An open draft that nobody else changes meanwhile. Raises NotFound, DraftClosed."""
    owners.require_owner(connection, actor)
    draft = drafts.get(connection, draft_id, lock=True)
    owners.require_own(connection, actor, draft)
    if draft.state != drafts.OPEN:
        raise DraftClosed
    return draft


def _copy(connection: sa.Connection, actor: Actor, draft: Draft, name: str, data: bytes, now: datetime) -> str:
    """What this person saved, in a draft of its own beside the other one. Its base is the same."""
    base = next(
        (one for one in definitions.list_deployments(connection, draft.key) if one.version == draft.base_version), None
    )
    title = f"{draft.title}: {actor.name}’s {name}, {now.day} {now:%B %Y}"[:TITLE_LENGTH]
    contents = {other: one.content for other, one in draft.saved.items()} | {name: data}
    return drafts.open_draft(connection, draft.key, title, base, actor.person_id, now, contents, draft.source)


def one_line(text: str) -> str:
    """Without line breaks and what cannot be printed."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _title(given: str) -> str:
    title = one_line(given)
    if not title:
        raise InvalidAnswers({"title": "Enter what the draft is for"})
    if len(title) > TITLE_LENGTH:
        raise InvalidAnswers({"title": f"What the draft is for must be {TITLE_LENGTH} characters or fewer"})
    return title


def _require_content(data: bytes) -> None:
    if not data.strip():
        raise InvalidAnswers({"file": "The file is empty"})
    if len(data) > MAX_BYTES:
        raise InvalidAnswers({"file": f"The file must be {MAX_BYTES:,} bytes or fewer"})


def _require_name(draft: Draft, name: str) -> None:
    if not zipped.fits(name):
        raise InvalidAnswers(
            {"name": "The name must end in .bpmn, .dmn or .form, and have only letters, digits, - and _"}
        )
    same = [other for other in draft.files if other.casefold() == name.casefold() and other != name]
    if same:
        raise InvalidAnswers({"name": f"There is a file {same[0]} already"})
    if name not in draft.files and len(draft.files) >= MAX_FILES:
        raise InvalidAnswers({"name": f"A draft holds at most {MAX_FILES} files"})
