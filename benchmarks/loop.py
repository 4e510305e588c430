"""The case that is measured: the shipped referral, going round between triage and the manager's answer.

Both tasks stand inside a called process with a message waiting outside of it; each turn validates a form, sets and
takes away timers counted in working days, seals the answers and chains a handful of history entries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from app import db, definitions
from app.cases import Waymark, commands, demo
from app.cases.tables import task
from app.clock import SystemClock
from app.identity import authenticate
from app.identity.people import actor_of_person
from app.identity.sessions import open_session
from app.settings import ROOT, Settings

MANAGER, EMPLOYEE, OH_ADMIN = "amir.shah", "grace.obi", "olivia.hart"

REFERRAL: Mapping[str, Any] = {
    "employee": EMPLOYEE,
    "line_manager": "helen.ward",
    "job_title": "Staff nurse, ward 7",
    "job_demands": "Twelve-hour shifts on her feet, moving patients with a colleague",
    "absence": "at_work",
    "ground": "adjustments",
    "reason": "Grace finds the last hours of a long shift hard and has asked what could be changed.",
    "questions": "Would shorter shifts help, and for how long?",
    "discussed": True,
}


@dataclass(frozen=True)
class Turn:
    """One task of the loop. `hidden`: names that the form leaves out for these answers."""

    element: str
    who: str
    answers: Mapping[str, Any]
    hidden: str = ""

    def posted(self, csrf: str) -> dict[str, str]:
        """What a browser sends: the answers and the inputs that the page hides."""
        return {"_csrf": csrf, "_key": uuid4().hex, "_hidden": self.hidden, "_version": "1", **self.answers}


TURNS = (
    Turn(
        "triage",
        OH_ADMIN,
        {
            "triage": "more_information",
            "information_needed": "Please say how long her shifts are now, and whether she has tried shorter ones.",
        },
        "decline_reason practitioner",
    ),
    Turn(
        "give_information",
        MANAGER,
        {
            "information": "Four shifts of twelve hours a week. In May she had four weeks of eight hours, and has said "
            "that I may tell you that it helped."
        },
    ),
)


def prepare(settings: Settings) -> Waymark:
    """The schema, the shipped processes and the people of the demo, in an empty database."""
    db.upgrade(settings)
    waymark = Waymark.open(settings)
    now = SystemClock().now()
    with db.transaction(waymark.engine) as connection:
        for bundle in definitions.collect(ROOT / "processes", ROOT / "forms"):
            definitions.deploy(connection, bundle, "system", "benchmark", now)
        demo.create_people(connection)
    return waymark


def settings_for(url: str, var: Path) -> Settings:
    """Settings of a demo, so that the pages work without TLS."""
    return Settings(url, var, secret_key=b"s" * 32, master_key=b"m" * 32, demo=True, secure_cookies=False)


def new_case(waymark: Waymark) -> str:
    """A case that stands at triage for the first time; its id."""
    now = SystemClock().now()
    with db.reading(waymark.engine) as connection:
        manager, employee = (actor_of_person(connection, person) for person in (MANAGER, EMPLOYEE))
    case_id = commands.start(waymark, manager, "referral", REFERRAL, now).case_id
    consent = {"consent": "given", "channel": "online"}
    commands.complete(waymark, employee, open_task(waymark, case_id), consent, None, now)
    return case_id


def open_task(waymark: Waymark, case_id: str) -> str:
    """The one open task of a case."""
    wanted = sa.select(task.c.id).where(task.c.case_id == case_id, task.c.state == "open")
    with db.reading(waymark.engine) as connection:
        return str(connection.execute(wanted).scalar_one())


class Player:
    """Plays a case in process, one completed task at a time."""

    def __init__(self, waymark: Waymark) -> None:
        self.waymark = waymark
        self.tokens = {turn.who: self._token(turn.who) for turn in TURNS}
        self.case_id = new_case(waymark)
        self.played = 0
        self.task_id = open_task(waymark, self.case_id)

    def _token(self, who: str) -> str:
        with db.transaction(self.waymark.engine) as connection:
            return open_session(connection, who, SystemClock().now())

    def complete(self) -> datetime:
        """What is measured: who the cookie belongs to, then the task. Gives the time that the database told."""
        turn = TURNS[self.played % len(TURNS)]
        session = authenticate(self.waymark.engine, self.tokens[turn.who], demo=True)
        assert session is not None
        commands.complete(
            self.waymark, session.actor, self.task_id, turn.answers, 1, session.now, key=f"{self.case_id}-{self.played}"
        )
        return session.now

    def go_on(self) -> None:
        """Look up the next task; not measured."""
        self.played += 1
        self.task_id = open_task(self.waymark, self.case_id)
