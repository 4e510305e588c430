"""A person's notices: the same words that went out by e-mail, and whether they have been read."""

from __future__ import annotations

from datetime import datetime

from app import db, outbox
from app.cases.views import Notice
from app.cases.waymark import Waymark
from app.identity import Actor
from app.identity.people import organisation_of
from app.settings import ROOT


def notices(waymark: Waymark, actor: Actor, limit: int = 50) -> list[Notice]:
    """The person's notices, newest first."""
    texts = outbox.load(ROOT / "processes")
    with db.reading(waymark.engine) as connection:
        messages = outbox.for_person(connection, actor.person_id, limit)
        tz = organisation_of(connection, actor.org_id).tz if messages else ""
    found = []
    for one in messages:
        subject, text = outbox.words(waymark.settings, one, actor.name, tz, texts)
        reference = one.params.get("reference", "")
        found.append(Notice(one.id, one.at, subject, text, one.case_id, reference, one.task_id, one.read))
    return found


def mark_read(waymark: Waymark, actor: Actor, notice_ids: list[str], now: datetime) -> int:
    """Mark the person's own notices as read; how many were not before."""
    with db.transaction(waymark.engine) as connection:
        return outbox.mark_read(connection, actor.person_id, notice_ids, now)
