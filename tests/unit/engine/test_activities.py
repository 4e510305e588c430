"""Scripts, decisions, handlers: what they read and write."""

from __future__ import annotations

import pytest

from app.engine import check, load
from app.errors import DefinitionRefused
from tests.unit.engine.models import Bundle, Diagram, Play, bundle, inputs

_DMN = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d"
 name="Policy" namespace="http://camunda.org/schema/1.0/dmn">
 <decision id="referral-policy" name="Referral policy"><decisionTable id="t" hitPolicy="FIRST">
  <input id="i1" label="Employer">
   <inputExpression id="ie1" typeRef="string"><text>employer</text></inputExpression></input>
  <output id="o1" name="report_days" typeRef="number"/><output id="o2" name="silence" typeRef="string"/>
  <rule id="r1"><inputEntry id="a"><text>"mill"</text></inputEntry><outputEntry id="b"><text>5</text></outputEntry>
   <outputEntry id="c"><text>"release"</text></outputEntry></rule>
  <rule id="r2"><inputEntry id="d1"><text></text></inputEntry><outputEntry id="e"><text>2</text></outputEntry>
   <outputEntry id="f"><text>"hold"</text></outputEntry></rule>
 </decisionTable></decision></definitions>"""


def deciding(shape: str) -> Bundle:
    diagram = Diagram().start().user("u", camunda__dueDate="${workdays(policy.report_days)}").end()
    diagram.add(
        "businessRuleTask",
        "decide",
        camunda__decisionRef="referral-policy",
        camunda__resultVariable="policy",
        camunda__mapDecisionResult=shape,
    )
    return bundle(diagram.chain("start", "decide", "u", "end"), files={"policy.dmn": _DMN.encode()})


def test_a_decision_becomes_a_fact_that_counts_deadlines() -> None:
    play = Play(deciding("singleResult"), {"employer": "mill"})
    assert play.task("u").facts["policy"] == {"report_days": 5, "silence": "release"}
    due = play.task("u").due
    assert due is not None
    assert due.at.isoformat() == "2026-03-09T17:00:00+00:00"
    decided = next(event for event in play.step.events if event.kind == "decided")
    assert decided.data["rows"] == ["r1"]
    assert decided.data["decision"] == "referral-policy"


def test_the_rows_as_a_list() -> None:
    play = Play(deciding("resultList"), {"employer": "other"})
    assert play.facts()["policy"] == [{"report_days": 2, "silence": "hold"}]
    assert play.task("u").due is not None  # a list of one is as good as its item in FEEL


def test_a_shape_that_does_not_fit_is_an_incident() -> None:
    play = Play(deciding("singleEntry"), {"employer": "mill"})
    assert "2 values where one is expected" in play.step.incidents[0].detail


def test_a_script_is_one_expression() -> None:
    diagram = Diagram().start().script("stamp", "released_at", "now()").script("count", "n", "n + 1").user("u").end()
    play = Play(bundle(diagram.chain("start", "stamp", "count", "u", "end")), {"n": 1})
    assert play.task("u").facts == {"n": 2, "released_at": "2026-03-02T09:00:00+00:00"}


@pytest.mark.parametrize("script", ["__import__('os').system('true')", "open('/etc/passwd')", "x := 1", "import os"])
def test_python_in_a_diagram_is_refused(script: str) -> None:
    made = bundle(Diagram().start().script("s", "x", script).end().chain("start", "s", "end"))
    assert any(finding.severity == "error" for finding in check(made))
    with pytest.raises(DefinitionRefused):
        load(made)


def test_a_notification_goes_out_with_its_parameters() -> None:
    diagram = (
        Diagram()
        .start()
        .user("u")
        .end()
        .add(
            "serviceTask",
            "tell",
            ext=inputs(to="employee", template="referral.asked", days="${policy.days + 1}"),
            camunda__type="external",
            camunda__topic="notify",
        )
    )
    play = Play(bundle(diagram.chain("start", "tell", "u", "end")), {"policy": {"days": 2}})
    effect = play.step.effects[0]
    assert (effect.topic, effect.element_id) == ("notify", "tell")
    assert effect.params == {"to": "employee", "template": "referral.asked", "days": 3}
    assert "handled:tell" in play.kinds()


def test_milestones_are_named_when_they_are_reached() -> None:
    diagram = Diagram().start().user("u", props={"milestone": "Consent asked", "rules": "XX-A2"}).end()
    play = Play(bundle(diagram.chain("start", "u", "end")))
    play.do("u")
    done = play.step.events[0]
    assert (done.kind, done.rules, done.data) == ("completed", ("XX-A2",), {"milestone": "Consent asked"})


def test_the_role_is_the_group_or_the_lane() -> None:
    diagram = Diagram().start().user("a").add("userTask", "b").end().chain("start", "a", "b", "end")
    diagram.lanes = {"oh_admin": ("a", "b")}
    play = Play(bundle(diagram))
    assert play.task("a").role == "hr"
    play.do("a")
    assert play.task("b").role == "oh_admin"
