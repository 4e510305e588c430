"""A case as an auditor of its provider sees it: who, when, until when, by which rule and version; of what was entered
only what everybody in the case may know (XX-1, XX-3). Each reading is a look, noted before anything is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app import db, definitions
from app.cases.consents import newest
from app.cases.looks import writing
from app.cases.looks.tables import REGISTER
from app.cases.looks.words import AUDITOR
from app.cases.queries.sight import Sight
from app.cases.tables import case
from app.cases.waymark import Waymark
from app.definitions import purposes
from app.errors import NotFound
from app.identity import Actor
from app.identity.people import organisation_of
from app.privacy import Viewer
from app.settings import ROOT

PROVIDER = "provider"
ROLES = frozenset({AUDITOR})


@contextmanager
def auditing(
    waymark: Waymark, actor: Actor, case_id: str, now: datetime, what: str
) -> Iterator[tuple[sa.Connection, Sight]]:
    """A whole view of a case in the auditors' room. `what`: "replay", "history", "verify", "rerun" or "pack", the item
    of the look that is written when the view ends, and only then does the answer leave.

    Raises `NotFound` to everybody but an auditor of the case's provider, `LookNotWritten`."""
    with db.reading(waymark.engine) as connection:
        sight = audited(connection, actor, case_id)
        yield connection, sight
    # not within: a view holds one connection at a time
    sight.note(waymark, now)
    writing.note(waymark, actor, case_id, [look_of(sight, what)], now)


def audited(connection: sa.Connection, actor: Actor, case_id: str) -> Sight:
    """The case with the eyes of an auditor, even if the actor has a part in it. Raises `NotFound`."""
    orgs = require_auditor(connection, actor)
    row = connection.execute(sa.select(case).where(case.c.id == case_id, case.c.provider_id.in_(orgs))).first()
    if row is None:
        raise NotFound
    return with_eyes(connection, row, actor)


def with_eyes(connection: sa.Connection, row: sa.Row[Any], actor: Actor) -> Sight:
    """A case as any auditor of its provider sees it. The caller has made sure that the actor may."""
    limits = purposes.limits(purposes.load(ROOT / "processes"))
    viewer = Viewer(ROLES, facts=row.facts, consents=newest(connection, row), purposes=limits)
    earlier = tuple(definitions.get(connection, sha) for sha in row.earlier_shas)
    return Sight(row, definitions.get(connection, row.definition_sha), ROLES, viewer, actor, earlier)


def require_auditor(connection: sa.Connection, actor: Actor) -> list[str]:
    """The providers whose auditor this is; `NotFound` for others, an employer's auditors among them: to the employer's
    side a withheld step would already tell."""
    orgs = [org for org, held in sorted(actor.roles) if held == AUDITOR and is_provider(connection, org)]
    if not orgs:
        raise NotFound
    return orgs


def is_provider(connection: sa.Connection, org_id: str) -> bool:
    return organisation_of(connection, org_id).kind == PROVIDER


def look_of(sight: Sight, what: str) -> dict[str, Any]:
    """As `writing.note` takes it."""
    return _look(what, sight.row.subject_id, {}) | {"definition": sight.row.definition_sha}


def note_search(waymark: Waymark, actor: Actor, asked: Mapping[str, Any], now: datetime) -> None:
    """That an auditor looked for cases. `asked`: ids and days, never what was typed."""
    note_in_register(waymark, actor, "find", asked, now)


def note_in_register(waymark: Waymark, actor: Actor, what: str, asked: Mapping[str, Any], now: datetime) -> None:
    """That an auditor read what is about many cases, in the register. `asked`: ids and days, never what was typed."""
    writing.note(waymark, actor, REGISTER, [_look(what, "", asked)], now)


def note_room(waymark: Waymark, actor: Actor, what: str, now: datetime) -> None:
    """That an auditor read a page of the room that is about no single case, in the register."""
    writing.note(waymark, actor, REGISTER, [_look(what, "", {})], now)


def _look(what: str, subject_id: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    item = {"what": what, "class": "public", "parts": [], **asked}
    told = {"ground": AUDITOR, "class": "public", "items": [item], "roles": [AUDITOR]}
    return {**told, "subject": subject_id, "emergency": None}
