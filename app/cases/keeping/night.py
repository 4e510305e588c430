"""What is done once a night: announce what will go, and let go what was announced for long enough.

Every step is a transaction of its own that can be done again, so a worker that is killed at any point leaves nothing
half done, and the next one goes on. `nightly` says which night was finished; while somebody is at it on PostgreSQL,
others pass by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from app import db
from app.cases.keeping import plan, policy
from app.cases.keeping.erasing import erase_classes, erase_person, outcome
from app.cases.keeping.nights import alone, finish, finished, night_of
from app.cases.keeping.tables import erasure
from app.cases.locking import lock_row
from app.cases.subject import about_nobody
from app.cases.tables import case
from app.cases.waymark import Waymark
from app.clock import SystemClock
from app.identity import clock

NAME = "retention"
CHUNK = 200


@dataclass(frozen=True)
class Night:
    """How many cases were announced, and how many erasures carried out."""

    announced: int
    erased: int


def keep_house(waymark: Waymark, now: datetime | None = None, stopping: Callable[[], bool] = lambda: False) -> Night:
    """The night's work, unless it was done already. `now` None: the database's clock, moved by the demo's offset.

    Raises `BadPolicy`; then nothing was done.
    """
    if now is None:
        with db.reading(waymark.engine) as connection:
            now = clock.read(connection, SystemClock(), demo=waymark.settings.demo).now
    night = night_of(now)
    if finished(waymark, NAME, night):
        return Night(0, 0)
    with alone(waymark, NAME) as free:
        if not free or finished(waymark, NAME, night):
            return Night(0, 0)
        current = policy.in_force()
        done = Night(announce(waymark, current, now, stopping), carry_out(waymark, current, now, stopping))
        if not stopping():
            finish(waymark, NAME, night, now)
        return done


def announce(waymark: Waymark, current: policy.Policy, now: datetime, stopping: Callable[[], bool]) -> int:
    """Put cases whose periods end within the notice into the preview. How many."""
    number = 0
    for row, left_on in ended_cases(waymark):
        if stopping():
            break
        if plan.ended_periods(current, row, left_on, now + current.notice):
            with db.transaction(waymark.engine) as connection:
                number += _announce(connection, current, lock_row(connection, row.id), left_on, now)
    return number


#: what `plan` and `policy` ask of a case: not its state, which is large
_COLUMNS: tuple[sa.Column[Any], ...] = (
    case.c.id,
    case.c.subject_id,
    case.c.process_key,
    case.c.employer_id,
    case.c.provider_id,
    case.c.calendar,
    case.c.ended_at,
    case.c.erased,
)


def ended_cases(waymark: Waymark) -> Iterator[tuple[sa.Row[Any], str | None]]:
    """Ended cases of which something is left and nothing is announced, with the day on which their person left."""
    waiting = sa.select(erasure.c.case_id).where(erasure.c.case_id.isnot(None), erasure.c.state == "waiting")
    after = ""
    while True:
        query = sa.select(*_COLUMNS).where(case.c.status != "running", case.c.id > after, case.c.id.not_in(waiting))
        with db.reading(waymark.engine) as connection:
            rows = connection.execute(query.order_by(case.c.id).limit(CHUNK)).all()
            left = plan.left_on(connection, [row.subject_id for row in rows])
        if not rows:
            return
        yield from ((row, left.get(row.subject_id)) for row in rows if plan.present(row))
        after = rows[-1].id


def _announce(
    connection: sa.Connection, current: policy.Policy, row: sa.Row[Any], left_on: str | None, now: datetime
) -> int:
    """One row for the classes that go under the same rule; those under another are announced when these have gone."""
    waiting = sa.select(erasure.c.id).where(erasure.c.case_id == row.id, erasure.c.state == "waiting")
    ends = plan.ended_periods(current, row, left_on, now + current.notice)
    if not ends or connection.execute(waiting).first() is not None:
        return 0
    first = min(ends, key=lambda cls: (ends[cls], cls))
    rules = {cls: period.rule for cls in ends if (period := current.period(row, cls)) is not None}
    classes = [cls for cls in ends if rules[cls] == rules[first] and ends[cls] == ends[first]]
    connection.execute(
        erasure.insert(),
        {
            "id": str(uuid4()),
            "kind": "retention",
            "person_id": row.subject_id,
            "case_id": row.id,
            "classes": classes,
            "rule": rules[first],
            "policy": current.version,
            "name_too": False,
            "announced_at": now,
            "due_at": max(ends[first], now + current.notice),
            "state": "waiting",
        },
    )
    return 1


def carry_out(waymark: Waymark, current: policy.Policy, now: datetime, stopping: Callable[[], bool]) -> int:
    """What is due. How many erasures were carried out."""
    due = sa.select(erasure).where(erasure.c.state == "waiting", erasure.c.due_at <= now)
    with db.reading(waymark.engine) as connection:
        rows = connection.execute(due.order_by(erasure.c.due_at, erasure.c.id)).all()
    number = 0
    for row in rows:
        if stopping():
            break
        number += _by_period(waymark, current, row, now) if row.case_id else _of_person(waymark, row, now)
    return number


def _by_period(waymark: Waymark, current: policy.Policy, what: sa.Row[Any], now: datetime) -> int:
    """One case whose period has ended. What is held stays announced; what the policy has meanwhile given longer goes
    out of the preview, to come in again at its time."""
    with db.transaction(waymark.engine) as connection:
        row = lock_row(connection, what.case_id)
        if not _still(connection, what):
            return 0
        left = plan.left_on(connection, [row.subject_id]).get(row.subject_id)
        ended = plan.ended_periods(current, row, left, now)
        gone = not set(what.classes) & set(plan.present(row))
        if not gone and not set(what.classes) & set(plan.present(row)) <= set(ended):
            _close(connection, what, now, "dropped", None)
            return 0
        if not gone and plan.stays(connection, row) is not None:
            return 0
        erase_classes(connection, row, what, what.classes, now)
        # the key of a case about nobody goes with the last of what it opened
        gone_key = about_nobody(row.subject_id) and erase_person(connection, row.subject_id, name_too=False)
        _close(connection, what, now, "done", {"erased": [row.id], "kept": [], "person": gone_key})
        return 1


def _of_person(waymark: Waymark, what: sa.Row[Any], now: datetime) -> int:
    """Every case about a person, each in a transaction of its own, then the key. A case that runs or is held stays, and
    the employee may ask again."""
    with db.reading(waymark.engine) as connection:
        query = sa.select(case.c.id).where(case.c.subject_id == what.person_id).order_by(case.c.id)
        cases = list(connection.execute(query).scalars())
    for case_id in cases:
        with db.transaction(waymark.engine) as connection:
            row = lock_row(connection, case_id)
            if not _still(connection, what):
                return 0
            # a hold may have been set, a case begun, since it was announced
            if plan.stays(connection, row) is None:
                erase_classes(connection, row, what, what.classes, now)
    with db.transaction(waymark.engine) as connection:
        if not _still(connection, what):
            return 0
        gone = erase_person(connection, what.person_id, what.name_too)
        _close(connection, what, now, "done", outcome(connection, what, gone))
    return 1


def _still(connection: sa.Connection, what: sa.Row[Any]) -> bool:
    """Is it still to be done? Held until the transaction ends: nobody takes it back meanwhile."""
    wanted = sa.select(erasure.c.state).where(erasure.c.id == what.id).with_for_update()
    return connection.execute(wanted).scalar() == "waiting"


def _close(connection: sa.Connection, what: sa.Row[Any], now: datetime, state: str, outcome: Any) -> None:
    values = {"state": state, "closed_at": now, "outcome": outcome}
    connection.execute(erasure.update().where(erasure.c.id == what.id).values(values))
