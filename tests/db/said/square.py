"""A process in which people may say something at any time, and its people."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app import db
from app.cases import commands, queries
from app.cases.tables import subscription
from app.cases.views import Done, Sayable, SayView
from app.engine import Bundle
from app.settings import Settings
from tests.chaos.world import MANAGER, NOW, furnish
from tests.db.messages.town import FORM, Town
from tests.unit.engine.diagrams import Diagram, instances, message, message_definition
from tests.unit.forms.forms_kit import component, source

EMPLOYEE, HR = "grace.obi", "ruth.bell"
STOPPED = source(
    component("textfield", "words", validate={"required": True}),
    component("textfield", "health", properties={"class": "clinical"}),
    component("radio", "urgent", properties={"routes": "true"}),
    identity="stopped",
)
TOPS = "".join(message(name) for name in ("stop", "note", "late"))
SAID = {"saidBy": "employee referring_manager", "form": "stopped", "rules": "XX-A2"}
DOC = "<bpmn:documentation>It stops, and HR is told.</bpmn:documentation>"


def talk(key: str = "talk", cls: str = "", **props: str) -> Bundle:
    """A phase that anybody may stop with a form, and add a note to without one, as often as they like."""
    inner = Diagram("inside").start("begin").user("work", camunda__candidateGroups="referring_manager").end("done")
    diagram = Diagram(key).start(props={"starters": "manager"}, camunda__formRef="ask")
    diagram.sub("phase", inner.chain("begin", "work", "done"))
    own = {**SAID, **({"class": cls} if cls else {}), **props}
    diagram.boundary("stop", "phase", DOC + message_definition("stop"), props=own, name="Stop here")
    diagram.boundary(
        "note", "phase", DOC + message_definition("note"), interrupting=False, props={"saidBy": "employee"}
    )
    diagram.user("stopped", "noted", camunda__candidateGroups="hr").end("end", "e1", "e2")
    diagram.chain("start", "phase", "end").chain("stop", "stopped", "e1").chain("note", "noted", "e2")
    return Bundle(key, {f"{key}.bpmn": diagram.xml(TOPS), "ask.form": FORM, "stopped.form": STOPPED})


def hidden_talk() -> Bundle:
    """The same, where the employer side may not know that anybody stopped it."""
    return talk("hidden", "clinical")


def several() -> Bundle:
    """Several are asked side by side; each question may be declined by itself, a manager's and HR's alike."""
    inner = Diagram("each").start("begin").user("reply", "declined", camunda__candidateGroups="hr").end("e1", "e2")
    inner.boundary("late", "reply", DOC + message_definition("late"), props={"saidBy": "hr referring_manager"})
    inner.chain("begin", "reply", "e1").chain("late", "declined", "e2")
    diagram = Diagram("several").start(props={"starters": "manager"}, camunda__formRef="ask")
    diagram.script("who", "people", '["a", "b", "c"]').sub("asking", inner, instances("people", "one")).end()
    diagram.chain("start", "who", "asking", "end")
    return Bundle("several", {"several.bpmn": diagram.xml(TOPS), "ask.form": FORM})


def apart() -> Bundle:
    """Who decided may not object to it."""
    diagram = Diagram("apart").start(props={"starters": "manager"}, camunda__formRef="ask")
    diagram.user("decide", camunda__candidateGroups="referring_manager").user("again", camunda__candidateGroups="hr")
    props = {"saidBy": "employee referring_manager", "notDoneBy": "decide"}
    diagram.add("receiveTask", "object", DOC, messageRef="stop", props=props).end()
    return Bundle(
        "apart",
        {
            "apart.bpmn": diagram.chain("start", "decide", "object", "again", "end").xml(TOPS),
            "ask.form": FORM,
        },
    )


class Square(Town):
    def offered(self, case_id: str, who: str = EMPLOYEE) -> dict[str, Sayable]:
        found = queries.case(self.waymark, self.actors[who], case_id, NOW)
        return {one.element: one for one in found.can_say}

    def say(self, case_id: str, what: str, who: str = EMPLOYEE, key: str | None = None, **answers: Any) -> Done:
        return commands.say(self.waymark, self.actors[who], case_id, what, answers, NOW, key)

    def page(self, case_id: str, wait: str, who: str = EMPLOYEE) -> SayView:
        return queries.say(self.waymark, self.actors[who], case_id, wait, NOW)

    def wait_of(self, case_id: str, element: str) -> str:
        query = sa.select(subscription.c.id).where(
            subscription.c.case_id == case_id, subscription.c.element_id == element
        )
        with db.reading(self.engine) as connection:
            return str(connection.execute(query).scalar_one())


def square(settings: Settings, *more: Bundle) -> Square:
    made = Square(furnish(settings).waymark)
    made.deploy(talk(), several(), *more)
    return made


__all__ = ["EMPLOYEE", "HR", "MANAGER", "Square", "several", "square", "talk"]
