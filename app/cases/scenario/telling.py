"""What came of a step, in words: read from the history, the open tasks and the notices of all cases of a story."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from app import db, outbox
from app.cases.queries import timeline
from app.cases.queries.names import Names
from app.cases.scenario.story import Story
from app.cases.tables import task
from app.cases.waymark import Waymark
from app.history import history_event
from app.identity.roles import label
from app.identity.tables import account
from app.outbox import Template
from app.outbox.tables import outbox as posted

#: what is said between cases; here everybody may know of it
_TALK = {
    "engine.message_sent": "a message was sent",
    "engine.message_caught": "a message was received",
    "message.given_up": "nobody took the message",
}


@dataclass(frozen=True)
class News:
    """`kind`: "did" (somebody), "rang" (a clock), "opened" (a task), "told" (a notice) or "came" (anything else).

    `who`: name of the person, or of the role that a task waits for; `to`: username of who was told; `until`: when a
    task is due.
    """

    at: datetime
    case_id: str
    kind: str
    who: str
    what: str
    detail: str = ""
    rules: tuple[str, ...] = ()
    until: datetime | None = None
    to: str = ""
    flags: tuple[str, ...] = ()


def told_since(
    waymark: Waymark, story: Story, read: dict[str, int], told: set[str], texts: Mapping[str, Template]
) -> tuple[News, ...]:
    """What is new since the last time. `read`: case id to the last entry that was read, `told`: ids of tasks and
    notices that are known; both are brought up to date."""
    if not story.ids:
        return ()
    with db.reading(waymark.engine) as connection:
        names = Names(connection)
        found = [news for case_id in story.ids for news in _entries(connection, case_id, read, names)]
        found += _opened(connection, story.ids, told, names)
        found += _notices(connection, waymark, story.ids, told, names, texts)
    return tuple(sorted(found, key=lambda one: one.at))


def _entries(connection: sa.Connection, case_id: str, read: dict[str, int], names: Names) -> Iterator[News]:
    query = sa.select(history_event).where(
        history_event.c.case_id == case_id, history_event.c.seq > read.get(case_id, 0)
    )
    for row in connection.execute(query.order_by(history_event.c.seq)).all():
        read[case_id] = row.seq
        data = orjson.loads(row.body)["data"]
        if row.kind != "engine.entered":
            yield from _in_words(row, data, names)


def _in_words(row: sa.Row[Any], data: Mapping[str, Any], names: Names) -> Iterator[News]:
    flags, rules = tuple(data.get("flags", ())), tuple(data.get("rules", ()))
    if row.kind in _TALK:
        name = data.get("name") or data.get("element", "")
        yield News(row.at, row.case_id, "came", "", f"“{name}”: {_TALK[row.kind]}", rules=rules)
        return
    if row.kind == "command.start" and "message" in data:
        yield News(row.at, row.case_id, "came", "", "A message started the case", rules=rules)
        return
    for one in timeline.in_words(row, data, names):
        kind = "rang" if row.kind == "engine.timer_fired" else "came" if row.kind.startswith("engine.") else "did"
        yield News(row.at, row.case_id, kind, one.who, one.what, one.detail, one.rules, flags=flags)


def _opened(connection: sa.Connection, ids: list[str], told: set[str], names: Names) -> Iterator[News]:
    query = sa.select(task).where(task.c.case_id.in_(ids)).order_by(task.c.opened_at, task.c.name, task.c.id)
    for row in connection.execute(query).all():
        if row.id not in told:
            told.add(row.id)
            holder = names.get(row.assignee_id, "") or label(row.role)
            yield News(row.opened_at, row.case_id, "opened", holder, row.name, "", tuple(row.rules), row.due_at)


def _notices(
    connection: sa.Connection,
    waymark: Waymark,
    ids: list[str],
    told: set[str],
    names: Names,
    texts: Mapping[str, Template],
) -> Iterator[News]:
    query = (
        sa.select(posted, account.c.username)
        .join(account, account.c.person_id == posted.c.recipient_id)
        .where(posted.c.case_id.in_(ids))
        .order_by(posted.c.created_at, posted.c.template, posted.c.recipient_id)
    )
    for row in connection.execute(query).all():
        if row.id not in told:
            told.add(row.id)
            name = names.get(row.recipient_id, "")
            subject, _text = outbox.words(waymark.settings, row, name, "Europe/London", texts)
            yield News(row.created_at, row.case_id, "told", name, subject, to=row.username)
