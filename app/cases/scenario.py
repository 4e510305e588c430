"""Playing a written case: a TOML file of steps becomes commands on a moved clock.

title = "A nurse with a bad back"
process = "referral"

[[step]]
who = "amir.shah"            # username
task = "start"               # or an element id, "withdraw", "cancel", or absent: only time passes
after = "1d 2h"              # since the step before
answers = { employee = "@grace.obi", reason = "…" }   # "@name" becomes that person's id
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app import db
from app.cases.completing import complete
from app.cases.ending import cancel, withdraw_consent
from app.cases.firing import fire_due
from app.cases.starting import start
from app.cases.tables import case, task
from app.cases.waymark import Waymark
from app.errors import WaymarkError
from app.identity import Actor
from app.identity.people import actor_of_person, person_of

_LATER = re.compile(r"\+(\d+)d(?: (\d\d:\d\d))?")
_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}


class ScenarioStuck(WaymarkError):
    """The scenario names a task that is not open for that person at that time."""


@dataclass(frozen=True)
class Line:
    """One step. `after`: time since the step before."""

    who: str
    task: str
    after: timedelta
    answers: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True)
class Scenario:
    title: str
    process: str
    steps: tuple[Line, ...]
    #: one of the cases that the demo begins with
    demo: bool = False


def read(path: Path) -> Scenario:
    """Read a scenario file."""
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    lines = [
        Line(
            step.get("who", ""),
            step.get("task", ""),
            _duration(step.get("after", "")),
            step.get("answers", {}),
            step.get("reason", ""),
        )
        for step in told["step"]
    ]
    return Scenario(told["title"], told["process"], tuple(lines), bool(told.get("demo")))


def length(scenario: Scenario) -> timedelta:
    """From the first step to the last."""
    return sum((line.after for line in scenario.steps), timedelta())


def play(waymark: Waymark, scenario: Scenario, begin: datetime) -> str:
    """Play every step, firing what falls due in between at its own time. Returns the case's id.

    Raises `ScenarioStuck`, and whatever the commands raise.
    """
    now, case_id = begin, ""
    for line in scenario.steps:
        target = now + line.after
        if case_id:
            _pass_time(waymark, case_id, target)
        now = target
        if line.task:
            case_id = _do(waymark, scenario, line, case_id, now)
    return case_id


def _do(waymark: Waymark, scenario: Scenario, line: Line, case_id: str, now: datetime) -> str:
    with db.reading(waymark.engine) as connection:
        actor = actor_of_person(connection, person_of(connection, line.who))
        answers = _meant(connection, line.answers, now)
    if line.task == "start":
        return start(waymark, actor, scenario.process, answers, now).case_id
    if line.task == "withdraw":
        withdraw_consent(waymark, actor, case_id, now, line.reason)
    elif line.task == "cancel":
        cancel(waymark, actor, case_id, line.reason, now)
    else:
        complete(waymark, actor, _open(waymark, actor, case_id, line.task), answers, None, now)
    return case_id


def _open(waymark: Waymark, actor: Actor, case_id: str, element: str) -> str:
    with db.reading(waymark.engine) as connection:
        rows = connection.execute(
            sa.select(task.c.id, task.c.element_id).where(task.c.case_id == case_id, task.c.state == "open")
        ).all()
    for row in rows:
        if row.element_id == element:
            return str(row.id)
    names = ", ".join(sorted(row.element_id for row in rows)) or "nothing"
    raise ScenarioStuck(f"“{element}” is not open for {actor.name}; open: {names}.")


def _pass_time(waymark: Waymark, case_id: str, until: datetime) -> None:
    """Let the clock run: each timer fires when it is due, not at the end."""
    while True:
        with db.reading(waymark.engine) as connection:
            due = connection.execute(sa.select(case.c.next_due_at).where(case.c.id == case_id)).scalar()
        if due is None or due > until:
            return
        if not fire_due(waymark, due):
            return


def _meant(connection: sa.Connection, value: Any, now: datetime) -> Any:
    if isinstance(value, dict):
        return {key: _meant(connection, inner, now) for key, inner in value.items()}
    if isinstance(value, list):
        return [_meant(connection, inner, now) for inner in value]
    if not isinstance(value, str):
        return value
    if value.startswith("@"):
        return person_of(connection, value[1:])
    later = _LATER.fullmatch(value)
    if later is None:
        return value
    day = (now + timedelta(days=int(later[1]))).date().isoformat()
    return f"{day}T{later[2]}" if later[2] else day


def _duration(text: str) -> timedelta:
    parts = {_UNITS[unit]: int(number) for number, unit in re.findall(r"(\d+)\s*([wdhm])", text)}
    return timedelta(**parts)
