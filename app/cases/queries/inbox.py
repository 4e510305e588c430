"""The inbox: mine, my groups, done. Due first."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import orjson
import sqlalchemy as sa

from app import db
from app.cases import access
from app.cases.queries.bars import barred
from app.cases.queries.reach import called
from app.cases.subject import NOBODY_NAME
from app.cases.tables import case, party, task
from app.cases.views import Page, TaskFilter, TaskRow
from app.cases.waymark import Waymark
from app.errors import BadRequest
from app.identity import Actor
from app.identity.tables import person

Scope = Literal["mine", "groups", "done"]
#: tasks on a page, and rows that a file has at most
PAGE, ALL = 25, 5000
#: a task counts as due soon in its last day
SOON = timedelta(days=1)

_SUBJECT = person.alias("subject")
_HOLDER = person.alias("holder")
#: what a row of a list needs; the case's state stays where it is
ROW = sa.select(
    task,
    case.c.reference,
    case.c.process_name,
    case.c.subject_id,
    case.c.parties,
    case.c.definition_sha,
    sa.func.coalesce(_SUBJECT.c.name, NOBODY_NAME).label("subject"),
    _HOLDER.c.name.label("holder"),
).select_from(
    task.join(case, case.c.id == task.c.case_id)
    .outerjoin(_SUBJECT, _SUBJECT.c.id == case.c.subject_id)
    .outerjoin(_HOLDER, _HOLDER.c.id == task.c.assignee_id)
)


def inbox(
    waymark: Waymark,
    actor: Actor,
    scope: Scope = "mine",
    cursor: str | None = None,
    *,
    now: datetime,
    wanted: TaskFilter | None = None,
) -> Page:
    """One page of tasks. `cursor`: `next_cursor` of the page before. Raises `BadRequest` for one that is not ours."""
    with db.reading(waymark.engine) as connection:
        query = _query(actor, scope, _read_cursor(scope, cursor), wanted, now)
        rows = list(connection.execute(query.limit(PAGE + 1)))
        bars = barred(connection, actor, rows) if scope == "groups" else {}
        counted = {
            name: _by_process(connection, part(actor)) for name, part in _PARTS.items() if name in {scope, *OPEN}
        }
    items = [task_row(actor, row, now, bars.get(row.id, "")) for row in rows[:PAGE]]
    more = _write_cursor(scope, rows[PAGE - 1]) if len(rows) > PAGE else None
    counts = {name: sum(one.number for one in counted[name]) for name in OPEN}
    return Page(items, more, counts, [(one.process_key, one.name) for one in counted[scope]])


def all_tasks(
    waymark: Waymark, actor: Actor, scope: Scope, *, now: datetime, wanted: TaskFilter | None = None
) -> list[TaskRow]:
    """A whole part of the inbox at once, for a file or a calendar; no more than `ALL` rows."""
    with db.reading(waymark.engine) as connection:
        rows = connection.execute(_query(actor, scope, None, wanted, now).limit(ALL))
        return [task_row(actor, row, now) for row in rows]


def task_row(actor: Actor, row: sa.Row[Any], now: datetime, barred_by: str = "") -> TaskRow:
    """A row of `ROW` in plain values. `barred_by`: why this person may not take it."""
    is_open = row.state == "open"
    due = row.due_at if is_open else None
    return TaskRow(
        id=row.id,
        name=row.name,
        case_id=row.case_id,
        reference=row.reference,
        process_name=row.process_name,
        subject=row.subject,
        role=row.role,
        due_at=row.due_at,
        overdue=bool(due and due < now),
        due_soon=bool(due and now <= due < now + SOON),
        claimed_by=row.holder,
        can_claim=is_open and row.assignee_id is None and access.in_team(actor, row) and not barred_by,
        barred_by=barred_by,
        opened_at=row.opened_at,
        done_at=row.closed_at,
        paused_since=datetime.fromisoformat(row.paused["since"]) if is_open and row.paused else None,
    )


def _mine(actor: Actor) -> sa.ColumnElement[bool]:
    own = sa.and_(task.c.state == "open", task.c.assignee_id == actor.person_id)
    return sa.and_(own, access.kept(actor, task.c.role, task.c.org_id))


def _done(actor: Actor) -> sa.ColumnElement[bool]:
    """Done by the actor, in a team that they are still of, or as a party that they still are."""
    still = sa.exists().where(
        party.c.case_id == task.c.case_id, party.c.role == task.c.role, party.c.person_id == actor.person_id
    )
    kept = sa.and_(
        access.kept(actor, task.c.role, task.c.org_id),
        sa.or_(task.c.assignee_id.is_(None), task.c.claimed_at.isnot(None), still),
    )
    return sa.and_(task.c.closed_by == actor.person_id, kept)


def _groups(actor: Actor) -> sa.ColumnElement[bool]:
    queues = [sa.and_(task.c.org_id == org, task.c.role == role) for org, role in sorted(access.teams(actor))]
    return sa.and_(task.c.state == "open", task.c.assignee_id.is_(None), sa.or_(sa.false(), *queues))


#: the parts of the inbox
_PARTS: Mapping[str, Callable[[Actor], sa.ColumnElement[bool]]] = {"mine": _mine, "groups": _groups, "done": _done}
OPEN = ("mine", "groups")


def _query(
    actor: Actor, scope: str, after: Sequence[str] | None, wanted: TaskFilter | None, now: datetime
) -> sa.Select[Any]:
    if scope not in _PARTS:
        raise BadRequest("The inbox has three parts: mine, groups and done.")
    query = ROW.where(_PARTS[scope](actor))
    if wanted is not None:
        query = _narrowed(query, wanted, now)
    if scope == "done":
        query = query.order_by(task.c.closed_at.desc(), task.c.id)
        return query if after is None else query.where(_done_after(*after))
    query = query.order_by(task.c.due_at.is_(None), task.c.due_at, task.c.id)
    return query if after is None else query.where(_due_after(*after))


def _narrowed(query: sa.Select[Any], wanted: TaskFilter, now: datetime) -> sa.Select[Any]:
    if wanted.text:
        query = query.where(called(wanted.text, _SUBJECT))
    if wanted.process:
        query = query.where(case.c.process_key == wanted.process)
    if wanted.due == "overdue":
        query = query.where(task.c.state == "open", task.c.due_at < now)
    elif wanted.due == "none":
        query = query.where(task.c.due_at.is_(None))
    return query


def _due_after(at: str, task_id: str) -> sa.ColumnElement[bool]:
    if not at:
        return sa.and_(task.c.due_at.is_(None), task.c.id > task_id)
    moment = datetime.fromisoformat(at)
    same = sa.and_(task.c.due_at == moment, task.c.id > task_id)
    return sa.or_(task.c.due_at.is_(None), task.c.due_at > moment, same)


def _done_after(at: str, task_id: str) -> sa.ColumnElement[bool]:
    moment = datetime.fromisoformat(at)
    return sa.or_(task.c.closed_at < moment, sa.and_(task.c.closed_at == moment, task.c.id > task_id))


def _by_process(connection: sa.Connection, wanted: sa.ColumnElement[bool]) -> Sequence[sa.Row[Any]]:
    """How many tasks there are of each process: `process_key`, `name`, `number`."""
    name = sa.func.max(case.c.process_name)
    query = sa.select(case.c.process_key, name.label("name"), sa.func.count().label("number"))
    query = query.select_from(task.join(case, case.c.id == task.c.case_id)).where(wanted)
    return connection.execute(query.group_by(case.c.process_key).order_by(name)).all()


def _write_cursor(scope: str, row: sa.Row[Any]) -> str:
    at = row.closed_at if scope == "done" else row.due_at
    return base64.urlsafe_b64encode(orjson.dumps([at.isoformat() if at else "", row.id])).decode()


def _read_cursor(scope: str, cursor: str | None) -> list[str] | None:
    if not cursor:
        return None
    try:
        at, task_id = orjson.loads(base64.urlsafe_b64decode(cursor))
        if not isinstance(task_id, str) or not task_id.isprintable():
            raise ValueError  # noqa: TRY301 # a PostgreSQL text takes no NUL
        if at or scope == "done":
            _require_moment(at)
    except (ValueError, TypeError, OverflowError):
        raise BadRequest("This page of the inbox does not exist.") from None
    return [at, task_id]


def _require_moment(text: str) -> None:
    """A database compares moments in UTC: one without a zone, or beyond its years, cannot be asked for."""
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError
    datetime.fromisoformat(text).astimezone(UTC)
