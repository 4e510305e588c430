"""Two processes, one of which sends answers along with its message."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app import records
from app.cases import commands, queries
from app.engine import Bundle
from app.settings import Settings
from tests.chaos.world import MANAGER, NOW, furnish
from tests.db.messages.town import FORM, Town
from tests.unit.engine.diagrams import Diagram, message, message_definition
from tests.unit.forms.forms_kit import component, source

#: what the office writes: a note at once, a verdict once it is released, and what the employee lets go of a list
LETTER = source(
    component("textfield", "note"),
    component("textfield", "verdict", properties={"afterFact": "released"}),
    component(
        "dynamiclist",
        "items",
        properties={"class": "clinical", "sharedBy": "share"},
        components=[
            component("textfield", "item", properties={"class": "clinical"}),
            component("radio", "share", properties={"class": "clinical"}),
        ],
    ),
    component("radio", "release", properties={"routes": "true"}),
    identity="letter",
)
#: begins with what came along
ANSWER = source(component("textfield", "reply", properties={"from": "letter.note"}), identity="answer")
TOPS = "".join(message(name) for name in ("parcel", "fresh"))
NOTE = {"note": "Needs a quiet room", "verdict": "Fit with adjustments", "release": "no"}
ITEMS = [{"item": "Cannot lift", "share": "yes"}, {"item": "Takes a medicine", "share": "no"}]


def sender(name: str = "sender", kind: str = "parcel", **more: str) -> Bundle:
    """Somebody writes the letter, in rounds; each sends it along."""
    diagram = Diagram(name).start(props={"starters": "manager"}, camunda__formRef="ask")
    diagram.add("exclusiveGateway", "again")
    diagram.user("write", camunda__candidateGroups="referring_manager", camunda__formRef="letter")
    diagram.script("release", "released", 'if release = "yes" then true else null')
    props = {"key": "${file}", "payload": "{file: file}", "encloses": "letter nothing", **more}
    diagram.add("intermediateThrowEvent", "send", message_definition(kind), props=props, name="Send it")
    diagram.chain("start", "again", "write", "release", "send", "again")
    return Bundle(name, {f"{name}.bpmn": diagram.xml(TOPS), "ask.form": FORM, "letter.form": LETTER})


def receiver() -> Bundle:
    """Takes parcels as they come; each is a task for HR, and the manager may look."""
    diagram = Diagram("receiver").start(props={"starters": "manager"}, camunda__formRef="ask")
    diagram.add("exclusiveGateway", "next")
    diagram.add("receiveTask", "wait", messageRef="parcel", props={"key": "${file}"}, name="Wait for it")
    diagram.user("reply", camunda__candidateGroups="hr", camunda__formRef="answer")
    diagram.chain("start", "next", "wait", "reply", "next")
    files = {"receiver.bpmn": diagram.xml(TOPS), "ask.form": FORM, "answer.form": ANSWER, "letter.form": LETTER}
    return Bundle("receiver", files)


def opened() -> Bundle:
    """A message starts it."""
    diagram = Diagram("opened").start(inside=message_definition("fresh"))
    diagram.user("reply", camunda__candidateGroups="hr", camunda__formRef="answer").end().chain("start", "reply", "end")
    files = {"opened.bpmn": diagram.xml(TOPS), "answer.form": ANSWER, "letter.form": LETTER}
    return Bundle("opened", files)


class Post(Town):
    def write(self, case_id: str, **changes: Any) -> None:
        given = {**NOTE, "items": ITEMS, **changes}
        task_id = self.task(case_id, "write")
        commands.complete(self.waymark, self.actors[MANAGER], task_id, given, None, NOW)

    def pair(self) -> tuple[str, str]:
        """A case that sends and one that waits."""
        return self.begin("sender"), self.begin("receiver")

    def copies(self, case_id: str) -> list[Any]:
        table = records.submission
        query = sa.select(table).where(table.c.case_id == case_id, table.c.message_id.isnot(None))
        return list(self.rows(query.order_by(table.c.at, table.c.id)))

    def read(self, case_id: str, who: str) -> list[dict[str, str]]:
        """What came along, as this person sees it."""
        view = queries.case(self.waymark, self.actors[who], case_id, NOW)
        return [dict(one.fields) for one in view.submissions if one.brought]


def post(settings: Settings) -> Post:
    made = Post(furnish(settings).waymark)
    made.deploy(sender(), sender("starter", "fresh", to="opened"), receiver(), opened())
    return made
