"""Bringing a draft up to date: from then on it begins with the version in force."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app import db
from app.cases.waymark import Waymark
from app.cases.workshop.deploying import InForce, SavedSince
from app.cases.workshop.drafting import locked
from app.cases.workshop.families import version_of
from app.definitions import Deployed, drafts
from app.definitions.drafts import Draft
from app.engine import Bundle
from app.errors import InvalidAnswers
from app.identity import Actor


def rebase_draft(
    waymark: Waymark,
    actor: Actor,
    draft_id: str,
    seen: int,
    now: datetime,
    *,
    mine: Collection[str] = (),
    theirs: Collection[str] = (),
) -> int:
    """Let a draft begin with the version in force: what was deployed meanwhile comes in, what the draft changed stays.
    The draft's new version.

    Of a file that both changed, somebody says whose is kept, by naming it in `mine` or `theirs`. Raises NotFound,
    DraftClosed, SavedSince, InForce (it is up to date), InvalidAnswers (file name to a sentence) for those not named.
    """
    with db.transaction(waymark.engine) as connection:
        draft = locked(connection, actor, draft_id)
        if draft.version != seen:
            raise SavedSince
        newest = version_of(connection, draft.key, None)
        if newest.sha256 == draft.base_sha:
            raise InForce("This draft begins with the version in force already.")
        open_questions = [name for name in both_changed(draft, newest.bundle) if name not in {*mine, *theirs}]
        if open_questions:
            raise InvalidAnswers({name: f"Select whose {name} is kept" for name in open_questions})
        _take(connection, draft, newest.bundle, theirs, actor, now)
        return drafts.move_base(connection, drafts.get(connection, draft_id), newest, actor.person_id, now)


@dataclass(frozen=True)
class Rebasing:
    """What bringing a draft up to date would do. `theirs`: files that are other in `newest` than where the draft began,
    and come in; `both`: those that the draft changed in another way, of which somebody must say whose is kept."""

    draft: Draft
    newest: Deployed
    theirs: tuple[str, ...]
    both: tuple[str, ...]


def rebase_preview(waymark: Waymark, actor: Actor, draft_id: str) -> Rebasing:
    """Raises NotFound, DraftClosed, InForce."""
    with db.reading(waymark.engine) as connection:
        draft = locked(connection, actor, draft_id)
        newest = version_of(connection, draft.key, None)
    if newest.sha256 == draft.base_sha:
        raise InForce("This draft begins with the version in force already.")
    old, new = draft.base.files, newest.bundle.files
    both = both_changed(draft, newest.bundle)
    theirs = (name for name in old.keys() | new.keys() if old.get(name) != new.get(name) and name not in draft.changed)
    return Rebasing(draft, newest, tuple(sorted(theirs)), both)


def both_changed(draft: Draft, newest: Bundle) -> tuple[str, ...]:
    """Names of files that the draft changed and that are another way in the version in force, too."""
    return tuple(
        name
        for name in draft.changed
        if newest.files.get(name) not in (draft.base.files.get(name), draft.files.get(name))
    )


def _take(
    connection: sa.Connection, draft: Draft, newest: Bundle, theirs: Collection[str], actor: Actor, now: datetime
) -> None:
    """What was saved and is not changed, and what is to be theirs, becomes as it is in force."""
    stale = {name for name in draft.saved if name not in draft.changed} | {
        name for name in theirs if name in draft.changed
    }
    contents = {name: newest.files.get(name) for name in stale if newest.files.get(name) != draft.files.get(name)}
    if contents:
        drafts.save(connection, draft, contents, actor.person_id, now)
