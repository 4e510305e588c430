"""A small world for the tests of cases: organisations, people, the shipped processes, and cases at any stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from typing import Any

import sqlalchemy as sa

from app import db, definitions
from app.cases import Waymark, commands, demo, scenario
from app.cases.firing import fire
from app.cases.locking import lock
from app.cases.simulating import NO_PASSWORD
from app.cases.tables import case, task
from app.cases.views import Done, Started
from app.engine import Bundle
from app.identity import Actor
from app.identity.people import actor_of_person, create_account, create_person, organisations
from app.settings import ROOT, Settings

#: a Monday without a bank holiday near it
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
MANAGER, EMPLOYEE, OFFICE, PRACTITIONER = "amir.shah", "grace.obi", "olivia.hart", "samuel.okoro"
COLLEAGUE, OTHER_MANAGER, STRANGER, ADMINISTRATOR = "nina.kaur", "helen.ward", "fiona.mackay", "ada.stone"
OWNER = "owen.pike"
#: two clerks share the provider's queue
SECOND_OFFICE = "oscar.lind"


@cache
def bundles() -> tuple[Bundle, ...]:
    """The shipped processes, collected once a run."""
    return tuple(definitions.collect(ROOT / "processes", ROOT / "forms"))


@cache
def referral() -> Bundle:
    """The one from referral to report."""
    return next(one for one in bundles() if one.key == "referral")


@cache
def good_path() -> tuple[scenario.Line, ...]:
    return scenario.read(ROOT / "processes" / "referral" / "scenarios" / "good-path.toml").steps


def furnish(settings: Settings, only: Sequence[Bundle] | None = None) -> World:
    """Everybody of the demo (person id = username), one clerk more, and the processes, or `only` some, in an empty
    database, or in one that is a copy of such a one."""
    waymark = Waymark.open(settings)
    with db.transaction(waymark.engine) as connection:
        if organisations(connection):
            return World(waymark)
        _people(connection)
        for bundle in bundles() if only is None else only:
            definitions.deploy(connection, bundle, "system", "first", NOW)
    return World(waymark)


def _people(connection: sa.Connection) -> None:
    # nobody logs in here, and a real hash takes its time on purpose
    demo.create_people(connection, NO_PASSWORD)
    create_person(
        connection,
        "Oscar Lind",
        demo.PROVIDER.id,
        ["employee", "oh_admin"],
        email=f"{SECOND_OFFICE}@{demo.PROVIDER.id}.example",
        person_id=SECOND_OFFICE,
    )
    create_account(connection, SECOND_OFFICE, SECOND_OFFICE, hashed=NO_PASSWORD)


@dataclass
class World:
    """One database with its people. `waymark` is the parent process's own."""

    waymark: Waymark

    @cached_property
    def actors(self) -> Mapping[str, Actor]:
        with db.reading(self.waymark.engine) as connection:
            return {name: actor_of_person(connection, name) for name in (*(p[0] for p in demo.PEOPLE), SECOND_OFFICE)}

    @property
    def engine(self) -> sa.Engine:
        return self.waymark.engine

    def answers(self, element: str, now: datetime) -> dict[str, Any]:
        """What the good path answers here."""
        line = next(line for line in good_path() if line.task == element)
        with db.reading(self.engine) as connection:
            meant: dict[str, Any] = scenario.meant(connection, line.answers, now)
        return meant

    def start(self, now: datetime = NOW, key: str | None = None, who: str = MANAGER) -> Started:
        return commands.start(self.waymark, self.actors[who], "referral", self.answers("start", now), now, key)

    def case_at(self, element: str, now: datetime = NOW) -> tuple[str, datetime]:
        """A case played along the good path until `element` is open; (case id, the time there)."""
        case_id = self.start(now).case_id
        for line in good_path()[1:]:
            now += line.after
            self.pass_time(case_id, now)
            if line.task == element:
                return case_id, now
            self.complete(case_id, line.task, now)
        return case_id, now

    def deploy_next(self) -> int:
        """A second version of the referral: another name for triage, and a clock that is wound when a case comes to
        it. Returns its number; deployed once however often it is asked for."""
        now = referral()
        name, late = b'name="Triage the referral"', b'<bpmn:boundaryEvent id="triage_late"'
        timer = (
            b'<bpmn:boundaryEvent id="triage_soon" name="Soon late" attachedToRef="triage" cancelActivity="false">'
            b'<bpmn:timerEventDefinition id="soon"><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">P60D'
            b"</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
        )
        text = now.files["assessment.bpmn"]
        assert name in text
        assert late in text
        text = text.replace(name, b'name="Look at the referral"').replace(late, timer + late)
        with db.transaction(self.engine) as connection:
            bundle = Bundle(now.key, {**now.files, "assessment.bpmn": text})
            return definitions.deploy(connection, bundle, "system", "second", NOW).version

    def pass_time(self, case_id: str, until: datetime) -> None:
        """Fire what falls due in this case alone, each at its own time."""
        while (due := self.row(case_id).next_due_at) is not None and due <= until:
            with db.transaction(self.engine) as connection:
                fire(connection, lock(connection, case_id), due)

    def complete(self, case_id: str, element: str, now: datetime, key: str | None = None, who: str = "") -> Done:
        line = next(line for line in good_path() if line.task == element)
        task_id = self.task(case_id, element)
        return commands.complete(
            self.waymark, self.actors[who or line.who], task_id, self.answers(element, now), None, now, key
        )

    def task(self, case_id: str, element: str) -> str:
        """Id of the newest task of this element."""
        query = sa.select(task.c.id).where(task.c.case_id == case_id, task.c.element_id == element)
        return str(self.scalar(query.order_by(task.c.opened_at.desc()).limit(1)))

    def row(self, case_id: str) -> sa.Row[Any]:
        with db.reading(self.engine) as connection:
            return connection.execute(sa.select(case).where(case.c.id == case_id)).one()

    def scalar(self, query: sa.Select[Any]) -> Any:
        with db.reading(self.engine) as connection:
            return connection.execute(query).scalar()

    def rows(self, query: sa.Select[Any]) -> list[sa.Row[Any]]:
        with db.reading(self.engine) as connection:
            return list(connection.execute(query))

    def next_due(self, case_id: str) -> datetime:
        due = self.row(case_id).next_due_at
        assert due is not None
        return due  # type: ignore[no-any-return]


def days(number: float) -> timedelta:
    return timedelta(days=number)
