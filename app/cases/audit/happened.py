"""Whether something happened in cases, as an auditor may know it: asked of the history of many cases at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson
import sqlalchemy as sa

from app import definitions, engine
from app.cases.audit.sight import ROLES, audited
from app.cases.queries import flags
from app.cases.queries.course import Course, course, together
from app.cases.queries.history import BY_NOBODY
from app.cases.tables import former_party, party
from app.engine import Bundle
from app.history import history_event
from app.identity import Actor
from app.privacy import Viewer

Rows = Sequence[sa.Row[Any]]
#: of these cases, the ids of those in which it happened
Happened = Callable[[Rows], set[str]]


def acted(connection: sa.Connection, people: Sequence[str]) -> Happened:
    """Somebody of these did something, or has or had a part."""

    def found(rows: Rows) -> set[str]:
        ids = [row.id for row in rows]
        parts: set[str] = set()
        for table in (party, former_party):
            query = sa.select(table.c.case_id).where(table.c.case_id.in_(ids), table.c.person_id.in_(people))
            parts |= set(connection.execute(query).scalars())
        # what follows a command has the same actor: it must not tell of a command that is withheld
        mine = sa.and_(history_event.c.actor_id.in_(people), history_event.c.kind.startswith("command."))
        return parts | {one.case_id for one, _data in _entries(connection, rows, mine) if one.kind not in BY_NOBODY}

    return found


def asked(connection: sa.Connection, actor: Actor, rule: str) -> Happened:
    """Something happened that cites the rule."""

    def found(rows: Rows) -> set[str]:
        named = history_event.c.body.contains(f'"{rule}"', autoescape=True)
        return {one.case_id for one, data in _entries(connection, rows, named) if rule in data.get("rules", ())}

    return found


def went_past(connection: sa.Connection, actor: Actor, rule: str) -> Happened:
    """Somebody went past the rule, with a reason that the auditor may read."""

    def found(rows: Rows) -> set[str]:
        named = history_event.c.body.contains('"flags":["') & history_event.c.body.contains(
            f'"{rule}"', autoescape=True
        )
        flagged = [one for one in _entries(connection, rows, named) if rule in one[1].get("flags", ())]
        sights = {case_id: audited(connection, actor, case_id) for case_id in {one.case_id for one, _data in flagged}}
        return {one.case_id for one, data in flagged if rule in flags.shown(connection, sights[one.case_id], data)}

    return found


def missed(connection: sa.Connection, rows: Rows) -> dict[str, int]:
    """Case to how many deadlines were missed in it: tasks that were completed late, and deadlines that passed."""
    body = history_event.c.body
    late = body.contains('"late":true') | body.contains('"deadline":"escalate"')
    found: dict[str, set[str]] = {}
    for one, data in _entries(connection, rows, late):
        if one.kind == "command.complete" and data.get("late"):
            found.setdefault(one.case_id, set()).add(str(data.get("task")))
        elif one.kind == "engine.timer_fired" and data["data"].get("deadline") == "escalate":
            found.setdefault(one.case_id, set()).add(str(data["data"].get("host") or data.get("task")))
    return {case_id: len(tasks) for case_id, tasks in found.items()}


def _entries(
    connection: sa.Connection, rows: Rows, where: sa.ColumnElement[bool]
) -> Iterator[tuple[Any, Mapping[str, Any]]]:
    """Entries of these cases that an auditor may know of: (case_id, kind, body) and what the body says."""
    if not rows:
        return
    courses = {row.id: _course(connection, (row.definition_sha, *row.earlier_shas)) for row in rows}
    event = history_event.c
    query = sa.select(event.case_id, event.kind, event.body).where(event.case_id.in_(list(courses)), where)
    for one in connection.execute(query):
        data = _data(one.body)
        if data is not None and courses[one.case_id].shows_entry(data):
            yield one, data


def _data(text: str) -> Mapping[str, Any] | None:
    try:
        data = orjson.loads(text)["data"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
    return data if isinstance(data, Mapping) else None


def _course(connection: sa.Connection, shas: Sequence[str]) -> Course:
    return _veiled(tuple(definitions.get(connection, sha) for sha in shas))


@lru_cache(maxsize=256)
def _veiled(bundles: tuple[Bundle, ...]) -> Course:
    """What an auditor may know of the steps of a case that ran on these versions: of no case more than of another."""
    return together([course(engine.describe(engine.load(bundle)), Viewer(ROLES)) for bundle in bundles])
