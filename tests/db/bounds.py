"""A small process whose forms refuse, flag and guard, and whose table says who is asked in which role."""

from __future__ import annotations

from typing import Any

from app.engine import Bundle
from tests.unit.decisions.dmn_builder import decision, dmn, table
from tests.unit.engine.models import Diagram, instances
from tests.unit.forms.forms_kit import component, source

DAYS = "(date(day) - today()).days"
REQUIRED = {"required": True}
#: who takes part, by employer
PARTS = table(
    ["employer"],
    ["role", "raci"],
    [(["-"], ['"referring_manager"', '"A"']), (['"northfield"'], ['"hr"', '"C"']), (["-"], ['"employee"', '"C"'])],
    policy="RULE ORDER",
)


def _ask(cls: str) -> bytes:
    """`cls`: who may see why the notice is short."""
    return source(
        component(
            "select", "who", valuesKey="employees", values=None, properties={"party": "employee"}, validate=REQUIRED
        ),
        component(
            "datetime",
            "day",
            subtype="date",
            validate=REQUIRED,
            properties={"refuse": f"={DAYS} < 2", "refuseText": "Choose a day at least 2 days from now"},
        ),
        component(
            "textarea",
            "why_short",
            validate=REQUIRED,
            properties={"flag": "IW-4", "class": cls},
            conditional={"hide": f"={DAYS} >= 7 or day = null"},
        ),
        component("textarea", "told", properties={"guard": "names diagnosis"}),
        identity="ask",
    )


def _answer() -> bytes:
    return source(
        component("radio", "comes", properties={"routes": "true"}),
        component("textarea", "late", properties={"flag": "IW-5"}, conditional={"hide": '=comes != "no"'}),
        component("textarea", "said", properties={"guard": "names"}),
        identity="answer",
    )


def process(cls: str = "employer") -> Bundle:
    diagram = Diagram("meeting", "Meeting").start(camunda__formRef="ask", props={"starters": "manager hr"})
    diagram.add(
        "businessRuleTask",
        "who_comes",
        camunda__decisionRef="parts",
        camunda__resultVariable="parts",
        camunda__mapDecisionResult="resultList",
    )
    diagram.user(
        "invite",
        inside=instances("parts", "part"),
        props={"roles": "referring_manager hr employee", "outputCollection": "replies", "outputElement": "comes"},
        camunda__candidateGroups="${part.role}",
        camunda__formRef="answer",
    )
    diagram.user("hold", camunda__candidateGroups="referring_manager").end()
    diagram.chain("start", "who_comes", "invite", "hold", "end")
    files = {
        "meeting.bpmn": diagram.xml(),
        "parts.dmn": dmn(decision("parts", PARTS)),
        "ask.form": _ask(cls),
        "answer.form": _answer(),
    }
    return Bundle("meeting", files)


def answers(**more: Any) -> dict[str, Any]:
    """To the start form, on Monday 2 November 2026: with a week's notice, and nothing told."""
    return {"who": "grace.obi", "day": "2026-11-09", **more}
