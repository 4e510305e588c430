"""Deploying a draft, and going back to an older version. Each is all or nothing (XX-4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from app import db, definitions
from app.cases.ending import REASON_LENGTH
from app.cases.waymark import Waymark
from app.cases.workshop import owners
from app.cases.workshop.checking import check, check_bundles, made_worse
from app.cases.workshop.drafting import locked
from app.cases.workshop.families import version_of
from app.definitions import Deployed, collecting, drafts
from app.definitions.drafts import Draft
from app.definitions.lint import require_sound
from app.definitions.store import DeployedMeanwhile
from app.engine import Bundle
from app.errors import Conflict, Finding, InvalidAnswers
from app.identity import Actor


class BaseMoved(Conflict):
    """Another version was deployed since this draft was begun. Look at what it changes, and bring the draft up to date;
    then deploy it."""


class SavedSince(Conflict):
    """Somebody has changed this draft since you looked. Look at it again before you deploy it."""


class NothingChanged(Conflict):
    """This draft is the same as what is in force. There is nothing to deploy."""


class InForce(Conflict):
    """This version is in force already."""


class MovedOn(Conflict):
    """Another version was deployed since you looked. Look again before you go back."""


@dataclass(frozen=True)
class Along:
    """Another process in force that holds a file that the draft changes. `bundle`: what it becomes, None when it is
    left alone, for its own file (`differs`) is another one already."""

    deployed: Deployed
    names: tuple[str, ...]
    differs: tuple[str, ...]
    bundle: Bundle | None


@dataclass(frozen=True)
class Preview:
    """What deploying a draft would do. `findings`: of everything that would change, and what would become wrong in
    processes that refer to it."""

    draft: Draft
    current: int
    along: tuple[Along, ...]
    findings: tuple[Finding, ...]
    #: process id to the version in force when this was worked out
    in_force: Mapping[str, int]

    @property
    def sound(self) -> bool:
        return not any(one.severity == "error" for one in self.findings)


def deploy_preview(waymark: Waymark, actor: Actor, draft_id: str, today: date) -> Preview:
    """What `deploy_draft` would do now. Raises NotFound, DraftClosed, BaseMoved, NothingChanged."""
    with db.reading(waymark.engine) as connection:
        return _preview(connection, locked(connection, actor, draft_id), today)


def deploy_draft(
    waymark: Waymark, actor: Actor, draft_id: str, seen: int, reason: str, now: datetime
) -> tuple[Deployed, ...]:
    """Put a draft in force for new cases, and with it other processes that hold the same files. The draft's own first.

    `seen`: the draft's version that the person looked at. Raises NotFound, DraftClosed, SavedSince, BaseMoved,
    NothingChanged, InvalidAnswers (`reason`), DefinitionRefused (with findings); nothing is changed then.
    """
    reason = _reason(reason)
    # looked at before anything is locked: lint of all that changes along takes a second or two
    found = deploy_preview(waymark, actor, draft_id, now.date())
    if found.draft.version != seen:
        raise SavedSince
    require_sound(found.findings)
    with db.transaction(waymark.engine) as connection:
        draft = locked(connection, actor, draft_id)
        if draft.version != seen:
            raise SavedSince
        if _versions(definitions.current_all(connection)) != found.in_force:
            raise DeployedMeanwhile
        bundles = [found.draft.bundle, *(one.bundle for one in found.along if one.bundle is not None)]
        source = "bundle" if draft.source == "bundle" else "workshop"
        done = tuple(
            definitions.deploy(connection, one, actor.person_id, reason, now, source=source, draft_id=draft.id)
            for one in bundles
        )
        drafts.close(connection, draft, drafts.DEPLOYED, actor.person_id, now)
    return done


def roll_back(
    waymark: Waymark, actor: Actor, key: str, version: int, reason: str, now: datetime, *, seen: int | None = None
) -> Deployed:
    """Put an older version in force again, as a new version with the old content; running cases stay where they are.

    `seen`: the version in force that the person looked at (None: not checked). Raises NotFound, InForce, MovedOn,
    InvalidAnswers (`reason`), DefinitionRefused.
    """
    reason = _reason(reason)
    with db.transaction(waymark.engine) as connection:
        owners.require_owner(connection, actor)
        newest, wanted = version_of(connection, key, None), version_of(connection, key, version)
        if seen is not None and newest.version != seen:
            raise MovedOn
        if newest.sha256 == wanted.sha256:
            raise InForce
        others = [one.bundle for one in _newest_first(connection) if one.key != key]
        wrong = check_bundles([wanted.bundle], others, now.date())
        require_sound([*wrong, *made_worse(others, [newest.bundle], [wanted.bundle], now.date())])
        return definitions.deploy(connection, wanted.bundle, actor.person_id, reason, now, source="roll_back")


def _preview(connection: sa.Connection, draft: Draft, today: date) -> Preview:
    in_force = _newest_first(connection)
    newest = next((one for one in in_force if one.key == draft.key), None)
    if (newest.sha256 if newest else "") != draft.base_sha:
        raise BaseMoved
    if draft.bundle.sha256 == draft.base_sha:
        raise NothingChanged
    others = [one for one in in_force if one.key != draft.key]
    along = tuple(_along(draft, others))
    findings = {*check(draft, today), *_of_others(draft, along, others, today)}
    return Preview(draft, newest.version if newest else 0, along, tuple(sorted(findings)), _versions(in_force))


def _versions(in_force: Iterable[Deployed]) -> dict[str, int]:
    return {one.key: one.version for one in in_force}


def _newest_first(connection: sa.Connection) -> list[Deployed]:
    return sorted(definitions.current_all(connection), key=lambda one: one.deployed_at, reverse=True)


def _along(draft: Draft, others: Sequence[Deployed]) -> Iterable[Along]:
    """What deploying the draft does to each other process in force, of those to which it does something."""
    for one in others:
        held = one.bundle.files
        names = [name for name in draft.changed if name in held and name in draft.files]
        same = tuple(name for name in names if held[name] == draft.base.files.get(name))
        differs = tuple(name for name in names if name not in same and held[name] != draft.files[name])
        if same:
            files = {**held, **{name: draft.files[name] for name in same}}
            beside = [draft.files, *(other.bundle.files for other in others if other.key != one.key)]
            yield Along(one, same, differs, collecting.from_files(files, beside).bundle(one.key))
        elif differs:
            yield Along(one, (), differs, None)


def _of_others(draft: Draft, along: Sequence[Along], others: Sequence[Deployed], today: date) -> set[Finding]:
    """What is wrong in processes that change along, and what becomes wrong in those that stay as they are: they send
    messages to this one, or follow it."""
    changed = {one.deployed.key: one.bundle for one in along if one.bundle is not None}
    stays = [one.bundle for one in others if one.key not in changed]
    before = [draft.base, *(one.bundle for one in others if one.key in changed)]
    found = check_bundles(list(changed.values()), [draft.bundle, *stays], today)
    return {*found, *made_worse(stays, before, [draft.bundle, *changed.values()], today)}


def _reason(given: str) -> str:
    reason = given.strip()
    if not reason:
        raise InvalidAnswers({"reason": "Enter the reason, for those who ask later"})
    if len(reason) > REASON_LENGTH:
        raise InvalidAnswers({"reason": f"Reason must be {REASON_LENGTH:,} characters or fewer"})
    return reason
