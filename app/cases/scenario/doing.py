"""One step of a scenario as a command, by the person who does it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app import db
from app.cases import commands, ledger
from app.cases.scenario.errors import ScenarioStuck
from app.cases.scenario.model import CANCEL, SAY, START, WITHDRAW, Line
from app.cases.tables import subscription, task
from app.cases.waymark import Waymark
from app.identity import Actor
from app.identity.people import actor_of_person, person_of

_LATER = re.compile(r"([+-]\d+)d(?: (\d\d:\d\d))?")


@dataclass(frozen=True)
class Errand:
    """What a step is done with. `case_id`: the case that is meant, or that a new one follows; "" for none."""

    waymark: Waymark
    case_id: str
    process: str
    zone: ZoneInfo
    now: datetime


def actor_named(connection: sa.Connection, username: str) -> Actor:
    return actor_of_person(connection, person_of(connection, username))


def do(errand: Errand, line: Line) -> str:
    """Give the command; the id of the case that it started, else "". Raises what the command raises, and
    `ScenarioStuck`."""
    with db.reading(errand.waymark.engine) as connection:
        actor = actor_named(connection, line.who)
        answers = meant(connection, line.answers, errand.now, errand.zone)
    waymark, case_id, now = errand.waymark, errand.case_id, errand.now
    if line.task == START:
        before = case_id or None
        return commands.start(waymark, actor, errand.process, answers, now, previous_case=before).case_id
    if line.task == WITHDRAW:
        _withdraw(errand, actor, line)
    elif line.task == CANCEL:
        commands.cancel(waymark, actor, case_id, line.reason, now)
    elif line.task == SAY:
        _say(errand, actor, line, answers)
    else:
        commands.complete(waymark, actor, open_task(errand, actor, line), answers, None, now)
    return ""


def _withdraw(errand: Errand, actor: Actor, line: Line) -> None:
    """Take back the consent that the whole case stands under, or the newest of a scope."""
    if not line.scope:
        commands.withdraw_consent(errand.waymark, actor, errand.case_id, errand.now, line.reason)
        return
    with db.reading(errand.waymark.engine) as connection:
        entry = ledger.newest(connection, errand.case_id, line.scope)
    if entry is None:
        raise ScenarioStuck(f"nothing was ever agreed to under “{line.scope}”.")
    commands.withdraw(errand.waymark, actor, errand.case_id, str(entry.id), errand.now, line.reason)


def _say(errand: Errand, actor: Actor, line: Line, answers: Mapping[str, Any]) -> None:
    """What people say at any time: to the element of the case that waits for this message."""
    query = sa.select(subscription.c.element_id, subscription.c.name).where(subscription.c.case_id == errand.case_id)
    with db.reading(errand.waymark.engine) as connection:
        waiting = connection.execute(query.order_by(subscription.c.since, subscription.c.id)).all()
    element = next((row.element_id for row in waiting if row.name == line.message), None)
    if element is None:
        names = ", ".join(sorted({row.name for row in waiting})) or "nothing"
        raise ScenarioStuck(f"the case does not wait for “{line.message}”; it waits for: {names}.")
    commands.say(errand.waymark, actor, errand.case_id, element, answers, errand.now)


def open_task(errand: Errand, actor: Actor, line: Line) -> str:
    """Id of the open task that is meant. Raises `ScenarioStuck`."""
    query = sa.select(task).where(task.c.case_id == errand.case_id, task.c.state == "open")
    with db.reading(errand.waymark.engine) as connection:
        rows = connection.execute(query.order_by(task.c.opened_at, task.c.id)).all()
        meant_by = _whose(connection, line.holder) if line.holder else ""
    copies = [row for row in rows if row.element_id == line.task]
    if not copies:
        names = ", ".join(sorted({row.element_id for row in rows})) or "nothing"
        raise ScenarioStuck(f"“{line.task}” is not open for {actor.name}; open: {names}.")
    fitting = _meant(copies, meant_by) if meant_by else _own(copies, actor)
    if not fitting:
        raise ScenarioStuck(f"“{line.task}” is open, but no copy of it is for {line.holder}.")
    if len(fitting) > 1 and any(row.facts != fitting[0].facts for row in fitting):
        raise ScenarioStuck(
            f"“{line.task}” is open {len(fitting)} times for {actor.name}: say whose is meant (holder)."
        )
    return str(fitting[0].id)


def _whose(connection: sa.Connection, holder: str) -> str:
    """Person id of a username; a role is named as it is."""
    return person_of(connection, holder) if "." in holder else holder


def _meant(copies: list[sa.Row[Any]], holder: str) -> list[sa.Row[Any]]:
    """The copies for that person or role: who holds one says so; where none does, the item of its loop."""
    held = [row for row in copies if holder in (row.assignee_id, row.role)]
    return held or [row for row in copies if holder in set(_values(row.facts))]


def _values(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return [one for inner in value.values() for one in _values(inner)]
    if isinstance(value, list):
        return [one for inner in value for one in _values(inner)]
    return [value] if isinstance(value, str) else []


def _own(copies: list[sa.Row[Any]], actor: Actor) -> list[sa.Row[Any]]:
    """Those that this person has, else those that nobody has, else all: the command then says why they may not."""
    mine = [row for row in copies if row.assignee_id == actor.person_id]
    return mine or [row for row in copies if row.assignee_id is None] or copies


def meant(connection: sa.Connection, value: Any, now: datetime, zone: ZoneInfo = ZoneInfo("Europe/London")) -> Any:  # noqa: B008 -- a constant
    """Answers as the forms take them: "@name" becomes that person's id, "+3d" a date, "+3d 10:30" a wall time."""
    if isinstance(value, Mapping):
        return {key: meant(connection, inner, now, zone) for key, inner in value.items()}
    if isinstance(value, list):
        return [meant(connection, inner, now, zone) for inner in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if not isinstance(value, str):
        return value
    if value.startswith("@"):
        return person_of(connection, value[1:])
    later = _LATER.fullmatch(value)
    if later is None:
        return value
    day = (now.astimezone(zone) + timedelta(days=int(later[1]))).date().isoformat()
    return f"{day}T{later[2]}" if later[2] else day
