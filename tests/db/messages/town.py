"""Processes that talk to each other, deployed beside the shipped ones, and their people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from unittest import mock

import orjson
import sqlalchemy as sa

from app import db, definitions
from app.cases import commands, queries
from app.cases.messages import delivering
from app.cases.tables import case, incident, message, subscription, task
from app.cases.views import CaseView
from app.engine import Bundle
from app.history import history_event
from app.settings import Settings
from tests.chaos.world import MANAGER, NOW, World, furnish
from tests.unit.engine.diagrams import Diagram, message_definition
from tests.unit.engine.diagrams import message as message_of
from tests.unit.forms.forms_kit import component, source

HR = "ruth.bell"
#: what the start form asks: whom it is about, and the number of a file that two cases share
FORM = source(
    component("select", "employee", valuesKey="employees", properties={"party": "employee"}),
    component("number", "file", properties={"routes": "true"}),
    identity="ask",
)
NAMES = ("agenda", "agreed", "question", "answer", "nobody", "word", "consentWithdrawn")
TOPS = "".join(message_of(name) for name in NAMES)


def process(diagram: Diagram, form: bytes | None = FORM) -> Bundle:
    files = {f"{diagram.id}.bpmn": diagram.xml(TOPS)}
    return Bundle(diagram.id, files | ({"ask.form": form} if form else {}))


def begun(name: str) -> Diagram:
    """A process that managers start."""
    return Diagram(name).start(props={"starters": "manager"}, camunda__formRef="ask")


def clarification() -> Bundle:
    """Asks for a conference, which the message itself starts, waits for what is agreed, and later chases it."""
    diagram = begun("clarification")
    sent = {"key": "${case}", "to": "conference", "payload": "{asked_by: case, file: file}"}
    diagram.add("intermediateThrowEvent", "invite", message_definition("agenda"), props=sent)
    diagram.add("receiveTask", "hear", messageRef="agreed", props={"key": "${case}", "result": "agreed"})
    diagram.timer("late", "hear", "P14D", interrupting=True).user("chase", camunda__candidateGroups="referring_manager")
    diagram.user("close", camunda__candidateGroups="referring_manager").end("closed", "chased")
    return process(diagram.chain("start", "invite", "hear", "close", "closed").chain("late", "chase", "chased"))


def conference() -> Bundle:
    """Started by a message alone; its end answers whoever asked."""
    diagram = Diagram("conference").start(inside=message_definition("agenda"))
    diagram.user("hold", camunda__candidateGroups="hr")
    answer = {"key": "${asked_by}", "payload": '{outcome: "adjust", file: file}'}
    diagram.add("endEvent", "tell", message_definition("agreed"), props=answer)
    return process(diagram.chain("start", "hold", "tell"), None)


def committee(rounds: int = 3) -> Bundle:
    """Asks as often as it likes, and waits for each answer."""
    diagram = begun("committee").script("count", "round", "if round = null then 1 else round + 1")
    asked = {"key": "${file}", "payload": "{round: round}"}
    diagram.add("intermediateThrowEvent", "ask", message_definition("question"), props=asked)
    diagram.add("receiveTask", "hear", messageRef="answer", props={"key": "${file}", "result": "heard"})
    diagram.add("exclusiveGateway", "enough", default="again").user("decide", camunda__candidateGroups="hr").end()
    diagram.chain("start", "count", "ask", "hear", "enough").flow("enough", "count", element="again")
    return process(diagram.flow("enough", "decide", f"round = {rounds}").chain("decide", "end"))


def specialist() -> Bundle:
    """Answers each question by hand, in the order in which they come."""
    diagram = begun("specialist")
    diagram.add("exclusiveGateway", "next")
    diagram.add("receiveTask", "listen", messageRef="question", props={"key": "${file}", "result": "asked"})
    diagram.user("think", camunda__candidateGroups="hr")
    said = {"key": "${file}", "payload": "{to_round: asked.round}"}
    diagram.add("sendTask", "reply", messageRef="answer", props=said)
    return process(diagram.chain("start", "next", "listen", "think", "reply", "next"))


def speaker(name: str = "speaker", kind: str = "word", wait: str = "", **said: str) -> Bundle:
    """Says one word when its manager does, and then has one task. `wait`: how long it listens for `nobody`."""
    diagram = begun(name).user("prepare", "after", camunda__candidateGroups="referring_manager").end("end", "unheard")
    props = {"key": "${file}", "payload": "{file: file}", **said}
    diagram.add("intermediateThrowEvent", "say", message_definition(kind), props={k: v for k, v in props.items() if v})
    diagram.user("sorry", camunda__candidateGroups="referring_manager")
    diagram.boundary("unanswered", "after", message_definition("nobody"), props={"key": "${file}"})
    diagram.chain("start", "prepare", "say", "after", "end").chain("unanswered", "sorry", "unheard")
    return process(diagram)


def listener(name: str = "listener", kind: str = "word", key: str = "${file}", result: str = "heard") -> Bundle:
    """Prepares, then waits for a word, then has one task."""
    diagram = begun(name).user("get_ready", "used", camunda__candidateGroups="referring_manager").end()
    props = {"key": key, "result": result}
    diagram.add("receiveTask", "listen", messageRef=kind, props={k: v for k, v in props.items() if v})
    return process(diagram.chain("start", "get_ready", "listen", "used", "end"))


def hasty(name: str = "hasty", many: int = 3, **said: str) -> Bundle:
    """Says several words in one step."""
    diagram = begun(name).user("prepare", camunda__candidateGroups="referring_manager").end()
    for at in range(many):
        props = {"key": "${file}", "payload": f"{{at: {at}}}", **said}
        diagram.add("intermediateThrowEvent", f"say{at}", message_definition("word"), props=props)
    return process(diagram.chain("start", "prepare", *(f"say{at}" for at in range(many)), "end"))


def collector(name: str = "collector", many: int = 3) -> Bundle:
    """Hears words one after the other and keeps each apart."""
    diagram = begun(name)
    for at in range(many):
        props = {"key": "${file}", "result": f"word{at}"}
        diagram.add("receiveTask", f"listen{at}", messageRef="word", props=props)
    diagram.user("used", camunda__candidateGroups="referring_manager").end()
    return process(diagram.chain("start", *(f"listen{at}" for at in range(many)), "used", "end"))


ALL = (clarification, conference, committee, specialist, speaker, listener, hasty, collector)


@dataclass
class Town(World):
    """A world whose cases talk."""

    def deploy(self, *bundles: Bundle) -> None:
        with db.transaction(self.engine) as connection:
            for bundle in bundles:
                definitions.deploy(connection, bundle, "system", "for the test", NOW)

    def begin(
        self, key: str, file: int = 1, employee: str = "grace.obi", who: str = MANAGER, now: datetime = NOW
    ) -> str:
        answers = {"employee": employee, "file": file}
        return commands.start(self.waymark, self.actors[who], key, answers, now).case_id

    def task(self, case_id: str, element: str) -> str:
        """Id of the open task of this element: a loop opens one again at the same moment."""
        query = sa.select(task.c.id).where(task.c.case_id == case_id, task.c.element_id == element)
        return str(self.scalar(query.where(task.c.state == "open")))

    def do(self, case_id: str, element: str, now: datetime = NOW, who: str = MANAGER) -> None:
        commands.complete(self.waymark, self.actors[who], self.task(case_id, element), {}, None, now)

    def quietly(self, case_id: str, element: str, now: datetime = NOW, who: str = MANAGER) -> None:
        """As `do`, with nothing delivered afterwards: what a worker that never came to it leaves behind."""
        with silent():
            self.do(case_id, element, now, who)

    def open(self, case_id: str) -> list[str]:
        query = sa.select(task.c.element_id).where(task.c.case_id == case_id, task.c.state == "open")
        return [row.element_id for row in self.rows(query.order_by(task.c.opened_at, task.c.element_id))]

    def facts(self, case_id: str) -> dict[str, Any]:
        return dict(self.row(case_id).facts)

    def letters(self, *columns: str) -> list[Any]:
        """The messages by name and in the order in which they were sent: their states, or other columns."""
        chosen = [message.c[name] for name in columns or ("state",)]
        rows = self.rows(sa.select(*chosen).order_by(message.c.name, message.c.sent_at, message.c.number))
        return [tuple(row) if len(chosen) > 1 else row[0] for row in rows]

    def waits(self, case_id: str) -> list[tuple[str, str | None]]:
        query = sa.select(subscription.c.name, subscription.c.key).where(subscription.c.case_id == case_id)
        return sorted(tuple(row) for row in self.rows(query))

    def cases_of(self, key: str) -> list[str]:
        return [row.id for row in self.rows(sa.select(case.c.id).where(case.c.process_key == key))]

    def told(self, case_id: str, *kinds: str) -> list[dict[str, Any]]:
        """What the case's history says under these kinds."""
        query = sa.select(history_event.c.body).where(
            history_event.c.case_id == case_id, history_event.c.kind.in_(kinds)
        )
        return [orjson.loads(row.body)["data"] for row in self.rows(query.order_by(history_event.c.seq))]

    def incidents(self) -> Sequence[Any]:
        return self.rows(sa.select(incident).order_by(incident.c.opened_at))

    def view(self, case_id: str, who: str = MANAGER, now: datetime = NOW) -> CaseView:
        return queries.case(self.waymark, self.actors[who], case_id, now)

    def lines(self, case_id: str, who: str = MANAGER) -> list[tuple[str, str]]:
        return [(entry.what, entry.detail) for entry in self.view(case_id, who).timeline]


def silent() -> Any:
    """Nothing is delivered after a command."""
    return mock.patch.object(delivering, "AT_ONCE", 0)


def town(settings: Settings, *more: Bundle) -> Town:
    made = Town(furnish(settings).waymark)
    made.deploy(*(one() for one in ALL), *more)
    return made
