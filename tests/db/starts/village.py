"""Processes that begin in every way there is, deployed beside the shipped ones, and their people.

- `question`: about nobody, asked by a manager or entered by the provider; the office answers it.
- `second_question`: about nobody, only from a `question`, once that was answered.
- `meeting`: about an employee, by itself or from a referral or another meeting.
- `welcome`: an employee's own case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.cases import commands
from app.cases.views import Started
from app.engine import Bundle
from app.settings import Settings
from tests.chaos.world import MANAGER, NOW, OFFICE, furnish
from tests.db.messages.town import Town
from tests.unit.engine.diagrams import Diagram
from tests.unit.forms.forms_kit import component, source

HR = "ruth.bell"
ASKED = source(
    component("textarea", "unclear"),
    component("radio", "kind", properties={"routes": "true"}),
    identity="asked",
)
ANSWERED = source(
    component("textarea", "answer"),
    component("textarea", "note", properties={"class": "restricted"}),
    component("radio", "settled", properties={"routes": "true", "class": "public"}),
    identity="answered",
)
ABOUT = source(
    component("select", "employee", valuesKey="employees", properties={"party": "employee"}, validate={}),
    component("radio", "why", properties={"routes": "true"}),
    identity="about",
)
OWN = source(component("textarea", "wish"), identity="own")
NEEDS = {"needs": 'settled = "yes"', "needsText": "The first question has not been answered yet."}


def question(follows: str = "") -> Bundle:
    said = {"starters": "manager hr oh_admin", "startedAs": "referring_manager oh_admin", "from": follows}
    diagram = Diagram("question", "A question before a referral")
    diagram.props = {"about": "nobody"}
    diagram.start(camunda__formRef="asked", props=said)
    diagram.user("reply", camunda__formRef="answered", camunda__candidateGroups="oh_admin")
    diagram.user("thank", camunda__candidateGroups="referring_manager", props={"begins": "second_question"}).end()
    return _bundle(diagram.chain("start", "reply", "thank", "end"), asked=ASKED, answered=ANSWERED)


def second_question() -> Bundle:
    diagram = Diagram("second_question", "Another question about the same")
    diagram.props = {"about": "nobody"}
    said = {"from": "question: referring_manager", "fromOnly": "true", "carry": "kind settled", **NEEDS}
    diagram.start(camunda__formRef="asked", props=said)
    diagram.user("reply", camunda__formRef="answered", camunda__candidateGroups="oh_admin").end()
    return _bundle(diagram.chain("start", "reply", "end"), asked=ASKED, answered=ANSWERED)


def meeting(follows: str = "referral: line_manager hr referring_manager; meeting: line_manager", **more: str) -> Bundle:
    said = {"starters": "manager", "startedAs": "line_manager", "from": follows, **more}
    diagram = Diagram("meeting", "A meeting").start(camunda__formRef="about", props=said)
    diagram.user("hold", camunda__candidateGroups="line_manager")
    diagram.user("listen", camunda__candidateGroups="employee").end()
    return _bundle(diagram.chain("start", "hold", "listen", "end"), about=ABOUT)


def welcome() -> Bundle:
    said = {"starters": "employee", "startedAs": "employee", "ownCase": "true"}
    diagram = Diagram("welcome", "A wish of mine").start(camunda__formRef="own", props=said)
    diagram.user("consider", camunda__candidateGroups="hr").end()
    return _bundle(diagram.chain("start", "consider", "end"), own=OWN)


ALL = (question, second_question, meeting, welcome)


def _bundle(diagram: Diagram, **forms: bytes) -> Bundle:
    files = {f"{name}.form": data for name, data in forms.items()}
    return Bundle(diagram.id, {f"{diagram.id}.bpmn": diagram.xml(), **files})


@dataclass
class Village(Town):
    """A world whose cases begin in every way."""

    def start(self, key: str, who: str, now: datetime = NOW, previous: str | None = None, **answers: Any) -> Started:
        return commands.start(self.waymark, self.actors[who], key, answers, now, previous_case=previous)

    def ask(self, who: str = MANAGER, now: datetime = NOW) -> str:
        """A case about nobody; its id."""
        return self.start("question", who, now, unclear="What does it cost?", kind="yes").case_id

    def answered(self, settled: str = "yes") -> str:
        """A question that the office has answered; its manager has yet to thank for it."""
        case_id = self.ask()
        self.fill(case_id, "reply", OFFICE, answer="Nothing", note="Asked before", settled=settled)
        return case_id

    def over(self) -> str:
        """A question that has been asked, answered and closed."""
        case_id = self.answered()
        self.fill(case_id, "thank", MANAGER)
        return case_id

    def fill(self, case_id: str, element: str, who: str, now: datetime = NOW, **answers: Any) -> None:
        commands.complete(self.waymark, self.actors[who], self.task(case_id, element), answers, None, now)


def village(settings: Settings) -> Village:
    made = Village(furnish(settings).waymark)
    made.deploy(*(one() for one in ALL))
    return made
